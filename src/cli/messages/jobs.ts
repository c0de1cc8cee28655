/** data and backtest, which work in the process of the command line (src/main). */
import { defineMessages } from '../speech.ts'

export const jobHelp = defineMessages({
  data: {
    en: 'recorded candles, mark prices and funding (docs/guides/import-data.md)',
    'zh-CN': '历史 K 线、标记价和资金费率（docs/guides/import-data.md）',
    'zh-TW': '歷史 K 線、標記價與資金費率（docs/guides/import-data.md）',
  },
  import: {
    en: 'read a CSV, CSV.gz or JSON file into history/',
    'zh-CN': '把 CSV、CSV.gz 或 JSON 文件导入 history/',
    'zh-TW': '把 CSV、CSV.gz 或 JSON 檔案匯入 history/',
  },
  venue: {
    en: 'where it was recorded, e.g. hyperliquid',
    'zh-CN': '数据来自哪个交易所，例如 hyperliquid',
    'zh-TW': '資料來自哪個交易所，例如 hyperliquid',
  },
  symbol: {
    en: 'e.g. SOL_USDC_PERP or SOL/USDC:USDC',
    'zh-CN': '例如 SOL_USDC_PERP 或 SOL/USDC:USDC',
    'zh-TW': '例如 SOL_USDC_PERP 或 SOL/USDC:USDC',
  },
  timeframe: {
    en: 'length of a candle, e.g. 1m, 5m, 1h',
    'zh-CN': 'K 线周期，例如 1m、5m、1h',
    'zh-TW': 'K 線週期，例如 1m、5m、1h',
  },
  kind: { en: 'what the file holds', 'zh-CN': '文件内容的类型', 'zh-TW': '檔案內容的類型' },
  dropDuplicates: {
    en: 'keep the first of rows with the same time',
    'zh-CN': '同一时间的多行只保留第一行',
    'zh-TW': '同一時間的多列只保留第一列',
  },
  replace: {
    en: 'write over what is stored',
    'zh-CN': '覆盖已存的数据',
    'zh-TW': '覆寫已存的資料',
  },
  list: { en: 'what is stored', 'zh-CN': '列出已存的数据', 'zh-TW': '列出已存的資料' },
  check: {
    en: 'coverage, gaps, duplicates, contradictions, silence and spikes; changes nothing',
    'zh-CN': '检查覆盖率、缺口、重复、矛盾、无成交和尖峰；不做修改',
    'zh-TW': '檢查涵蓋率、缺口、重複、矛盾、無成交與尖峰；不做修改',
  },
  backtest: {
    en: 'run an instance file or a strategy on recorded data (docs/guides/backtest.md)',
    'zh-CN': '用历史数据回测实例文件或策略（docs/guides/backtest.md）',
    'zh-TW': '以歷史資料回測實例檔案或策略（docs/guides/backtest.md）',
  },
  config: { en: 'an instance file', 'zh-CN': '实例文件', 'zh-TW': '實例檔案' },
  set: {
    en: 'the recorded set: venue/symbol/timeframe[@from..to]',
    'zh-CN': '历史数据集：venue/symbol/timeframe[@from..to]',
    'zh-TW': '歷史資料集：venue/symbol/timeframe[@from..to]',
  },
  from: {
    en: 'begin here instead (ISO, UTC)',
    'zh-CN': '改从此时开始（ISO，UTC）',
    'zh-TW': '改從此時開始（ISO，UTC）',
  },
  to: {
    en: 'end before this instead (ISO, UTC)',
    'zh-CN': '改在此时之前结束（ISO，UTC）',
    'zh-TW': '改在此時之前結束（ISO，UTC）',
  },
  change: {
    en: 'change a key of the file for this run (repeatable)',
    'zh-CN': '仅在本次运行中修改文件的某个键（可重复）',
    'zh-TW': '僅在本次執行中修改檔案的某個鍵（可重複）',
  },
  strategy: {
    en: 'instead of a file: a strategy with its defaults, on paper',
    'zh-CN': '不用文件：直接用策略及其默认值（模拟账户）',
    'zh-TW': '不用檔案：直接用策略及其預設值（模擬帳戶）',
  },
  capital: {
    en: 'what the instance starts with, e.g. 10000; its account holds as much',
    'zh-CN': '实例的起始资金，例如 10000；账户余额与此相同',
    'zh-TW': '實例的起始資金，例如 10000；帳戶餘額與此相同',
  },
  noLimits: {
    en: 'without the limits on entries: daily loss, drawdown, losses in a row, use of the capital',
    'zh-CN': '不启用开仓限额：日亏损、回撤、连续亏损、资金占用',
    'zh-TW': '不啟用開倉限額：日虧損、回撤、連續虧損、資金占用',
  },
  engine: {
    en: 'auto, stepping (every moment) or skipping (leaps over quiet stretches, same result)',
    'zh-CN': '引擎：auto、stepping（逐步）或 skipping（跳过无事发生的区段，结果相同）',
    'zh-TW': '引擎：auto、stepping（逐步）或 skipping（跳過無事發生的區段，結果相同）',
  },
  candlePath: {
    en: 'way within a candle: by_direction, or adverse (what hurts the position first)',
    'zh-CN': 'K 线内的走势：by_direction，或 adverse（先走对持仓不利的一端）',
    'zh-TW': 'K 線內的走勢：by_direction，或 adverse（先走對持倉不利的一端）',
  },
  fillRule: {
    en: 'through (passes the price) or touch (reaches it)',
    'zh-CN': '成交规则：through（越过挂单价）或 touch（触及挂单价）',
    'zh-TW': '成交規則：through（越過掛單價）或 touch（觸及掛單價）',
  },
  report: {
    en: 'write result.json, report.html and the lists as CSV into this folder',
    'zh-CN': '在此目录写出 result.json、report.html 和各明细 CSV',
    'zh-TW': '在此目錄寫出 result.json、report.html 與各明細 CSV',
  },
})

