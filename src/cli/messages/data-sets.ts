/** Names of recorded sets: which are meant, and how one is removed (src/main/data-sets.ts). */
import { defineMessages } from '../speech.ts'

export const dataSetHelp = defineMessages({
  export: {
    en: 'a set, or a part of it, as CSV that data import reads: to standard output or --output',
    'zh-CN': '把数据集或其一部分导出为 data import 可读取的 CSV：写到标准输出或 --output',
    'zh-TW': '把資料集或其一部分匯出為 data import 可讀取的 CSV：寫到標準輸出或 --output',
  },
  output: {
    en: 'write to a file; .gz at its end packs it',
    'zh-CN': '写入文件；以 .gz 结尾则压缩',
    'zh-TW': '寫入檔案；以 .gz 結尾則壓縮',
  },
  replaceOutput: {
    en: 'write over a file that is there',
    'zh-CN': '覆盖已有的文件',
    'zh-TW': '覆寫已有的檔案',
  },
  remove: {
    en: 'delete a set: its candles and marks, and the funding when no other set of the contract is left',
    'zh-CN': '删除数据集：K 线和标记价；若该合约没有其他数据集，连同资金费率一起删除',
    'zh-TW': '刪除資料集：K 線與標記價；若該合約沒有其他資料集，連同資金費率一併刪除',
  },
  unknownVenue: {
    en: 'take the name of the venue as it is, although it looks like another one misspelt',
    'zh-CN': '交易所名称即使像是拼写错误也照用',
    'zh-TW': '交易所名稱即使像是拼字錯誤也照用',
  },
  resample: {
    en: 'make a set of longer candles out of a stored one, e.g. 1h out of 1m',
    'zh-CN': '由已存的数据集合成更长周期的 K 线，例如由 1m 合成 1h',
    'zh-TW': '由已存的資料集合成更長週期的 K 線，例如由 1m 合成 1h',
  },
  spot: {
    en: 'the candles are those of a spot market and stand in for the contract (a proxy): reports say so',
    'zh-CN': 'K 线来自现货市场，用来代替合约（代理数据）：报告会注明',
    'zh-TW': 'K 線來自現貨市場，用來代替合約（代理資料）：報告會註明',
  },
  yes: { en: 'do not ask', 'zh-CN': '不询问', 'zh-TW': '不詢問' },
})

