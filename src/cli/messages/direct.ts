/** kill and close-all with --direct. */
import { defineMessages } from '../speech.ts'

export const directMessages = defineMessages({
  noTag: {
    en: '--direct takes ids or everything, not --tag',
    'zh-CN': '--direct 只接受 id 或全部，不接受 --tag',
    'zh-TW': '--direct 只接受 id 或全部，不接受 --tag',
  },
  everyAccount: { en: 'every account', 'zh-CN': '所有账户', 'zh-TW': '所有帳戶' },
  willAct: {
    en: 'without control plane and desk: every order is cancelled, those of others included, and every position closed at the market',
    'zh-CN': '不经控制平面和交易台：撤销所有委托（包括他处下的），并以市价平掉所有持仓',
    'zh-TW': '不經控制平面與交易台：撤銷所有委託（包括他處下的），並以市價平掉所有部位',
  },
  askKill: {
    en: 'Kill {what} at the venue itself?',
    'zh-CN': '直接在交易所紧急停止 {what}？',
    'zh-TW': '直接在交易所緊急停止 {what}？',
  },
  askClose: {
    en: 'Close the positions of {what} at the venue itself?',
    'zh-CN': '直接在交易所平掉 {what} 的持仓？',
    'zh-TW': '直接在交易所平掉 {what} 的部位？',
  },
  noAccount: {
    en: 'no account is known here: nothing to do',
    'zh-CN': '此处没有已知账户：无事可做',
    'zh-TW': '此處沒有已知帳戶：無事可做',
  },
  flat: {
    en: '{whose}: flat, the venue reports no position and no order; {canceled} orders cancelled',
    'zh-CN': '{whose}：已平仓，交易所报告无持仓、无挂单；撤销了 {canceled} 笔挂单',
    'zh-TW': '{whose}：已平倉，交易所回報無部位、無掛單；撤銷了 {canceled} 筆掛單',
  },
  ordersLeft: { en: '{count} orders', 'zh-CN': '{count} 笔挂单', 'zh-TW': '{count} 筆掛單' },
  nothingCertain: {
    en: 'nothing certain',
    'zh-CN': '情况不明',
    'zh-TW': '情況不明',
  },
  notFlat: {
    en: '{whose}: not flat, the venue still reports {left}: try again',
    'zh-CN': '{whose}：尚未平仓，交易所仍报告 {left}：请重试',
    'zh-TW': '{whose}：尚未平倉，交易所仍回報 {left}：請重試',
  },
  notFlatWhy: {
    en: '{whose}: not flat, the venue still reports {left} ({why}): try again',
    'zh-CN': '{whose}：尚未平仓，交易所仍报告 {left}（{why}）：请重试',
    'zh-TW': '{whose}：尚未平倉，交易所仍回報 {left}（{why}）：請重試',
  },
  notPaper: {
    en: 'there is no paper instance {id} in config/active/; known: {known}. Without an id everything is meant',
    'zh-CN': 'config/active/ 中没有模拟盘实例 {id}；已知实例：{known}。不给 id 表示全部',
    'zh-TW': 'config/active/ 中沒有模擬交易實例 {id}；已知實例：{known}。不給 id 表示全部',
  },
  notPaperMeant: {
    en: 'there is no paper instance {id} in config/active/ (did you mean {meant}?); known: {known}. Without an id everything is meant',
    'zh-CN':
      'config/active/ 中没有模拟盘实例 {id}（是否指 {meant}？）；已知实例：{known}。不给 id 表示全部',
    'zh-TW':
      'config/active/ 中沒有模擬交易實例 {id}（是否指 {meant}？）；已知實例：{known}。不給 id 表示全部',
  },
})
