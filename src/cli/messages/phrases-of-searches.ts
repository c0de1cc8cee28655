/** Part of the phrase book (phrases.ts): what spaces, objectives, windows and outcomes of searches are told with. */
import { defineMessages } from '../speech.ts'

export const searchPhrases = defineMessages({
  spaceUnread: {
    en: 'space "{text}" cannot be read: write {examples}',
    'zh-CN': '无法读取参数空间 "{text}"：请写成 {examples}',
    'zh-TW': '無法讀取參數空間 "{text}"：請寫成 {examples}',
  },
  spaceValue: {
    en: 'space {key} must be {allowed}, found {found}',
    'zh-CN': '参数空间 {key} 必须是 {allowed}，收到的是 {found}',
    'zh-TW': '參數空間 {key} 必須是 {allowed}，收到的是 {found}',
  },
  noParameter: {
    en: '{strategy} has no parameter {key}: {hint}',
    'zh-CN': '{strategy} 没有参数 {key}：{hint}',
    'zh-TW': '{strategy} 沒有參數 {key}：{hint}',
  },
  nothingSearched: {
    en: 'nothing is searched: name parameters with --space, e.g. {example}',
    'zh-CN': '没有要搜索的参数：用 --space 指定，例如 {example}',
    'zh-TW': '沒有要搜尋的參數：以 --space 指定，例如 {example}',
  },
  noGrid: {
    en: 'a grid cannot count the values of {key}: give a step, e.g. {example}, or use --sampler random or tpe',
    'zh-CN':
      'grid 无法枚举 {key} 的取值：请给出步长，例如 {example}，或使用 --sampler random 或 tpe',
    'zh-TW':
      'grid 無法列舉 {key} 的取值：請給出步長，例如 {example}，或使用 --sampler random 或 tpe',
  },
  notCalculated: {
    en: '"{text}" cannot be calculated: {why}',
    'zh-CN': '无法计算 "{text}"：{why}',
    'zh-TW': '無法計算 "{text}"：{why}',
  },
  constraintUnread: {
    en: 'constraint "{text}" cannot be read: compare two figures, e.g. {example}',
    'zh-CN': '无法读取条件 "{text}"：请比较两个数值，例如 {example}',
    'zh-TW': '無法讀取條件 "{text}"：請比較兩個數值，例如 {example}',
  },
  splitOutside: {
    en: '--split must lie between 0 and 1, e.g. 0.7, found {found}',
    'zh-CN': '--split 必须在 0 和 1 之间，例如 0.7，收到的是 {found}',
    'zh-TW': '--split 必須在 0 與 1 之間，例如 0.7，收到的是 {found}',
  },
  noRoom: {
    en: 'the window of {length} has no room for {inSample} in sample and {outOfSample} out of sample: take shorter ones or a longer window',
    'zh-CN': '{length} 的窗口放不下样本内 {inSample} 加样本外 {outOfSample}：请缩短它们或加长窗口',
    'zh-TW': '{length} 的視窗放不下樣本內 {inSample} 加樣本外 {outOfSample}：請縮短它們或加長視窗',
  },
  missing: {
    en: '{share} of the candles of this window are missing ({missing} of {expected}): nothing was filled in, the market stood still.',
    'zh-CN':
      '此窗口缺少 {share} 的 K 线（{expected} 根中缺 {missing} 根）：未作填补，行情在其间停住。',
    'zh-TW':
      '此視窗缺少 {share} 的 K 線（{expected} 根中缺 {missing} 根）：未作填補，行情在其間停住。',
  },
  noFunding: {
    en: 'No funding rates of this window are recorded: none was paid or received.',
    'zh-CN': '此窗口没有资金费率记录：未收付资金费。',
    'zh-TW': '此視窗沒有資金費率紀錄：未收付資金費。',
  },
  someFunding: {
    en: '{share} of this window has no recorded funding rates: none was paid or received there.',
    'zh-CN': '此窗口有 {share} 没有资金费率记录：该部分未收付资金费。',
    'zh-TW': '此視窗有 {share} 沒有資金費率紀錄：該部分未收付資金費。',
  },
  proxy: {
    en: 'Candles of a spot market stand in for those of the perpetual contract (a proxy): the basis between the two is missing.',
    'zh-CN': '用现货 K 线代替永续合约的 K 线（近似）：缺少两者之间的基差。',
    'zh-TW': '以現貨 K 線代替永續合約的 K 線（近似）：缺少兩者之間的基差。',
  },
  lostUnseen: {
    en: 'The best set lost on the part that the search did not see.',
    'zh-CN': '最佳组合在搜索未见过的部分上亏损。',
    'zh-TW': '最佳組合在搜尋未見過的部分上虧損。',
  },
  mayBeLuck: {
    en: 'The Sharpe ratio of the best set may well be luck: of {trials} trial(s) chance alone gives one like it.',
    'zh-CN': '最佳组合的夏普比率很可能是运气：{trials} 次试验中，纯属偶然也会出现这样的值。',
    'zh-TW': '最佳組合的夏普比率很可能是運氣：{trials} 次試驗中，純屬偶然也會出現這樣的值。',
  },
  fewParts: {
    en: '{parts} part(s) prove nothing: take a longer window or shorter parts.',
    'zh-CN': '{parts} 段说明不了什么：请加长窗口或缩短各段。',
    'zh-TW': '{parts} 段說明不了什麼：請加長視窗或縮短各段。',
  },
  indicative: {
    en: 'Indicative only. {caveat}',
    'zh-CN': '仅供参考。{caveat}',
    'zh-TW': '僅供參考。{caveat}',
  },
  cutShort: {
    en: 'The risk limits cut {limited} of {trials} trials short ({codes}): --no-limits shows the strategy alone.',
    'zh-CN':
      '风险限制中断了 {trials} 次试验中的 {limited} 次（{codes}）：--no-limits 只看策略本身。',
    'zh-TW':
      '風險限制中斷了 {trials} 次試驗中的 {limited} 次（{codes}）：--no-limits 只看策略本身。',
  },
  partsCutShort: {
    en: 'Out of sample the risk limits cut {cut} of {parts} parts short ({codes}): a stretch without trades there is their doing.',
    'zh-CN':
      '样本外有 {parts} 段中的 {cut} 段被风险限制中断（{codes}）：其中没有交易的部分由此而来。',
    'zh-TW':
      '樣本外有 {parts} 段中的 {cut} 段被風險限制中斷（{codes}）：其中沒有交易的部分由此而來。',
  },
  unseenCutShort: {
    en: 'A risk limit cut the best set short on the part that the search did not see: {code}.',
    'zh-CN': '最佳组合在搜索未见过的部分上被风险限制中断：{code}。',
    'zh-TW': '最佳組合在搜尋未見過的部分上被風險限制中斷：{code}。',
  },
  otherTimes: {
    en: 'The runs are of different times: their figures are not of the same market.',
    'zh-CN': '这些回测的时间不同：其数值不属于同一段行情。',
    'zh-TW': '這些回測的時間不同：其數值不屬於同一段行情。',
  },
  otherSets: {
    en: 'The runs are of different sets of data.',
    'zh-CN': '这些回测使用了不同的数据集。',
    'zh-TW': '這些回測使用了不同的資料集。',
  },
  sameRun: {
    en: 'All runs have the same fills: they are the same run.',
    'zh-CN': '所有回测的成交完全相同：它们是同一次运行。',
    'zh-TW': '所有回測的成交完全相同：它們是同一次執行。',
  },
})