export const dataSetMessages = defineMessages({
  exported: {
    en: '{name}: {rows} rows of {kind} written to {file}',
    'zh-CN': '{name}：{rows} 行 {kind} 已写入 {file}',
    'zh-TW': '{name}：{rows} 列 {kind} 已寫入 {file}',
  },
  noSeries: {
    en: 'no {kind} of {name} is stored: perpfleet data list shows what is',
    'zh-CN': '没有 {name} 的 {kind}：perpfleet data list 列出已有数据',
    'zh-TW': '沒有 {name} 的 {kind}：perpfleet data list 列出已有資料',
  },
  emptyWindow: {
    en: 'no {kind} lie in {name}: perpfleet data list shows from when to when they go',
    'zh-CN': '{name} 中没有 {kind}：perpfleet data list 显示起止时间',
    'zh-TW': '{name} 中沒有 {kind}：perpfleet data list 顯示起訖時間',
  },
  outputExists: {
    en: '{file} exists: add --replace, or choose another --output',
    'zh-CN': '{file} 已存在：请加 --replace，或换一个 --output',
    'zh-TW': '{file} 已存在：請加上 --replace，或換一個 --output',
  },
  isFolder: {
    en: '{file} is a folder: name a file with --output',
    'zh-CN': '{file} 是目录：请用 --output 指定文件',
    'zh-TW': '{file} 是資料夾：請以 --output 指定檔案',
  },
  noFolder: {
    en: 'there is no folder {folder}: make it, or choose another --output',
    'zh-CN': '没有目录 {folder}：请先建立，或换一个 --output',
    'zh-TW': '沒有資料夾 {folder}：請先建立，或換一個 --output',
  },
  notWritten: {
    en: '{file} was not written ({why}): make room there, or choose another --output',
    'zh-CN': '{file} 没有写入（{why}）：请腾出空间，或换一个 --output',
    'zh-TW': '{file} 沒有寫入（{why}）：請騰出空間，或換一個 --output',
  },
  jsonNeedsOutput: {
    en: 'what is exported goes to standard output as CSV: --json goes with --output FILE',
    'zh-CN': '导出内容以 CSV 写到标准输出：--json 须与 --output FILE 合用',
    'zh-TW': '匯出內容以 CSV 寫到標準輸出：--json 須與 --output FILE 合用',
  },
  resampled: {
    en: '{name}: {rows} candles made of {source}, {span}.{left}',
    'zh-CN': '{name}：由 {source} 合成 {rows} 根 K 线，{span}。{left}',
    'zh-TW': '{name}：由 {source} 合成 {rows} 根 K 線，{span}。{left}',
  },
  leftOut: {
    en: ' {count} incomplete candle(s) at the ends were left out.',
    'zh-CN': '首尾 {count} 根不完整的 K 线被舍去。',
    'zh-TW': '首尾 {count} 根不完整的 K 線被捨去。',
  },
  thin: {
    en: ' {count} candle(s) were made although some of their {timeframe} candles are missing.',
    'zh-CN': '{count} 根 K 线缺少部分 {timeframe} K 线，仍已合成。',
    'zh-TW': '{count} 根 K 線缺少部分 {timeframe} K 線，仍已合成。',
  },
  sameCandles: {
    en: '{name}: these very candles are stored already, nothing was changed.',
    'zh-CN': '{name}：已存有同样的 K 线，未做修改。',
    'zh-TW': '{name}：已存有同樣的 K 線，未做修改。',
  },
  whichLength: {
    en: 'name the length of the new candles: perpfleet data resample {name} 1h',
    'zh-CN': '请指定新 K 线的周期：perpfleet data resample {name} 1h',
    'zh-TW': '請指定新 K 線的週期：perpfleet data resample {name} 1h',
  },
  notMultiple: {
    en: 'candles of {wanted} cannot be made of whole candles of {stored}: choose a multiple of {stored}',
    'zh-CN': '{wanted} K 线无法由整根 {stored} K 线合成：请选 {stored} 的倍数',
    'zh-TW': '{wanted} K 線無法由整根 {stored} K 線合成：請選 {stored} 的倍數',
  },
  noWhole: {
    en: '{source} holds no whole candle of {wanted}: choose a shorter length or more data',
    'zh-CN': '{source} 中没有一根完整的 {wanted} K 线：请选更短的周期或更多的数据',
    'zh-TW': '{source} 中沒有一根完整的 {wanted} K 線：請選更短的週期或更多的資料',
  },
  setExists: {
    en: '{name} is stored already with other candles: add --replace, or remove it first',
    'zh-CN': '{name} 已存有其他 K 线：请加 --replace，或先删除它',
    'zh-TW': '{name} 已存有其他 K 線：請加上 --replace，或先刪除它',
  },
  misspelt: {
    en: 'no venue is called {name}; did you mean {suggestion}? If not, add --unknown-venue',
    'zh-CN': '没有名为 {name} 的交易所；是否指 {suggestion}？若不是，请加 --unknown-venue',
    'zh-TW': '沒有名為 {name} 的交易所；是否指 {suggestion}？若不是，請加上 --unknown-venue',
  },
  whichSet: {
    en: 'name a set: perpfleet data {command} {example}{others}',
    'zh-CN': '请指定数据集：perpfleet data {command} {example}{others}',
    'zh-TW': '請指定資料集：perpfleet data {command} {example}{others}',
  },
  others: { en: '; stored too: {names}', 'zh-CN': '；另有：{names}', 'zh-TW': '；另有：{names}' },
  didYouMean: {
    en: '{text}; did you mean {suggestion}?',
    'zh-CN': '{text}；是否指 {suggestion}？',
    'zh-TW': '{text}；是否指 {suggestion}？',
  },
  wholeSet: {
    en: 'a set is removed as a whole: perpfleet data remove {name}',
    'zh-CN': '数据集只能整体删除：perpfleet data remove {name}',
    'zh-TW': '資料集只能整體刪除：perpfleet data remove {name}',
  },
  replayed: {
    en: '{name} is being replayed by the exchange of this home (pid {pid}): perpfleet down --stop-bots first',
    'zh-CN': '此目录的模拟交易所（pid {pid}）正在回放 {name}：请先运行 perpfleet down --stop-bots',
    'zh-TW': '此目錄的模擬交易所（pid {pid}）正在重播 {name}：請先執行 perpfleet down --stop-bots',
  },
  needsYes: {
    en: 'nobody can be asked here: perpfleet data remove {name} --yes deletes {rows} rows',
    'zh-CN': '此处无法询问：perpfleet data remove {name} --yes 将删除 {rows} 行',
    'zh-TW': '此處無法詢問：perpfleet data remove {name} --yes 將刪除 {rows} 列',
  },
  question: {
    en: 'delete {name} ({rows} rows)? It can only be imported again.',
    'zh-CN': '删除 {name}（{rows} 行）？之后只能重新导入。',
    'zh-TW': '刪除 {name}（{rows} 列）？之後只能重新匯入。',
  },
  removed: {
    en: '{name}: {rows} rows deleted',
    'zh-CN': '{name}：已删除 {rows} 行',
    'zh-TW': '{name}：已刪除 {rows} 列',
  },
})