export const dataMessages = defineMessages({
  needsTimeframe: {
    en: '{kind} need the length of a candle: add --timeframe, e.g. --timeframe 5m',
    'zh-CN': '{kind} 需要 K 线周期：请加 --timeframe，例如 --timeframe 5m',
    'zh-TW': '{kind} 需要 K 線週期：請加上 --timeframe，例如 --timeframe 5m',
  },
  needsSymbol: {
    en: 'say which contract it is: add --symbol, e.g. --symbol SOL_USDC_PERP',
    'zh-CN': '请说明是哪个合约：请加 --symbol，例如 --symbol SOL_USDC_PERP',
    'zh-TW': '請說明是哪個合約：請加上 --symbol，例如 --symbol SOL_USDC_PERP',
  },
  importing: { en: 'importing', 'zh-CN': '导入中', 'zh-TW': '匯入中' },
  unchanged: {
    en: '{name}: this file was imported before, nothing was changed.',
    'zh-CN': '{name}：此文件已导入过，未做修改。',
    'zh-TW': '{name}：此檔案已匯入過，未做修改。',
  },
  imported: {
    en: '{name}: {rows} rows imported, {span}.',
    'zh-CN': '{name}：已导入 {rows} 行，{span}。',
    'zh-TW': '{name}：已匯入 {rows} 列，{span}。',
  },
  added: {
    en: '{name}: {rows} rows added, {total} in all, {span}.',
    'zh-CN': '{name}：已追加 {rows} 行，共 {total} 行，{span}。',
    'zh-TW': '{name}：已附加 {rows} 列，共 {total} 列，{span}。',
  },
  dropped: {
    en: ' {count} duplicate row(s) were dropped.',
    'zh-CN': '丢弃了 {count} 行重复数据。',
    'zh-TW': '捨棄了 {count} 列重複資料。',
  },
  nothingStored: {
    en: 'nothing is stored in {folder}: perpfleet data import FILE …',
    'zh-CN': '{folder} 中没有数据：perpfleet data import FILE …',
    'zh-TW': '{folder} 中沒有資料：perpfleet data import FILE …',
  },
  listHead: {
    en: 'set|kind|symbol|rows|first|last',
    'zh-CN': '数据集|类型|合约|行数|起始|结束',
    'zh-TW': '資料集|類型|合約|列數|起始|結束',
  },
  nothingOdd: {
    en: '{series}: {rows} rows{share}, nothing odd',
    'zh-CN': '{series}：{rows} 行{share}，没有异常',
    'zh-TW': '{series}：{rows} 列{share}，沒有異常',
  },
  findings: {
    en: '{series}: {rows} rows{share}, {count} finding(s)',
    'zh-CN': '{series}：{rows} 行{share}，{count} 处异常',
    'zh-TW': '{series}：{rows} 列{share}，{count} 處異常',
  },
  coverage: {
    en: ', {percent} % of {from} … {to}',
    'zh-CN': '，覆盖 {from} … {to} 的 {percent} %',
    'zh-TW': '，涵蓋 {from} … {to} 的 {percent} %',
  },
})

