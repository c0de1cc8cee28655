/** orders, positions, fills, balances, trades. */
import { defineMessages } from '../speech.ts'

export const tableMessages = defineMessages({
  orders: {
    en: 'orders from the journals of the desks, newest first',
    'zh-CN': '交易台账本中的委托，最新的在前',
    'zh-TW': '交易台帳本中的委託，最新的在前',
  },
  fills: {
    en: 'executions, newest first',
    'zh-CN': '成交明细，最新的在前',
    'zh-TW': '成交明細，最新的在前',
  },
  positions: {
    en: 'what the instances hold',
    'zh-CN': '各实例的持仓',
    'zh-TW': '各實例的部位',
  },
  balances: {
    en: 'what the accounts hold, and which part of it belongs to no instance',
    'zh-CN': '各账户的余额，以及不属于任何实例的部分',
    'zh-TW': '各帳戶的餘額，以及不屬於任何實例的部分',
  },
  trades: {
    en: 'closed round trips (of grids: completed cells), newest first',
    'zh-CN': '已平仓的完整交易（网格为完成的格子），最新的在前',
    'zh-TW': '已平倉的完整交易（網格為完成的格子），最新的在前',
  },
  twoInstances: {
    en: 'name one instance: {id} or --instance {option}',
    'zh-CN': '请只指定一个实例：{id} 或 --instance {option}',
    'zh-TW': '請只指定一個實例：{id} 或 --instance {option}',
  },
  instance: { en: 'of one instance', 'zh-CN': '某个实例的', 'zh-TW': '某個實例的' },
  venue: { en: 'of one venue', 'zh-CN': '某个交易所的', 'zh-TW': '某個交易所的' },
  since: {
    en: 'from then on: ISO, 10m, 2h or 3d ago; fills and trades are counted in market time',
    'zh-CN': '从该时间起：ISO 时间，或 10m、2h、3d 之前；成交与交易按行情时间计',
    'zh-TW': '從該時間起：ISO 時間，或 10m、2h、3d 之前；成交與交易按行情時間計',
  },
  limit: { en: 'at most so many rows', 'zh-CN': '最多显示的行数', 'zh-TW': '最多顯示的列數' },
  ordersHead: {
    en: 'instance|sent|side|kind|price|quantity|filled|state|slot|reason|client id',
    'zh-CN': '实例|发送时间|方向|类型|价格|数量|已成交|状态|格位|原因|客户端委托号',
    'zh-TW': '實例|送出時間|方向|類型|價格|數量|已成交|狀態|格位|原因|客戶端委託號',
  },
  fillsHead: {
    en: 'instance|market time|side|price|quantity|fee|maker|fill',
    'zh-CN': '实例|行情时间|方向|价格|数量|手续费|挂单|成交号',
    'zh-TW': '實例|行情時間|方向|價格|數量|手續費|掛單|成交號',
  },
  positionsHead: {
    en: 'instance|symbol|position|equity|orders',
    'zh-CN': '实例|合约|持仓|权益|挂单数',
    'zh-TW': '實例|合約|部位|權益|掛單數',
  },
  venueHead: { en: 'venue', 'zh-CN': '交易所', 'zh-TW': '交易所' },
  symbolHead: { en: 'symbol', 'zh-CN': '合约', 'zh-TW': '合約' },
  balancesHead: {
    en: 'account|currency|equity|of instances|unallocated|instances',
    'zh-CN': '账户|币种|权益|实例所有|未分配|实例',
    'zh-TW': '帳戶|幣別|權益|實例所有|未分配|實例',
  },
  tradesHead: {
    en: 'instance|side|opened|closed|quantity|entry|exit|gross|fees|PnL',
    'zh-CN': '实例|方向|开仓时间|平仓时间|数量|开仓价|平仓价|毛利|手续费|盈亏',
    'zh-TW': '實例|方向|開倉時間|平倉時間|數量|開倉價|平倉價|毛利|手續費|損益',
  },
})
