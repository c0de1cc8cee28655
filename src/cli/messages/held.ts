/** Instances that are held, their books and missing orders, and the questions before kill and close-all. */
import { defineMessages } from '../speech.ts'

export const heldMessages = defineMessages({
  /** `sol killed since … (3m ago): why; way out` */
  since: {
    en: '{id} is {state} since {since} ({ago} ago): {why}; {way}',
    'zh-CN': '{id} 自 {since}（{ago} 前）起为 {state}：{why}；{way}',
    'zh-TW': '{id} 自 {since}（{ago} 前）起為 {state}：{why}；{way}',
  },
  held: {
    en: '{id} is {state}: {why}; {way}',
    'zh-CN': '{id} 为 {state}：{why}；{way}',
    'zh-TW': '{id} 為 {state}：{why}；{way}',
  },
  /** Of an instance whose process has ended: its position is still there. */
  holds: {
    en: '{state}, holds {position}',
    'zh-CN': '{state}，仍持有 {position}',
    'zh-TW': '{state}，仍持有 {position}',
  },
  factUnhedged: { en: 'unhedged', 'zh-CN': '未对冲', 'zh-TW': '未對沖' },
  unhedged: {
    en: '{amount} {base} is unhedged since {time} ({ago} ago): {why}; perpfleet stop {id} --positions close closes both legs',
    'zh-CN':
      '{amount} {base} 自 {time}（{ago} 前）起未对冲：{why}；perpfleet stop {id} --positions close 可平掉两腿',
    'zh-TW':
      '{amount} {base} 自 {time}（{ago} 前）起未對沖：{why}；perpfleet stop {id} --positions close 可平掉兩腿',
  },
  /** `stopped and killed`: what its desk holds it for goes on when its process has ended. */
  stateAnd: { en: '{state} and {held}', 'zh-CN': '{state}且{held}', 'zh-TW': '{state}且{held}' },
  factSince: { en: 'since', 'zh-CN': '起始', 'zh-TW': '起始' },
  factWhy: { en: 'why', 'zh-CN': '原因', 'zh-TW': '原因' },
  factWay: { en: 'way out', 'zh-CN': '解除', 'zh-TW': '解除' },
  factProfit: { en: 'PnL', 'zh-CN': '盈亏', 'zh-TW': '損益' },
  factMissing: { en: 'missing', 'zh-CN': '缺单', 'zh-TW': '缺單' },
  ago: { en: '{time} ({ago} ago)', 'zh-CN': '{time}（{ago} 前）', 'zh-TW': '{time}（{ago} 前）' },
  flat: { en: 'none', 'zh-CN': '无', 'zh-TW': '無' },
  entry: { en: 'entry {price}', 'zh-CN': '开仓均价 {price}', 'zh-TW': '開倉均價 {price}' },
  mark: { en: 'mark {price}', 'zh-CN': '标记价 {price}', 'zh-TW': '標記價 {price}' },
  liquidation: {
    en: 'liquidation {price}',
    'zh-CN': '强平价 {price}',
    'zh-TW': '強平價 {price}',
  },
  noLiquidation: { en: 'no liquidation price', 'zh-CN': '无强平价', 'zh-TW': '無強平價' },
  ofCells: {
    en: '; grid profit of completed cells {amount}',
    'zh-CN': '；已完成网格利润 {amount}',
    'zh-TW': '；已完成網格利潤 {amount}',
  },
  realised: { en: 'realised {amount}', 'zh-CN': '已实现 {amount}', 'zh-TW': '已實現 {amount}' },
  unrealised: {
    en: 'unrealised {amount}',
    'zh-CN': '未实现 {amount}',
    'zh-TW': '未實現 {amount}',
  },
  fees: { en: 'fees {amount}', 'zh-CN': '手续费 {amount}', 'zh-TW': '手續費 {amount}' },
  funding: { en: 'funding {amount}', 'zh-CN': '资金费 {amount}', 'zh-TW': '資金費 {amount}' },
  missing: {
    en: '{count} {orders}: {reason} – {text}',
    'zh-CN': '{count} 笔{orders}：{reason} – {text}',
    'zh-TW': '{count} 筆{orders}：{reason} – {text}',
  },
  ordersUnknown: {
    en: '{orders} working, {unknown} of unknown outcome, {fills} fills',
    'zh-CN': '{orders} 笔挂单，{unknown} 笔结果未知，{fills} 笔成交',
    'zh-TW': '{orders} 筆掛單，{unknown} 筆結果未知，{fills} 筆成交',
  },
  /** In the table, beside the state. */
  stateUnknown: {
    en: '{state}, {count} unknown',
    'zh-CN': '{state}，{count} 笔未知',
    'zh-TW': '{state}，{count} 筆未知',
  },
  unknownOrders: {
    en: '{count} {orders} of unknown outcome, counted as if working: the desk asks the venue until it knows',
    'zh-CN': '{count} 笔{orders}结果未知，暂按挂单计入：交易台会持续向交易所查询，直到确定',
    'zh-TW': '{count} 筆{orders}結果未知，暫按掛單計入：交易台會持續向交易所查詢，直到確定',
  },
  factLeg: { en: 'leg {number}', 'zh-CN': '第 {number} 腿', 'zh-TW': '第 {number} 腿' },
  leg: {
    en: '{symbol} at {venue}/{account}, {state}, position {position}, {orders} {resting}',
    'zh-CN': '{venue}/{account} 的 {symbol}，{state}，持仓 {position}，{orders} 笔{resting}',
    'zh-TW': '{venue}/{account} 的 {symbol}，{state}，持倉 {position}，{orders} 筆{resting}',
  },
  resting: { en: 'orders', 'zh-CN': '挂单', 'zh-TW': '掛單' },
  restingOne: { en: 'order', 'zh-CN': '挂单', 'zh-TW': '掛單' },
  legClosed: {
    en: '{leg}; nothing new is risked: {reason}',
    'zh-CN': '{leg}；暂不开新风险：{reason}',
    'zh-TW': '{leg}；暫不開新風險：{reason}',
  },
  comma: { en: ', ', 'zh-CN': '，', 'zh-TW': '，' },
  order: { en: 'order', 'zh-CN': '委托', 'zh-TW': '委託' },
  orders: { en: 'orders', 'zh-CN': '委托', 'zh-TW': '委託' },
  // --- before kill and close-all ----------------------------------------------------------------
  previewHead: {
    en: 'instance|state|symbol|position|orders|unrealised PnL',
    'zh-CN': '实例|状态|合约|持仓|委托|未实现盈亏',
    'zh-TW': '實例|狀態|合約|部位|委託|未實現損益',
  },
  willKill: {
    en: 'kill cancels these orders, closes these positions at the market, and keeps the instances killed until perpfleet arm',
    'zh-CN': 'kill 将撤销这些委托、以市价平掉这些持仓，并保持紧急停止，直到 perpfleet arm',
    'zh-TW': 'kill 將撤銷這些委託、以市價平掉這些部位，並保持緊急停止，直到 perpfleet arm',
  },
  willClose: {
    en: 'close-all cancels these orders, closes these positions at the market, and keeps the instances halted until perpfleet resume',
    'zh-CN': 'close-all 将撤销这些委托、以市价平掉这些持仓，并保持停止，直到 perpfleet resume',
    'zh-TW': 'close-all 將撤銷這些委託、以市價平掉這些部位，並保持停止，直到 perpfleet resume',
  },
  needsYes: {
    en: 'nothing was done: nobody can be asked without a terminal, so {command} needs --yes',
    'zh-CN': '未执行任何操作：没有终端，无法询问，{command} 需要 --yes',
    'zh-TW': '未執行任何操作：沒有終端機，無法詢問，{command} 需要 --yes',
  },
  // --- restart and reload -----------------------------------------------------------------------
  replacing: {
    en: '{at}/{count} {id}: replacing pid {pid} …',
    'zh-CN': '{at}/{count} {id}：正在更换 pid {pid} …',
    'zh-TW': '{at}/{count} {id}：正在更換 pid {pid} …',
  },
  progress: {
    en: '{at}/{count} {sentence}',
    'zh-CN': '{at}/{count} {sentence}',
    'zh-TW': '{at}/{count} {sentence}',
  },
  killKept: {
    en: 'killed at the next start',
    'zh-CN': '下次启动时紧急停止',
    'zh-TW': '下次啟動時緊急停止',
  },
  end: {
    en: '{done} of {count}: {what}',
    'zh-CN': '{count} 个中 {done} 个{what}',
    'zh-TW': '{count} 個中 {done} 個{what}',
  },
})
