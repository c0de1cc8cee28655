/** grid preview, grid show, grid adjust. */
import { defineMessages } from '../speech.ts'

export const gridHelp = defineMessages({
  grid: {
    en: 'grids: look before, look now, move',
    'zh-CN': '网格：事先预览、查看现状、移动区间',
    'zh-TW': '網格：事先預覽、查看現況、移動區間',
  },
  preview: {
    en: 'lines, profit per line after fees, margin and liquidation of an instance or a file',
    'zh-CN': '预览实例或文件的网格线、扣除手续费后的每格利润、保证金和强平价',
    'zh-TW': '預覽實例或檔案的網格線、扣除手續費後的每格利潤、保證金與強平價',
  },
  show: {
    en: 'the lines of a running grid, its orders and why some are missing',
    'zh-CN': '运行中网格的网格线、挂单以及缺失的原因',
    'zh-TW': '執行中網格的網格線、掛單以及缺少的原因',
  },
  adjust: {
    en: 'move the range; only the difference of orders is sent, and the file is written',
    'zh-CN': '移动区间；只发送挂单的差异，并写入文件',
    'zh-TW': '移動區間；只送出掛單的差異，並寫入檔案',
  },
  lower: { en: 'new lower price', 'zh-CN': '新的最低价', 'zh-TW': '新的最低價' },
  upper: { en: 'new upper price', 'zh-CN': '新的最高价', 'zh-TW': '新的最高價' },
  levels: { en: 'new number of lines', 'zh-CN': '新的网格线数', 'zh-TW': '新的網格線數' },
  dryRun: {
    en: 'only tell what would change',
    'zh-CN': '只说明将有哪些变化',
    'zh-TW': '只說明將有哪些變化',
  },
  yes: {
    en: 'do not ask before a trade at market',
    'zh-CN': '市价成交前不询问',
    'zh-TW': '市價成交前不詢問',
  },
  temporary: {
    en: 'do not write the file: a restart brings the old range back',
    'zh-CN': '不写入文件：重启后恢复原区间',
    'zh-TW': '不寫入檔案：重新啟動後恢復原區間',
  },
})

