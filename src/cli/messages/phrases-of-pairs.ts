/** Part of the phrase book (phrases.ts): why a leg takes no new risk, why a pair was left, why nothing is entered. */
import { defineMessages } from '../speech.ts'

export const pairPhrases = defineMessages({
  // --- a leg that is closed: its desk, or the bot ------------------------------------------------
  linkLost: {
    en: 'the connection to the venue is lost',
    'zh-CN': '与交易所的连接已断开',
    'zh-TW': '與交易所的連線已中斷',
  },
  keyRefused: {
    en: 'the venue takes the key no more',
    'zh-CN': '交易所不再接受该密钥',
    'zh-TW': '交易所不再接受該金鑰',
  },
  notTaken: {
    en: 'the venue does not take the instance',
    'zh-CN': '交易所不接受该实例',
    'zh-TW': '交易所不接受該實例',
  },
  beingCompared: {
    en: 'the account is being compared with the venue',
    'zh-CN': '正在与交易所对账',
    'zh-TW': '正在與交易所對帳',
  },
  silentMarket: { en: 'its market is silent', 'zh-CN': '其行情静默', 'zh-TW': '其行情靜默' },
  positionDiffers: {
    en: 'the position differs from that of the venue',
    'zh-CN': '持仓与交易所不一致',
    'zh-TW': '部位與交易所不一致',
  },
  looseOrder: {
    en: 'an order of a target that was taken back is not settled',
    'zh-CN': '已撤回目标的一笔委托尚未了结',
    'zh-TW': '已撤回目標的一筆委託尚未了結',
  },
  beingEnded: {
    en: 'it is being ended or closed',
    'zh-CN': '正在结束或平仓',
    'zh-TW': '正在結束或平倉',
  },
  deskAway: {
    en: 'its desk is not connected',
    'zh-CN': '其交易台未连接',
    'zh-TW': '其交易台未連線',
  },
  deskNotYet: {
    en: 'its desk has not taken it yet',
    'zh-CN': '其交易台尚未接管',
    'zh-TW': '其交易台尚未接管',
  },
  deskSilent: {
    en: 'its desk has not said yet whether it is open',
    'zh-CN': '其交易台尚未告知是否可开新风险',
    'zh-TW': '其交易台尚未告知是否可開新風險',
  },
  venueNotOpen: {
    en: 'its venue is not open',
    'zh-CN': '其交易所未就绪',
    'zh-TW': '其交易所未就緒',
  },
  // --- a price that does not count --------------------------------------------------------------
  noPrice: { en: 'no price yet', 'zh-CN': '尚无价格', 'zh-TW': '尚無價格' },
  crossed: {
    en: 'bid and ask are crossed',
    'zh-CN': '买卖价倒挂',
    'zh-TW': '買賣價倒掛',
  },
  oldPrice: {
    en: 'the price is {ms} ms old',
    'zh-CN': '价格已是 {ms} 毫秒前的',
    'zh-TW': '價格已是 {ms} 毫秒前的',
  },
  // --- why a pair was left ----------------------------------------------------------------------
  converged: {
    en: 'converged at {bps} bps',
    'zh-CN': '价差收敛至 {bps} bps',
    'zh-TW': '價差收斂至 {bps} bps',
  },
  turned: {
    en: 'funding turned to {bps} bps a day',
    'zh-CN': '资金费转为每日 {bps} bps',
    'zh-TW': '資金費轉為每日 {bps} bps',
  },
  heldFor: {
    en: 'held for {hours} h',
    'zh-CN': '持有满 {hours} 小时',
    'zh-TW': '持有滿 {hours} 小時',
  },
  stopAt: {
    en: 'stop at {amount} ({bps} bps)',
    'zh-CN': '止损于 {amount}（{bps} bps）',
    'zh-TW': '停損於 {amount}（{bps} bps）',
  },
  profitOf: {
    en: 'profit of {amount} ({bps} bps)',
    'zh-CN': '止盈 {amount}（{bps} bps）',
    'zh-TW': '停利 {amount}（{bps} bps）',
  },
  marginShort: {
    en: 'margin of {symbol}: equity {equity}, left below {least}',
    'zh-CN': '{symbol} 保证金不足：权益 {equity}，低于 {least} 即离场',
    'zh-TW': '{symbol} 保證金不足：權益 {equity}，低於 {least} 即離場',
  },
  hedgeMissing: {
    en: 'the hedge did not follow',
    'zh-CN': '对冲腿未跟上',
    'zh-TW': '對沖腿未跟上',
  },
  closedByDesk: {
    en: 'closed by an order of its desk (kill, stop, close-all)',
    'zh-CN': '由其交易台的指令平仓（kill、stop、close-all）',
    'zh-TW': '由其交易台的指令平倉（kill、stop、close-all）',
  },
  flatAgain: {
    en: 'both legs are flat again',
    'zh-CN': '两腿再次皆空',
    'zh-TW': '兩腿再次皆空',
  },
  // --- why nothing is entered -------------------------------------------------------------------
  entriesStopped: {
    en: 'entries stopped: {count} clips in a row could not be hedged',
    'zh-CN': '已停止入场：连续 {count} 份未能对冲',
    'zh-TW': '已停止進場：連續 {count} 份未能對沖',
  },
  lookAtHedge: {
    en: 'look at the venue of the hedge, then perpfleet pause ID and perpfleet resume ID, or change strategy_config in its file',
    'zh-CN':
      '请检查对冲腿的交易所，然后依次执行 perpfleet pause ID 与 perpfleet resume ID，或修改其文件的 strategy_config',
    'zh-TW':
      '請檢查對沖腿的交易所，然後依次執行 perpfleet pause ID 與 perpfleet resume ID，或修改其檔案的 strategy_config',
  },
})
