/** What stands between this command line and a control plane on another machine (src/client/). */
import { defineMessages } from '../speech.ts'

export const addressPhrases = defineMessages({
  noAddress: {
    en: '--url (PERPFLEET_URL) must be an address like https://fleet.example:8080',
    'zh-CN': '--url（PERPFLEET_URL）必须是地址，例如 https://fleet.example:8080',
    'zh-TW': '--url（PERPFLEET_URL）必須是位址，例如 https://fleet.example:8080',
  },
  noToken: {
    en: '{url} asks for a token: put the one of run/control.json there into PERPFLEET_TOKEN',
    'zh-CN': '{url} 需要令牌：请把那台机器 run/control.json 中的令牌放入 PERPFLEET_TOKEN',
    'zh-TW': '{url} 需要權杖：請把那台機器 run/control.json 中的權杖放入 PERPFLEET_TOKEN',
  },
  wrongToken: {
    en: '{url} does not know this token: take the one of run/control.json there, which is new at each start',
    'zh-CN': '{url} 不认识这个令牌：请使用那台机器 run/control.json 中的令牌，每次启动都会更新',
    'zh-TW': '{url} 不認識這個權杖：請使用那台機器 run/control.json 中的權杖，每次啟動都會更新',
  },
  anotherProgram: {
    en: 'another program answers at {url}: --url (PERPFLEET_URL) must name a control plane of perpfleet',
    'zh-CN': '{url} 上应答的是另一个程序：--url（PERPFLEET_URL）必须指向 perpfleet 的控制平面',
    'zh-TW': '{url} 上回應的是另一個程式：--url（PERPFLEET_URL）必須指向 perpfleet 的控制平面',
  },
  redirected: {
    en: '{url} answers with a redirection, which is not followed: name the address it points to',
    'zh-CN': '{url} 返回了重定向，不会跟随：请直接写出目标地址',
    'zh-TW': '{url} 傳回重新導向，不會跟隨：請直接寫出目標位址',
  },
  unanswered: {
    en: '{url} does not answer ({why})',
    'zh-CN': '{url} 没有应答（{why}）',
    'zh-TW': '{url} 沒有回應（{why}）',
  },
  nothingListens: {
    en: 'nothing listens there',
    'zh-CN': '该处没有程序在监听',
    'zh-TW': '該處沒有程式在監聽',
  },
  late: {
    en: '{url} does not answer within {seconds} s',
    'zh-CN': '{url} 在 {seconds} 秒内没有应答',
    'zh-TW': '{url} 在 {seconds} 秒內沒有回應',
  },
})
