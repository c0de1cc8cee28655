/** completion. */
import { defineMessages } from '../speech.ts'

export const completionMessages = defineMessages({
  about: {
    en: 'print the completion script of a shell',
    'zh-CN': '输出 shell 的补全脚本',
    'zh-TW': '輸出 shell 的補全腳本',
  },
  shell: {
    en: 'that of SHELL when absent',
    'zh-CN': '缺省时取自 SHELL',
    'zh-TW': '未指定時取自 SHELL',
  },
  unknownShell: {
    en: 'completion knows {list}, SHELL is {found}: name one of them',
    'zh-CN': 'completion 支持 {list}，SHELL 为 {found}：请指明其中之一',
    'zh-TW': 'completion 支援 {list}，SHELL 為 {found}：請指明其中之一',
  },
  notSet: { en: 'not set', 'zh-CN': '未设置', 'zh-TW': '未設定' },
})