export const gridMessages = defineMessages({
  noGrid: {
    en: '{title} ({source})',
    'zh-CN': '{title}（{source}）',
    'zh-TW': '{title}（{source}）',
  },
  empty: { en: 'empty', 'zh-CN': '空线', 'zh-TW': '空線' },
  virtual: { en: '{order} (virtual)', 'zh-CN': '{order}（虚拟）', 'zh-TW': '{order}（虛擬）' },
  previewHead: {
    en: 'line|order|net profit of the cell above|percent',
    'zh-CN': '网格线|委托|上方一格净利|百分比',
    'zh-TW': '網格線|委託|上方一格淨利|百分比',
  },
  factPrice: { en: 'price', 'zh-CN': '价格', 'zh-TW': '價格' },
  factGrid: { en: 'grid', 'zh-CN': '网格', 'zh-TW': '網格' },
  factStart: { en: 'at start', 'zh-CN': '启动时', 'zh-TW': '啟動時' },
  factWorst: { en: 'worst cell', 'zh-CN': '最差一格', 'zh-TW': '最差一格' },
  factMargin: { en: 'margin', 'zh-CN': '保证金', 'zh-TW': '保證金' },
  factLiquidation: { en: 'liquidation', 'zh-CN': '强平', 'zh-TW': '強平' },
  price: {
    en: '{price} ({source})',
    'zh-CN': '{price}（{source}）',
    'zh-TW': '{price}（{source}）',
  },
  grid: {
    en: '{title}, {type}, {mode}, {orders} orders of {quantity}',
    'zh-CN': '{title}，{type}，{mode}，{orders} 笔挂单，每笔 {quantity}',
    'zh-TW': '{title}，{type}，{mode}，{orders} 筆掛單，每筆 {quantity}',
  },
  start: {
    en: 'position {position}',
    'zh-CN': '持仓 {position}',
    'zh-TW': '部位 {position}',
  },
  worst: {
    en: '{lower} to {upper}: {net} after {fees} fees',
    'zh-CN': '{lower} 至 {upper}：扣除手续费 {fees} 后为 {net}',
    'zh-TW': '{lower} 至 {upper}：扣除手續費 {fees} 後為 {net}',
  },
  margin: {
    en: '{needed} of {capital}, {leverage}x {mode}',
    'zh-CN': '需要 {needed}，资金 {capital}，{leverage} 倍杠杆，{mode}',
    'zh-TW': '需要 {needed}，資金 {capital}，{leverage} 倍槓桿，{mode}',
  },
  liquidation: {
    en: 'now {now}, all bought {bought}, all sold {sold}',
    'zh-CN': '现在 {now}，买单全部成交后 {bought}，卖单全部成交后 {sold}',
    'zh-TW': '目前 {now}，買單全部成交後 {bought}，賣單全部成交後 {sold}',
  },
  showHead: {
    en: 'price|side|quantity|state|why',
    'zh-CN': '价格|方向|数量|状态|原因',
    'zh-TW': '價格|方向|數量|狀態|原因',
  },
  now: {
    en: 'price {price}, position {held}, {resting} orders resting, {missing} missing',
    'zh-CN': '价格 {price}，持仓 {held}，{resting} 笔挂单在场，{missing} 笔缺失',
    'zh-TW': '價格 {price}，部位 {held}，{resting} 筆掛單在場，{missing} 筆缺少',
  },
  noPrice: {
    en: '--{name} must be a price above 0, found {found}',
    'zh-CN': '--{name} 必须是大于 0 的价格，收到的是 {found}',
    'zh-TW': '--{name} 必須是大於 0 的價格，收到的是 {found}',
  },
  factLimit: { en: 'limit', 'zh-CN': '风险限制', 'zh-TW': '風險限制' },
  factOutside: { en: 'outside', 'zh-CN': '区间外', 'zh-TW': '區間外' },
  factPlaced: { en: 'placed', 'zh-CN': '可挂出', 'zh-TW': '可掛出' },
  placed: {
    en: '{placed} of {orders} orders pass the limits of the instance at this price',
    'zh-CN': '按此价格，{orders} 笔委托中有 {placed} 笔通过该实例的风险限制',
    'zh-TW': '依此價格，{orders} 筆委託中有 {placed} 筆通過該實例的風險限制',
  },
  below: {
    en: 'the price {price} lies below the range',
    'zh-CN': '价格 {price} 低于区间',
    'zh-TW': '價格 {price} 低於區間',
  },
  above: {
    en: 'the price {price} lies above the range',
    'zh-CN': '价格 {price} 高于区间',
    'zh-TW': '價格 {price} 高於區間',
  },
  limitAtLine: {
    en: '{side} at {line} must wait, after {before} others of its side: {text} ({code})',
    'zh-CN': '{line} 的{side}须等待，同侧已有 {before} 笔：{text}（{code}）',
    'zh-TW': '{line} 的{side}須等待，同側已有 {before} 筆：{text}（{code}）',
  },
  limitAtEntry: {
    en: 'the position that is opened at once is too large: {text} ({code})',
    'zh-CN': '启动时开立的仓位过大：{text}（{code}）',
    'zh-TW': '啟動時開立的部位過大：{text}（{code}）',
  },
  changesHead: {
    en: 'what|side|price|quantity',
    'zh-CN': '操作|方向|价格|数量',
    'zh-TW': '操作|方向|價格|數量',
  },
  factMarket: { en: 'at market', 'zh-CN': '市价成交', 'zh-TW': '市價成交' },
  marketBuy: {
    en: 'buys {quantity} {unit} at market now, about {price}, fee about {fee} {settle}; the position goes from {before} to {after}',
    'zh-CN':
      '立即以市价买入 {quantity} {unit}，价格约 {price}，手续费约 {fee} {settle}；持仓由 {before} 变为 {after}',
    'zh-TW':
      '立即以市價買入 {quantity} {unit}，價格約 {price}，手續費約 {fee} {settle}；部位由 {before} 變為 {after}',
  },
  marketSell: {
    en: 'sells {quantity} {unit} at market now, about {price}, fee about {fee} {settle}; the position goes from {before} to {after}',
    'zh-CN':
      '立即以市价卖出 {quantity} {unit}，价格约 {price}，手续费约 {fee} {settle}；持仓由 {before} 变为 {after}',
    'zh-TW':
      '立即以市價賣出 {quantity} {unit}，價格約 {price}，手續費約 {fee} {settle}；部位由 {before} 變為 {after}',
  },
  askTrade: {
    en: 'adjust {id} and trade at market?',
    'zh-CN': '调整 {id} 并以市价成交？',
    'zh-TW': '調整 {id} 並以市價成交？',
  },
  cancel: { en: 'cancel', 'zh-CN': '撤销', 'zh-TW': '撤銷' },
  place: { en: 'place', 'zh-CN': '新挂', 'zh-TW': '新掛' },
  adjusted: {
    en: '{kept} orders stay, {canceled} are cancelled, {placed} are placed',
    'zh-CN': '保留 {kept} 笔挂单，撤销 {canceled} 笔，新挂 {placed} 笔',
    'zh-TW': '保留 {kept} 筆掛單，撤銷 {canceled} 筆，新掛 {placed} 筆',
  },
  wouldAdjust: {
    en: '{kept} orders stay, {canceled} would be cancelled, {placed} would be placed',
    'zh-CN': '将保留 {kept} 笔挂单，撤销 {canceled} 笔，新挂 {placed} 笔（未执行）',
    'zh-TW': '將保留 {kept} 筆掛單，撤銷 {canceled} 筆，新掛 {placed} 筆（未執行）',
  },
})

