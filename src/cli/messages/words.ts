/** Words of the machine as people read them: states, sides, kinds. In English, and in JSON always, they are themselves. */
import type { DesiredState, InstanceState } from '../../domain/instance-state.ts'
import { defineMessages, type Message, type Speech } from '../speech.ts'
import { reasonMessages } from './reasons.ts'

/** The compiler names every state that has no words. */
export const stateWords = defineMessages({
  starting: { en: 'starting', 'zh-CN': '启动中', 'zh-TW': '啟動中' },
  reconciling: { en: 'reconciling', 'zh-CN': '对账中', 'zh-TW': '對帳中' },
  running: { en: 'running', 'zh-CN': '运行中', 'zh-TW': '執行中' },
  paused: { en: 'paused', 'zh-CN': '已暂停', 'zh-TW': '已暫停' },
  reduce_only: { en: 'reduce_only', 'zh-CN': '只减仓', 'zh-TW': '只減倉' },
  halted: { en: 'halted', 'zh-CN': '风控停止', 'zh-TW': '風控停止' },
  killed: { en: 'killed', 'zh-CN': '紧急停止', 'zh-TW': '緊急停止' },
  disarmed: { en: 'disarmed', 'zh-CN': '未授权交易', 'zh-TW': '未授權交易' },
  stopping: { en: 'stopping', 'zh-CN': '停止中', 'zh-TW': '停止中' },
  stopped: { en: 'stopped', 'zh-CN': '已停止', 'zh-TW': '已停止' },
  restarting: { en: 'restarting', 'zh-CN': '重启中', 'zh-TW': '重新啟動中' },
  quarantined: { en: 'quarantined', 'zh-CN': '已隔离', 'zh-TW': '已隔離' },
  unreachable: { en: 'unreachable', 'zh-CN': '无响应', 'zh-TW': '無回應' },
  foreign: { en: 'foreign', 'zh-CN': '由其他节点运行', 'zh-TW': '由其他節點執行' },
} satisfies Record<InstanceState, Message>)

export const tradeWords = defineMessages({
  buy: { en: 'buy', 'zh-CN': '买入', 'zh-TW': '買入' },
  sell: { en: 'sell', 'zh-CN': '卖出', 'zh-TW': '賣出' },
  long: { en: 'long', 'zh-CN': '做多', 'zh-TW': '做多' },
  short: { en: 'short', 'zh-CN': '做空', 'zh-TW': '做空' },
  neutral: { en: 'neutral', 'zh-CN': '中性', 'zh-TW': '中性' },
  arithmetic: { en: 'arithmetic', 'zh-CN': '等差', 'zh-TW': '等差' },
  geometric: { en: 'geometric', 'zh-CN': '等比', 'zh-TW': '等比' },
  isolated: { en: 'isolated', 'zh-CN': '逐仓', 'zh-TW': '逐倉' },
  cross: { en: 'cross', 'zh-CN': '全仓', 'zh-TW': '全倉' },
  limit: { en: 'limit', 'zh-CN': '限价', 'zh-TW': '限價' },
  market: { en: 'market', 'zh-CN': '市价', 'zh-TW': '市價' },
  stop: { en: 'stop', 'zh-CN': '止损', 'zh-TW': '停損' },
  take_profit: { en: 'take_profit', 'zh-CN': '止盈', 'zh-TW': '停利' },
  maker: { en: 'maker', 'zh-CN': '挂单 maker', 'zh-TW': '掛單 maker' },
  taker: { en: 'taker', 'zh-CN': '吃单 taker', 'zh-TW': '吃單 taker' },
  paper: { en: 'paper', 'zh-CN': '模拟盘', 'zh-TW': '模擬交易' },
  testnet: { en: 'testnet', 'zh-CN': '测试网', 'zh-TW': '測試網' },
  live: { en: 'live', 'zh-CN': '实盘', 'zh-TW': '實盤' },
  // --- what became of an order ------------------------------------------------------------------
  sent: { en: 'sent', 'zh-CN': '已发送', 'zh-TW': '已送出' },
  open: { en: 'open', 'zh-CN': '挂单中', 'zh-TW': '掛單中' },
  filled: { en: 'filled', 'zh-CN': '已成交', 'zh-TW': '已成交' },
  canceled: { en: 'canceled', 'zh-CN': '已撤单', 'zh-TW': '已撤單' },
  rejected: { en: 'rejected', 'zh-CN': '已拒绝', 'zh-TW': '已拒絕' },
  expired: { en: 'expired', 'zh-CN': '已过期', 'zh-TW': '已過期' },
  absent: { en: 'absent', 'zh-CN': '未到交易所', 'zh-TW': '未達交易所' },
  unknown: { en: 'unknown', 'zh-CN': '结果未知', 'zh-TW': '結果未知' },
  resting: { en: 'resting', 'zh-CN': '挂单中', 'zh-TW': '掛單中' },
  missing: { en: 'missing', 'zh-CN': '缺失', 'zh-TW': '缺少' },
  position: { en: 'position', 'zh-CN': '全部持仓', 'zh-TW': '全部部位' },
})

/** A state for people: the word that commands, filters and JSON use, and what it means. */
export function stateText(state: InstanceState | DesiredState, speech: Speech): string {
  const word = speech.say(stateWords[state])
  return word === state ? state : `${state} ${word}`
}

/** A word of trading; one that is not known is shown as it is. */
export function wordText(word: string, speech: Speech): string {
  const words: Readonly<Record<string, Message>> = tradeWords
  const found = Object.hasOwn(words, word) ? words[word] : undefined
  return found ? speech.say(found) : word
}

/** Why an order does not rest: the code, and in Chinese what it means; what a venue says stays as it said it. */
export function reasonText(reason: string, speech: Speech): string {
  const found = reasonMessages[`reason_${reason}`]
  return speech.language === 'en' || found === undefined ? reason : `${reason} ${speech.say(found)}`
}