export const backtestMessages = defineMessages({
  running: { en: 'backtest', 'zh-CN': '回测中', 'zh-TW': '回測中' },
  took: {
    en: '{candles} candles in {seconds} s',
    'zh-CN': '{candles} 根 K 线，用时 {seconds} 秒',
    'zh-TW': '{candles} 根 K 線，費時 {seconds} 秒',
  },
  tookReport: {
    en: '{candles} candles in {seconds} s, report in {folder}',
    'zh-CN': '{candles} 根 K 线，用时 {seconds} 秒，报告在 {folder}',
    'zh-TW': '{candles} 根 K 線，費時 {seconds} 秒，報告在 {folder}',
  },
  noPath: {
    en: '--path must be by_direction or adverse, found {found}',
    'zh-CN': '--path 必须是 by_direction 或 adverse，收到的是 {found}',
    'zh-TW': '--path 必須是 by_direction 或 adverse，收到的是 {found}',
  },
  noRule: {
    en: '--fill-rule must be through or touch, found {found}',
    'zh-CN': '--fill-rule 必须是 through 或 touch，收到的是 {found}',
    'zh-TW': '--fill-rule 必須是 through 或 touch，收到的是 {found}',
  },
  otherSymbol: {
    en: '{id} trades {symbol}, which is not in the set {set}: name a set of {symbol} with --data',
    'zh-CN': '{id} 交易 {symbol}，数据集 {set} 中没有它：请用 --data 指定 {symbol} 的数据集',
    'zh-TW': '{id} 交易 {symbol}，資料集 {set} 中沒有它：請以 --data 指定 {symbol} 的資料集',
  },
  noStrategy: {
    en: 'there is no strategy {id}: name one of {known}',
    'zh-CN': '没有策略 {id}：可用的有 {known}',
    'zh-TW': '沒有策略 {id}：可用的有 {known}',
  },
  fileOrStrategy: {
    en: 'say what to run: either --config FILE or --strategy NAME',
    'zh-CN': '请说明运行什么：--config 文件 或 --strategy 名称，二者选一',
    'zh-TW': '請說明執行什麼：--config 檔案 或 --strategy 名稱，二者擇一',
  },
  badCapital: {
    en: '--capital must be money above 0, found "{found}", e.g. --capital 10000',
    'zh-CN': '--capital 必须是大于 0 的金额，收到的是 "{found}"，例如 --capital 10000',
    'zh-TW': '--capital 必須是大於 0 的金額，收到的是 "{found}"，例如 --capital 10000',
  },
  noEngine: {
    en: '--engine must be auto, stepping or skipping, found {found}',
    'zh-CN': '--engine 必须是 auto、stepping 或 skipping，收到的是 {found}',
    'zh-TW': '--engine 必須是 auto、stepping 或 skipping，收到的是 {found}',
  },
  noPaper: {
    en: '{id} has no exchange_config.paper to trade with',
    'zh-CN': '{id} 没有可用于交易的 exchange_config.paper',
    'zh-TW': '{id} 沒有可用於交易的 exchange_config.paper',
  },
  // --- rows of the result -----------------------------------------------------------------------
  instance: { en: 'instance', 'zh-CN': '实例', 'zh-TW': '實例' },
  onSet: {
    en: '{id} ({strategy}) on {set}',
    'zh-CN': '{id}（{strategy}），数据集 {set}',
    'zh-TW': '{id}（{strategy}），資料集 {set}',
  },
  time: { en: 'market time', 'zh-CN': '行情时间', 'zh-TW': '行情時間' },
  span: {
    en: '{from} … {to} UTC, ended: {reason}',
    'zh-CN': '{from} … {to} UTC，结束原因：{reason}',
    'zh-TW': '{from} … {to} UTC，結束原因：{reason}',
  },
  total: { en: 'total profit', 'zh-CN': '总盈亏', 'zh-TW': '總損益' },
  ofCapital: {
    en: '{amount} ({percent} % of {capital})',
    'zh-CN': '{amount}（{capital} 的 {percent} %）',
    'zh-TW': '{amount}（{capital} 的 {percent} %）',
  },
  realised: { en: '  realised', 'zh-CN': '  已实现', 'zh-TW': '  已實現' },
  unrealised: {
    en: '  unrealised on mark',
    'zh-CN': '  按标记价未实现',
    'zh-TW': '  依標記價未實現',
  },
  funding: { en: '  funding', 'zh-CN': '  资金费', 'zh-TW': '  資金費' },
  fees: { en: '  fees', 'zh-CN': '  手续费', 'zh-TW': '  手續費' },
  position: { en: 'position', 'zh-CN': '持仓', 'zh-TW': '部位' },
  fills: { en: 'fills', 'zh-CN': '成交', 'zh-TW': '成交' },
  fillKinds: {
    en: '{fills} ({maker} maker, {taker} taker)',
    'zh-CN': '{fills}（挂单 {maker}，吃单 {taker}）',
    'zh-TW': '{fills}（掛單 {maker}，吃單 {taker}）',
  },
  payments: { en: 'funding payments', 'zh-CN': '资金费次数', 'zh-TW': '資金費次數' },
  drawdown: { en: 'largest drawdown', 'zh-CN': '最大回撤', 'zh-TW': '最大回撤' },
  share: {
    en: '{amount} ({percent} % of the peak)',
    'zh-CN': '{amount}（峰值的 {percent} %）',
    'zh-TW': '{amount}（峰值的 {percent} %）',
  },
  liquidations: { en: 'liquidations', 'zh-CN': '强平次数', 'zh-TW': '強平次數' },
  firstAt: {
    en: '{count}, first at {time}',
    'zh-CN': '{count}，首次在 {time}',
    'zh-TW': '{count}，首次在 {time}',
  },
  limit: { en: 'limit reached', 'zh-CN': '触及限额', 'zh-TW': '觸及限額' },
  limitAt: { en: '{code} at {time}', 'zh-CN': '{time} {code} 触及', 'zh-TW': '{time} {code} 觸及' },
  rule: { en: 'fill rule', 'zh-CN': '成交规则', 'zh-TW': '成交規則' },
  mark: { en: 'mark', 'zh-CN': '标记价', 'zh-TW': '標記價' },
  buyAndHold: { en: 'buy and hold', 'zh-CN': '买入持有', 'zh-TW': '買入持有' },
  growth: { en: 'annual growth', 'zh-CN': '年化增长', 'zh-TW': '年化成長' },
  growthOf: {
    en: '{cagr} (volatility {volatility})',
    'zh-CN': '{cagr}（波动率 {volatility}）',
    'zh-TW': '{cagr}（波動率 {volatility}）',
  },
  ratios: {
    en: 'Sharpe / Sortino / Calmar',
    'zh-CN': '夏普 / 索提诺 / 卡玛',
    'zh-TW': '夏普 / 索提諾 / 卡瑪',
  },
  trips: { en: 'round trips', 'zh-CN': '完整交易', 'zh-TW': '完整交易' },
  tripsOf: {
    en: '{count}, {rate} won, profit factor {factor}, SQN {sqn}',
    'zh-CN': '{count} 笔，胜率 {rate}，盈亏比 {factor}，SQN {sqn}',
    'zh-TW': '{count} 筆，勝率 {rate}，盈虧比 {factor}，SQN {sqn}',
  },
  exposed: { en: 'time with a position', 'zh-CN': '持仓时间', 'zh-TW': '持倉時間' },
  exposedOf: {
    en: '{share}, worst margin ratio {ratio}',
    'zh-CN': '{share}，最高保证金占用 {ratio}',
    'zh-TW': '{share}，最高保證金占用 {ratio}',
  },
  gridApr: { en: 'grid APR', 'zh-CN': '网格年化', 'zh-TW': '網格年化' },
  engineRow: { en: 'engine', 'zh-CN': '引擎', 'zh-TW': '引擎' },
  warning: { en: 'WARNING', 'zh-CN': '警告', 'zh-TW': '警告' },
  missing: {
    en: '{missing} of {expected} candles of this window are missing ({share})',
    'zh-CN': '此区间缺少 {missing} / {expected} 根 K 线（{share}）',
    'zh-TW': '此區間缺少 {missing} / {expected} 根 K 線（{share}）',
  },
  noFolder: {
    en: '{folder} cannot be written to as a folder ({why}): name another one with --report',
    'zh-CN': '{folder} 不能作为文件夹写入（{why}）：请用 --report 指定另一个',
    'zh-TW': '{folder} 不能作為資料夾寫入（{why}）：請以 --report 指定另一個',
  },
  missingFunding: {
    en: '{share} of this window has no recorded funding rates: none was paid or received there',
    'zh-CN': '此区间有 {share} 没有资金费率记录：该部分未收付资金费',
    'zh-TW': '此區間有 {share} 沒有資金費率紀錄：該部分未收付資金費',
  },
  restricted: {
    en: '{mode} since {since} by {code}: no entries after it (--no-limits shows the strategy alone)',
    'zh-CN': '自 {since} 起因 {code} 处于 {mode}：此后不再开仓（--no-limits 只看策略本身）',
    'zh-TW': '自 {since} 起因 {code} 處於 {mode}：此後不再開倉（--no-limits 只看策略本身）',
  },
  keptBack: {
    en: '{reason} kept orders back: {start} at the start, {end} at the end',
    'zh-CN': '{reason} 拦下了订单：开始时 {start} 个，结束时 {end} 个',
    'zh-TW': '{reason} 攔下了訂單：開始時 {start} 個，結束時 {end} 個',
  },
  proxy: {
    en: 'spot candles stand in for those of the perpetual (a proxy)',
    'zh-CN': '用现货 K 线代替永续合约（近似）',
    'zh-TW': '用現貨 K 線代替永續合約（近似）',
  },
  indicative: {
    en: 'indicative only: {caveat}',
    'zh-CN': '仅供参考：{caveat}',
    'zh-TW': '僅供參考：{caveat}',
  },
  fingerprint: { en: 'fingerprint', 'zh-CN': '指纹', 'zh-TW': '指紋' },
  grid: { en: 'grid', 'zh-CN': '网格', 'zh-TW': '網格' },
  cells: { en: 'completed cells', 'zh-CN': '已完成格数', 'zh-TW': '已完成格數' },
  gridProfit: { en: '  grid profit', 'zh-CN': '  网格利润', 'zh-TW': '  網格利潤' },
  inventory: { en: '  inventory', 'zh-CN': '  持仓盈亏', 'zh-TW': '  部位損益' },
  entry: { en: '  entry adjustment', 'zh-CN': '  开仓调整', 'zh-TW': '  開倉調整' },
  closed: { en: '  closed', 'zh-CN': '  平仓盈亏', 'zh-TW': '  平倉損益' },
  inRange: { en: 'time in range', 'zh-CN': '在区间内', 'zh-TW': '在區間內' },
  ofCandles: {
    en: '{percent} % of the candles',
    'zh-CN': 'K 线的 {percent} %',
    'zh-TW': 'K 線的 {percent} %',
  },
})
