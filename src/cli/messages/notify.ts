/** notify test. */
import { defineMessages } from '../speech.ts'

export const notifyMessages = defineMessages({
  notify: {
    en: 'receivers of alerts',
    'zh-CN': '告警的接收渠道',
    'zh-TW': '告警的接收管道',
  },
  test: {
    en: 'send a test to a receiver: telegram or webhook',
    'zh-CN': '向接收渠道发送测试消息：telegram 或 webhook',
    'zh-TW': '向接收管道傳送測試訊息：telegram 或 webhook',
  },
  sent: {
    en: '{channel} has taken the test',
    'zh-CN': '{channel} 已接收测试消息',
    'zh-TW': '{channel} 已接收測試訊息',
  },
})
