/** Part of the phrase book (phrases.ts): what recorded data, backtests, files and the start are told with. */
import { defineMessages } from '../speech.ts'

export const dataPhrases = defineMessages({
  gaps: {
    en: '{count} gap(s), {candles} candles are missing; a replay stands still in between',
    'zh-CN': '{count} 处缺口，缺少 {candles} 根 K 线；回放在其间停住',
    'zh-TW': '{count} 處缺口，缺少 {candles} 根 K 線；重播在其間停住',
  },
  duplicates: {
    en: '{count} row(s) repeat a time',
    'zh-CN': '{count} 行时间重复',
    'zh-TW': '{count} 列時間重複',
  },
  disorder: {
    en: '{count} row(s) go back in time',
    'zh-CN': '{count} 行时间倒退',
    'zh-TW': '{count} 列時間倒退',
  },
  contradictions: {
    en: '{count} candle(s) whose high is below, or low above, open or close; the replay goes through all four prices',
    'zh-CN': '{count} 根 K 线的最高价低于、或最低价高于开盘价或收盘价；回放会经过全部四个价格',
    'zh-TW': '{count} 根 K 線的最高價低於、或最低價高於開盤價或收盤價；重播會經過全部四個價格',
  },
  silent: {
    en: '{count} candle(s) without volume; no order fills in them',
    'zh-CN': '{count} 根 K 线没有成交量；其间没有挂单成交',
    'zh-TW': '{count} 根 K 線沒有成交量；其間沒有掛單成交',
  },
  spikes: {
    en: '{count} candle(s) reach more than {percent} % and {ranges} usual ranges from the close before',
    'zh-CN': '{count} 根 K 线偏离前一收盘价超过 {percent} % 且超过 {ranges} 倍通常振幅',
    'zh-TW': '{count} 根 K 線偏離前一收盤價超過 {percent} % 且超過 {ranges} 倍通常振幅',
  },
  uncovered: {
    en: 'only {percent} % of the candles of the window are there',
    'zh-CN': '窗口内的 K 线只有 {percent} %',
    'zh-TW': '視窗內的 K 線只有 {percent} %',
  },
  outside: {
    en: 'the window reaches outside the data: {before} candles before it, {after} after it',
    'zh-CN': '窗口超出数据范围：之前 {before} 根 K 线，之后 {after} 根',
    'zh-TW': '視窗超出資料範圍：之前 {before} 根 K 線，之後 {after} 根',
  },
  misaligned: {
    en: '{count} row(s) are not stamped with the time at which a candle opens',
    'zh-CN': '{count} 行的时间不是 K 线的开盘时间',
    'zh-TW': '{count} 列的時間不是 K 線的開盤時間',
  },
  through: {
    en: 'through: a resting order fills when the price passes it by one tick',
    'zh-CN': 'through：价格越过挂单一个最小变动价位时成交',
    'zh-TW': 'through：價格越過掛單一個最小變動單位時成交',
  },
  touch: {
    en: 'touch: a resting order fills when the price reaches it (optimistic)',
    'zh-CN': 'touch：价格触及挂单时成交（偏乐观）',
    'zh-TW': 'touch：價格觸及掛單時成交（偏樂觀）',
  },
  lastAlone: {
    en: '{last} (no mark series is stored): liquidation is checked on it',
    'zh-CN': '{last}（没有标记价数据）：据此检查强平',
    'zh-TW': '{last}（沒有標記價資料）：據此檢查強平',
  },
  markSeries: {
    en: 'the stored mark series where one of its bars opened less than {time} before, else {last}',
    'zh-CN': '{time} 内有标记价数据时用标记价，否则用{last}',
    'zh-TW': '{time} 內有標記價資料時用標記價，否則用{last}',
  },
  lastPath: {
    en: 'the last price along the path of each candle',
    'zh-CN': '每根 K 线路径上的最新价',
    'zh-TW': '每根 K 線路徑上的最新價',
  },
  quotesOnCandles: {
    en: 'market making on candles is indicative: the place in the queue, the book and who trades against a quote are not in them',
    'zh-CN': '用 K 线测做市只作参考：其中没有排队位置、订单簿和对手方',
    'zh-TW': '用 K 線測造市只作參考：其中沒有排隊位置、訂單簿和對手方',
  },
  wonByConstruction: {
    en: 'without a stop, a time exit or a profit step below 0, dca ends a deal only with a gain or by liquidation: the share of won round trips says nothing then, losses stand in the position still held and in the drawdown',
    'zh-CN':
      '没有止损、限时平仓或负的止盈档时，dca 只会盈利平仓或被强平：此时胜率没有意义，亏损在仍持有的仓位和回撤中',
    'zh-TW':
      '沒有停損、限時平倉或負的停利檔時，dca 只會獲利平倉或被強平：此時勝率沒有意義，虧損在仍持有的部位和回撤中',
  },
  noFileOf: {
    en: 'there is no file of {id} in config/active/; known: {known}',
    'zh-CN': 'config/active/ 中没有 {id} 的文件；已知：{known}',
    'zh-TW': 'config/active/ 中沒有 {id} 的檔案；已知：{known}',
  },
  noFileOfMeant: {
    en: 'there is no file of {id} in config/active/ (did you mean {meant}?); known: {known}',
    'zh-CN': 'config/active/ 中没有 {id} 的文件（是否指 {meant}？）；已知：{known}',
    'zh-TW': 'config/active/ 中沒有 {id} 的檔案（是否指 {meant}？）；已知：{known}',
  },
  noFileOfOlder: {
    en: 'there is no file of {id} in config/active/: perpfleet config rollback {name} {version} brings the last one back',
    'zh-CN':
      'config/active/ 中没有 {id} 的文件：perpfleet config rollback {name} {version} 可恢复最后一个版本',
    'zh-TW':
      'config/active/ 中沒有 {id} 的檔案：perpfleet config rollback {name} {version} 可還原最後一個版本',
  },
  firstStart: {
    en: 'first start here: copied {names} to config/active/',
    'zh-CN': '首次启动：已将 {names} 复制到 config/active/',
    'zh-TW': '首次啟動：已將 {names} 複製到 config/active/',
  },
  stopsAll: {
    en: 'cancelling orders and stopping everything; positions are kept …',
    'zh-CN': '正在撤销挂单并停止一切；持仓保留 …',
    'zh-TW': '正在撤銷掛單並停止一切；部位保留 …',
  },
  hasStoppedAll: {
    en: 'everything has stopped; perpfleet up goes on where it was',
    'zh-CN': '一切已停止；perpfleet up 从原处继续',
    'zh-TW': '一切已停止；perpfleet up 從原處繼續',
  },
  dataEnded: { en: 'the data ended', 'zh-CN': '数据已结束', 'zh-TW': '資料已結束' },
})
