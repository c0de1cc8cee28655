/** backtest of an instance of several legs. */
import { defineMessages } from '../speech.ts'

export const legsBacktestHelp = defineMessages({
  set: {
    en: 'the recorded set: venue/symbol/timeframe[@from..to]; one for each leg of the instance',
    'zh-CN': '历史数据集：venue/symbol/timeframe[@from..to]；每条腿各一个',
    'zh-TW': '歷史資料集：venue/symbol/timeframe[@from..to]；每條腿各一個',
  },
  borrow: {
    en: 'a leg without recorded candles trades at the prices of another leg, or of this set, with its own funding',
    'zh-CN': '没有 K 线数据的腿使用另一条腿或此数据集的价格，资金费率仍用自己的',
    'zh-TW': '沒有 K 線資料的腿使用另一條腿或此資料集的價格，資金費率仍用自己的',
  },
})

export const legsBacktestMessages = defineMessages({
  setsNeeded: {
    en: '{id} trades {count} contracts, found {found} set(s): name one for each leg, e.g. {example}',
    'zh-CN':
      '{id} 交易 {count} 个合约，但只给出 {found} 个数据集：请为每条腿各指定一个，例如 {example}',
    'zh-TW':
      '{id} 交易 {count} 個合約，但只給出 {found} 個資料集：請為每條腿各指定一個，例如 {example}',
  },
  oneSet: {
    en: '{id} trades one contract, found {found} sets: name --data once',
    'zh-CN': '{id} 只交易一个合约，但给出了 {found} 个数据集：--data 只需指定一次',
    'zh-TW': '{id} 只交易一個合約，但給出了 {found} 個資料集：--data 只需指定一次',
  },
  onlyBacktest: {
    en: 'this command works on one contract; instances of several legs are not supported here: use perpfleet backtest',
    'zh-CN': '此命令只支持单个合约，不支持多腿实例：请使用 perpfleet backtest',
    'zh-TW': '此命令只支援單一合約，不支援多腿實例：請使用 perpfleet backtest',
  },
  noCandles: {
    en: 'leg {leg} has no candles {set}: import them, or let it trade at the prices of another leg with --borrow-candles (its funding stays its own)',
    'zh-CN':
      '腿 {leg} 没有 K 线 {set}：请先导入，或用 --borrow-candles 让它使用另一条腿的价格（资金费率仍用自己的）',
    'zh-TW':
      '腿 {leg} 沒有 K 線 {set}：請先匯入，或用 --borrow-candles 讓它使用另一條腿的價格（資金費率仍用自己的）',
  },
  nothingToBorrow: {
    en: 'no leg has candles of {timeframe}: name a set that lends its prices, e.g. --borrow-candles binance/BTC_USDT_PERP/{timeframe}',
    'zh-CN':
      '没有任何一条腿有 {timeframe} 的 K 线：请指定提供价格的数据集，例如 --borrow-candles binance/BTC_USDT_PERP/{timeframe}',
    'zh-TW':
      '沒有任何一條腿有 {timeframe} 的 K 線：請指定提供價格的資料集，例如 --borrow-candles binance/BTC_USDT_PERP/{timeframe}',
  },
  windows: {
    en: 'the sets have different windows: write the same @from..to on each, or use --from and --to',
    'zh-CN': '各数据集的时间窗口不同：请写相同的 @from..to，或使用 --from 和 --to',
    'zh-TW': '各資料集的時間視窗不同：請寫相同的 @from..to，或使用 --from 和 --to',
  },
  alwaysStepped: {
    en: 'instances of several legs are always stepped: leave --engine out',
    'zh-CN': '多腿实例总是逐步回测：请去掉 --engine',
    'zh-TW': '多腿實例總是逐步回測：請去掉 --engine',
  },
  margin: { en: 'a year on margin used', 'zh-CN': '占用保证金年化', 'zh-TW': '占用保證金年化' },
  marginOf: {
    en: '{share} (margin of all legs {average} on average, {most} at most)',
    'zh-CN': '{share}（所有腿保证金平均 {average}，最高 {most}）',
    'zh-TW': '{share}（所有腿保證金平均 {average}，最高 {most}）',
  },
  prices: { en: '  prices of all legs', 'zh-CN': '  各腿价差盈亏', 'zh-TW': '  各腿價差損益' },
  slippage: {
    en: 'slippage against the decision',
    'zh-CN': '相对决策价的滑点',
    'zh-TW': '相對決策價的滑點',
  },
  slippageOf: {
    en: '{amount}, part of the prices',
    'zh-CN': '{amount}，已含在价差盈亏中',
    'zh-TW': '{amount}，已含在價差損益中',
  },
  opportunities: { en: 'opportunities', 'zh-CN': '机会次数', 'zh-TW': '機會次數' },
  opportunitiesOf: {
    en: '{count} closed, {won} won, {open} still open; {hours} held on average',
    'zh-CN': '已结束 {count}，盈利 {won}，未结束 {open}；平均持有 {hours}',
    'zh-TW': '已結束 {count}，獲利 {won}，未結束 {open}；平均持有 {hours}',
  },
  delta: { en: 'net delta', 'zh-CN': '净敞口', 'zh-TW': '淨曝險' },
  deltaOf: {
    en: '{end} {base} at the end, {most} at most, {time} {base}·s, longest {seconds} s',
    'zh-CN': '结束时 {end} {base}，最大 {most}，累计 {time} {base}·秒，最长 {seconds} 秒',
    'zh-TW': '結束時 {end} {base}，最大 {most}，累計 {time} {base}·秒，最長 {seconds} 秒',
  },
  leg: { en: 'leg {name}', 'zh-CN': '腿 {name}', 'zh-TW': '腿 {name}' },
  legOf: {
    en: '{total} {settle}: prices {prices}, funding {funding}, fees {fees}; {fills} fills, {payments} payments',
    'zh-CN':
      '{total} {settle}：价差 {prices}，资金费 {funding}，手续费 {fees}；{fills} 笔成交，{payments} 次资金费',
    'zh-TW':
      '{total} {settle}：價差 {prices}，資金費 {funding}，手續費 {fees}；{fills} 筆成交，{payments} 次資金費',
  },
  books: { en: 'difference of the books', 'zh-CN': '账本差额', 'zh-TW': '帳本差額' },
})