/** Facts of a grid by the names in its report. */
export const gridFacts = defineMessages({
  lines: { en: 'lines', 'zh-CN': '网格线', 'zh-TW': '網格線' },
  type: { en: 'type', 'zh-CN': '类型', 'zh-TW': '類型' },
  mode: { en: 'mode', 'zh-CN': '间距', 'zh-TW': '間距' },
  phase: { en: 'phase', 'zh-CN': '阶段', 'zh-TW': '階段' },
  in_range: { en: 'in range', 'zh-CN': '在区间内', 'zh-TW': '在區間內' },
  quantity: { en: 'quantity', 'zh-CN': '每格数量', 'zh-TW': '每格數量' },
  position: { en: 'position', 'zh-CN': '持仓', 'zh-TW': '部位' },
  position_wanted: { en: 'position wanted', 'zh-CN': '目标持仓', 'zh-TW': '目標部位' },
  completed_cells: { en: 'completed cells', 'zh-CN': '已完成格数', 'zh-TW': '已完成格數' },
  grid_profit: { en: 'grid profit', 'zh-CN': '网格利润', 'zh-TW': '網格利潤' },
  inventory: { en: 'inventory', 'zh-CN': '持仓盈亏', 'zh-TW': '部位損益' },
  entry_adjustment: { en: 'entry adjustment', 'zh-CN': '开仓调整', 'zh-TW': '開倉調整' },
  closed: { en: 'closed', 'zh-CN': '平仓盈亏', 'zh-TW': '平倉損益' },
  funding: { en: 'funding', 'zh-CN': '资金费', 'zh-TW': '資金費' },
  fees: { en: 'fees', 'zh-CN': '手续费', 'zh-TW': '手續費' },
  total: { en: 'total', 'zh-CN': '总盈亏', 'zh-TW': '總損益' },
  stop_loss_price: { en: 'stop loss price', 'zh-CN': '止损对应价', 'zh-TW': '停損對應價' },
  stop_price: { en: 'stop price', 'zh-CN': '止损价', 'zh-TW': '停損價' },
  take_profit_price: { en: 'take profit price', 'zh-CN': '止盈价', 'zh-TW': '停利價' },
  trailing_stop: { en: 'trailing stop', 'zh-CN': '跟踪止损', 'zh-TW': '移動停損' },
  peak_equity: { en: 'peak equity', 'zh-CN': '权益峰值', 'zh-TW': '權益峰值' },
  trigger_price: { en: 'trigger price', 'zh-CN': '触发价', 'zh-TW': '觸發價' },
  started_at: { en: 'started at', 'zh-CN': '启动于', 'zh-TW': '啟動於' },
  finish: { en: 'finish', 'zh-CN': '结束原因', 'zh-TW': '結束原因' },
})
