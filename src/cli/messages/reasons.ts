/** Why a wanted order does not rest, in Chinese; the English words belong to the codes (src/domain/reason.ts). */
import { type ReasonCode, reasonCodes } from '../../domain/reason.ts'
import type { Language } from '../language.ts'
import type { Message } from '../speech.ts'

type Chinese = Readonly<Record<Exclude<Language, 'en'>, string>>

/** The compiler names every code that has no words. */
const chinese: Readonly<Record<ReasonCode, Chinese>> = {
  pending: { 'zh-CN': '委托正在发往交易所', 'zh-TW': '委託正在送往交易所' },
  canceling: { 'zh-CN': '先撤销一笔不再需要的挂单', 'zh-TW': '先撤銷一筆不再需要的掛單' },
  unknown_outcome: {
    'zh-CN': '该格位一笔委托的结果尚未知晓',
    'zh-TW': '該格位一筆委託的結果尚未知曉',
  },
  basis_behind: {
    'zh-CN': '机器人尚未记入最新的账户事件',
    'zh-TW': '機器人尚未記入最新的帳戶事件',
  },
  below_minimum: { 'zh-CN': '数量低于交易所下限', 'zh-TW': '數量低於交易所下限' },
  would_cross: {
    'zh-CN': '价格已越过该网格线；只做 maker 的挂单会立即成交',
    'zh-TW': '價格已越過該網格線；只做 maker 的掛單會立即成交',
  },
  insufficient_margin: {
    'zh-CN': '保证金不足，交易所拒绝了委托',
    'zh-TW': '保證金不足，交易所拒絕了委託',
  },
  venue_rejected: { 'zh-CN': '交易所拒绝了委托', 'zh-TW': '交易所拒絕了委託' },
  venue_unavailable: { 'zh-CN': '无法连接交易所', 'zh-TW': '無法連線至交易所' },
  journal_unavailable: {
    'zh-CN': '日志无法写入，因此不发送任何委托；撤单照常进行',
    'zh-TW': '日誌無法寫入，因此不送出任何委託；撤單照常進行',
  },
  reconciling: { 'zh-CN': '正在与交易所对账', 'zh-TW': '正在與交易所對帳' },
  position_mismatch: {
    'zh-CN': '交易所报告的持仓与账本不符；一致之前不增加任何风险',
    'zh-TW': '交易所回報的部位與帳本不符；一致之前不增加任何風險',
  },
  paused: { 'zh-CN': '实例已暂停', 'zh-TW': '實例已暫停' },
  reduce_only: { 'zh-CN': '实例只能减仓', 'zh-TW': '實例只能減倉' },
  halted: {
    'zh-CN': '实例已被风控限额、close-all 或策略出错停止',
    'zh-TW': '實例已被風控限額、close-all 或策略出錯停止',
  },
  killed: { 'zh-CN': '紧急停止开关已开启', 'zh-TW': '緊急停止開關已開啟' },
  disarmed: { 'zh-CN': '实例尚未授权交易', 'zh-TW': '實例尚未授權交易' },
  limit_position: {
    'zh-CN': '会超过持仓限额 max_position_size',
    'zh-TW': '會超過部位限額 max_position_size',
  },
  limit_notional: {
    'zh-CN': '会超过名义价值限额 max_position_notional',
    'zh-TW': '會超過名目價值限額 max_position_notional',
  },
  limit_capital: {
    'zh-CN': '会超过资金使用率限额 max_capital_utilization',
    'zh-TW': '會超過資金使用率限額 max_capital_utilization',
  },
  limit_daily_loss: { 'zh-CN': '已达到单日亏损限额', 'zh-TW': '已達到單日虧損限額' },
  limit_drawdown: { 'zh-CN': '已达到回撤限额', 'zh-TW': '已達到回撤限額' },
  limit_consecutive_losses: {
    'zh-CN': '已超过连续亏损限额 max_consecutive_losses：连续亏损的交易过多',
    'zh-TW': '已超過連續虧損限額 max_consecutive_losses：連續虧損的交易過多',
  },
  limit_price_band: {
    'zh-CN': '价格偏离标记价超过 price_band_bps；标记价接近时再发送',
    'zh-TW': '價格偏離標記價超過 price_band_bps；標記價接近時再送出',
  },
  limit_order_rate: {
    'zh-CN': '实例已发送 order_rate_per_s 笔委托；稍后再发送',
    'zh-TW': '實例已送出 order_rate_per_s 筆委託；稍後再送出',
  },
  limit_request_rate: {
    'zh-CN': '交易所的请求限额来不及容纳该委托；稍后再发送',
    'zh-TW': '交易所的請求限額來不及容納該委託；稍後再送出',
  },
  limit_address_budget: {
    'zh-CN': '账户在交易所的操作额度只剩预留部分；撤单和减仓照常进行',
    'zh-TW': '帳戶在交易所的操作額度只剩預留部分；撤單和減倉照常進行',
  },
  limit_spread: {
    'zh-CN': '买卖价差超过 spread_max_bps；价差收窄后再发送',
    'zh-TW': '買賣價差超過 spread_max_bps；價差收窄後再送出',
  },
  limit_depth: {
    'zh-CN': '最优价上的数量低于 depth_min_multiple 的要求；数量足够时再发送',
    'zh-TW': '最優價上的數量低於 depth_min_multiple 的要求；數量足夠時再送出',
  },
  limit_price_disagreement: {
    'zh-CN': '标记价、最新价与指数价之差超过 price_disagreement_max_bps',
    'zh-TW': '標記價、最新價與指數價之差超過 price_disagreement_max_bps',
  },
  limit_leverage: {
    'zh-CN': '可能持有的价值会超过权益的 max_leverage 倍',
    'zh-TW': '可能持有的價值會超過權益的 max_leverage 倍',
  },
  stale_market: {
    'zh-CN': '行情沉默过久；恢复之前不增加任何风险',
    'zh-TW': '行情沉默過久；恢復之前不增加任何風險',
  },
  foreign_activity: {
    'zh-CN': '有人在该账户上交易（on_foreign: halt）；操作员恢复之前不增加任何风险',
    'zh-TW': '有人在該帳戶上交易（on_foreign: halt）；操作員恢復之前不增加任何風險',
  },
  stop_watched: {
    'zh-CN': '交易所不保存止损单：交易台盯着价格并自行触发止损',
    'zh-TW': '交易所不保存停損單：交易台盯著價格並自行觸發停損',
  },
  limit_account_positions: {
    'zh-CN': '账户不能再开新仓：max_active_positions',
    'zh-TW': '帳戶不能再開新倉：max_active_positions',
  },
  limit_account_notional: {
    'zh-CN': '会超过账户在 max_position_notional 中的份额',
    'zh-TW': '會超過帳戶在 max_position_notional 中的份額',
  },
  limit_account_capital: {
    'zh-CN': '会超过账户的资金使用率限额 max_capital_utilization',
    'zh-TW': '會超過帳戶的資金使用率限額 max_capital_utilization',
  },
  limit_account_daily_loss: {
    'zh-CN': '账户或集群已达到单日亏损限额',
    'zh-TW': '帳戶或叢集已達到單日虧損限額',
  },
  limit_account_drawdown: {
    'zh-CN': '账户或集群已达到回撤限额',
    'zh-TW': '帳戶或叢集已達到回撤限額',
  },
  target_unfilled: {
    'zh-CN': '市场未能在最差价以内成交目标；将再次尝试',
    'zh-TW': '市場未能在最差價以內成交目標；將再次嘗試',
  },
  bot_lost: {
    'zh-CN': '收不到机器人的消息；会增加风险的挂单已撤回',
    'zh-TW': '收不到機器人的訊息；會增加風險的掛單已撤回',
  },
  shadow: { 'zh-CN': '影子模式：委托只记录、不发送', 'zh-TW': '影子模式：委託只記錄、不送出' },
  virtual: {
    'zh-CN': '该单不在最近的 open_orders_max 笔之内，保持虚拟',
    'zh-TW': '該單不在最近的 open_orders_max 筆之內，保持虛擬',
  },
}

const codes = Object.keys(chinese) as ReasonCode[]

/** The same with their English words. */
export const reasonMessages: Readonly<Record<string, Message>> = Object.fromEntries(
  codes.map((code) => [`reason_${code}`, { en: reasonCodes[code], ...chinese[code] }]),
)
