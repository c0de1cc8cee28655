/** optimize, walk-forward, compare and lookahead, which work in the process of the command line (src/main). */
import { defineMessages } from '../speech.ts'

export const searchHelp = defineMessages({
  optimize: {
    en: 'search parameters on recorded data (docs/guides/optimize.md)',
    'zh-CN': '用历史数据搜索参数（docs/guides/optimize.md）',
    'zh-TW': '以歷史資料搜尋參數（docs/guides/optimize.md）',
  },
  walkForward: {
    en: 'search in one part of the time, judge on the next, over and over',
    'zh-CN': '滚动前推：在一段时间内搜索，在下一段检验，反复进行',
    'zh-TW': '滾動前推：在一段時間內搜尋，在下一段檢驗，反覆進行',
  },
  compare: {
    en: 'put reports of backtests side by side',
    'zh-CN': '并排比较多个回测报告',
    'zh-TW': '並排比較多個回測報告',
  },
  lookahead: {
    en: 'check that a strategy does not know the future, and how long its warm-up has to be',
    'zh-CN': '检查策略是否用到未来数据，以及需要多长的预热',
    'zh-TW': '檢查策略是否用到未來資料，以及需要多長的預熱',
  },
  space: {
    en: 'what is varied: key=from..to:step, key=a,b,c or key=from..to:log (repeatable)',
    'zh-CN': '要变化的参数：key=from..to:step、key=a,b,c 或 key=from..to:log（可重复）',
    'zh-TW': '要變化的參數：key=from..to:step、key=a,b,c 或 key=from..to:log（可重複）',
  },
  spaceFile: {
    en: 'a YAML or JSON file of keys with lists or ranges',
    'zh-CN': '含列表或范围的 YAML 或 JSON 文件',
    'zh-TW': '含清單或範圍的 YAML 或 JSON 檔案',
  },
  objective: {
    en: 'what is aimed at: a statistic or an expression, e.g. "sharpe - 2*maxDrawdown"; several make a Pareto front (default sharpe)',
    'zh-CN':
      '目标：统计量或表达式，例如 "sharpe - 2*maxDrawdown"；多个目标给出帕累托前沿（默认 sharpe）',
    'zh-TW':
      '目標：統計量或運算式，例如 "sharpe - 2*maxDrawdown"；多個目標給出柏拉圖前緣（預設 sharpe）',
  },
  constraint: {
    en: 'what must hold, e.g. "maxDrawdown<0.2" or "trades>=30" (repeatable)',
    'zh-CN': '必须满足的条件，例如 "maxDrawdown<0.2" 或 "trades>=30"（可重复）',
    'zh-TW': '必須滿足的條件，例如 "maxDrawdown<0.2" 或 "trades>=30"（可重複）',
  },
  sampler: {
    en: 'grid (every set), random or tpe (learns from what was tried); default grid',
    'zh-CN': 'grid（所有组合）、random（随机）或 tpe（从已试的学习）；默认 grid',
    'zh-TW': 'grid（所有組合）、random（隨機）或 tpe（從已試的學習）；預設 grid',
  },
  trials: {
    en: 'sets that random and tpe try (default 200)',
    'zh-CN': 'random 和 tpe 尝试的组数（默认 200）',
    'zh-TW': 'random 與 tpe 嘗試的組數（預設 200）',
  },
  seed: {
    en: 'the same seed gives the same search (default 7)',
    'zh-CN': '相同的种子得到相同的搜索（默认 7）',
    'zh-TW': '相同的種子得到相同的搜尋（預設 7）',
  },
  workers: {
    en: 'threads that run trials (default: one for each core); the results are the same',
    'zh-CN': '运行试验的线程数（默认每核一个）；结果相同',
    'zh-TW': '執行試驗的執行緒數（預設每核一個）；結果相同',
  },
  timeLimit: {
    en: 'a set that runs longer fails (default 600)',
    'zh-CN': '运行超过此时间的组合记为失败（默认 600）',
    'zh-TW': '執行超過此時間的組合記為失敗（預設 600）',
  },
  split: {
    en: 'share of the time that the search sees, e.g. 0.7; the best are then judged on the rest',
    'zh-CN': '搜索可见的时间比例，例如 0.7；最佳组合再用其余部分检验',
    'zh-TW': '搜尋可見的時間比例，例如 0.7；最佳組合再以其餘部分檢驗',
  },
  report: {
    en: 'folder of the results (default reports/… in the home); trials are written as they come',
    'zh-CN': '结果文件夹（默认在主目录的 reports/… 下）；试验结果随时写入',
    'zh-TW': '結果資料夾（預設在主目錄的 reports/… 下）；試驗結果隨時寫入',
  },
  resume: {
    en: 'go on with the search of this folder; data, strategy, space and version must be the same',
    'zh-CN': '继续该文件夹中的搜索；数据、策略、参数空间和版本必须相同',
    'zh-TW': '繼續該資料夾中的搜尋；資料、策略、參數空間與版本必須相同',
  },
  inSample: {
    en: 'length of the part that is searched, e.g. 90d, 12w or 3mo',
    'zh-CN': '用于搜索的时间长度，例如 90d、12w 或 3mo',
    'zh-TW': '用於搜尋的時間長度，例如 90d、12w 或 3mo',
  },
  outOfSample: {
    en: 'length of the part that judges, e.g. 30d',
    'zh-CN': '用于检验的时间长度，例如 30d',
    'zh-TW': '用於檢驗的時間長度，例如 30d',
  },
  anchored: {
    en: 'the searched part always begins at the beginning',
    'zh-CN': '搜索部分总是从最初开始',
    'zh-TW': '搜尋部分總是從最初開始',
  },
  compareReport: {
    en: 'write compare.json and compare.html',
    'zh-CN': '写出 compare.json 和 compare.html',
    'zh-TW': '寫出 compare.json 與 compare.html',
  },
  cuts: {
    en: 'windows that end earlier (default 12)',
    'zh-CN': '提前结束的窗口个数（默认 12）',
    'zh-TW': '提前結束的視窗個數（預設 12）',
  },
})

export const searchMessages = defineMessages({
  needed: {
    en: '{option} is needed, e.g. {option} {example}',
    'zh-CN': '需要 {option}，例如 {option} {example}',
    'zh-TW': '需要 {option}，例如 {option} {example}',
  },
  wholeNumber: {
    en: '{option} must be a whole number of at least {least}, found {found}',
    'zh-CN': '{option} 必须是不小于 {least} 的整数，收到的是 {found}',
    'zh-TW': '{option} 必須是不小於 {least} 的整數，收到的是 {found}',
  },
  noSampler: {
    en: '--sampler must be one of {names}, found {found}',
    'zh-CN': '--sampler 必须是 {names} 之一，收到的是 {found}',
    'zh-TW': '--sampler 必須是 {names} 之一，收到的是 {found}',
  },
  noSpaceFile: {
    en: 'there is no file {file}: check the path of --space-file',
    'zh-CN': '没有文件 {file}：请检查 --space-file 的路径',
    'zh-TW': '沒有檔案 {file}：請檢查 --space-file 的路徑',
  },
  nothingToResume: {
    en: '{folder} holds no search to resume: name the folder that --report named',
    'zh-CN': '{folder} 中没有可继续的搜索：请指定 --report 用过的文件夹',
    'zh-TW': '{folder} 中沒有可繼續的搜尋：請指定 --report 用過的資料夾',
  },
  damagedSearch: {
    en: '{file} is damaged: begin the search anew in another folder',
    'zh-CN': '{file} 已损坏：请在另一个文件夹重新开始搜索',
    'zh-TW': '{file} 已損壞：請在另一個資料夾重新開始搜尋',
  },
  inUse: {
    en: 'process {pid} searches in {folder} already: wait for it, or remove {file} when that is something else',
    'zh-CN': '进程 {pid} 正在 {folder} 中搜索：请等它结束；若那是别的进程，请删除 {file}',
    'zh-TW': '行程 {pid} 正在 {folder} 中搜尋：請等它結束；若那是別的行程，請刪除 {file}',
  },
  holdsSearch: {
    en: '{folder} holds a search already: go on with --resume {folder}, or name another folder',
    'zh-CN': '{folder} 中已有搜索：用 --resume {folder} 继续，或指定另一个文件夹',
    'zh-TW': '{folder} 中已有搜尋：以 --resume {folder} 繼續，或指定另一個資料夾',
  },
  otherSearch: {
    en: '{what} of the search in {folder} is not the same any more: begin anew in another folder',
    'zh-CN': '{folder} 中搜索的{what}已不同：请在另一个文件夹重新开始',
    'zh-TW': '{folder} 中搜尋的{what}已不同：請在另一個資料夾重新開始',
  },
  part_version: { en: 'the version', 'zh-CN': '版本', 'zh-TW': '版本' },
  part_command: { en: 'the command', 'zh-CN': '命令', 'zh-TW': '命令' },
  part_data: { en: 'the data', 'zh-CN': '数据', 'zh-TW': '資料' },
  part_instance: { en: 'the instance file', 'zh-CN': '实例文件', 'zh-TW': '實例檔案' },
  part_strategy: { en: 'the strategy', 'zh-CN': '策略', 'zh-TW': '策略' },
  part_space: { en: 'the space', 'zh-CN': '参数空间', 'zh-TW': '參數空間' },
  part_plan: { en: 'an option', 'zh-CN': '选项', 'zh-TW': '選項' },
  running: { en: 'search', 'zh-CN': '搜索中', 'zh-TW': '搜尋中' },
  checking: { en: 'check', 'zh-CN': '检查中', 'zh-TW': '檢查中' },
  pace: {
    en: '{rate} runs/s, {left} left',
    'zh-CN': '每秒 {rate} 次，剩余 {left}',
    'zh-TW': '每秒 {rate} 次，剩餘 {left}',
  },
  interrupted: {
    en: 'interrupted after {done} of {total} trials, all kept: go on with perpfleet {command} --resume {folder}',
    'zh-CN':
      '在 {total} 次试验中的第 {done} 次后中断，结果均已保留：用 perpfleet {command} --resume {folder} 继续',
    'zh-TW':
      '在 {total} 次試驗中的第 {done} 次後中斷，結果均已保留：以 perpfleet {command} --resume {folder} 繼續',
  },
  nothingLeft: {
    en: 'nothing was left to do: all {trials} trials were here ({failed} failed, {refused} outside the constraints); report in {folder}',
    'zh-CN':
      '没有剩余的试验：{trials} 次试验均已完成（{failed} 次失败，{refused} 次不满足条件）；报告在 {folder}',
    'zh-TW':
      '沒有剩餘的試驗：{trials} 次試驗均已完成（{failed} 次失敗，{refused} 次不滿足條件）；報告在 {folder}',
  },
  done: {
    en: '{trials} trials ({failed} failed, {refused} outside the constraints) in {seconds} s, {rate} a minute; report in {folder}',
    'zh-CN':
      '{trials} 次试验（{failed} 次失败，{refused} 次不满足条件），用时 {seconds} 秒，每分钟 {rate} 次；报告在 {folder}',
    'zh-TW':
      '{trials} 次試驗（{failed} 次失敗，{refused} 次不滿足條件），費時 {seconds} 秒，每分鐘 {rate} 次；報告在 {folder}',
  },
  allFailed: {
    en: 'no trial gave a result that is allowed: {why}',
    'zh-CN': '没有任何试验给出满足条件的结果：{why}',
    'zh-TW': '沒有任何試驗給出滿足條件的結果：{why}',
  },
  noneMet: {
    en: 'none of {count} runs meets the constraints with a value for {objective}',
    'zh-CN': '{count} 次运行中没有一次满足条件并且 {objective} 有值',
    'zh-TW': '{count} 次執行中沒有一次滿足條件並且 {objective} 有值',
  },
  bestHead: { en: 'trial', 'zh-CN': '试验', 'zh-TW': '試驗' },
  plateau: { en: 'plateau', 'zh-CN': '平台值', 'zh-TW': '平台值' },
  unseen: { en: 'unseen {name}', 'zh-CN': '样本外 {name}', 'zh-TW': '樣本外 {name}' },
  deflated: {
    en: 'deflated Sharpe of trial {trial}: {share} % sure that it is above 0 after {trials} trials (expected best of chance {chance} a year)',
    'zh-CN':
      '试验 {trial} 的平减夏普：在 {trials} 次试验后有 {share} % 的把握大于 0（纯属运气的期望最佳为每年 {chance}）',
    'zh-TW':
      '試驗 {trial} 的平減夏普：在 {trials} 次試驗後有 {share} % 的把握大於 0（純屬運氣的期望最佳為每年 {chance}）',
  },
  reshuffled: {
    en: 'days in other orders: largest drawdown {low} … {middle} … {high} % (5, 50, 95 of 100)',
    'zh-CN': '打乱日收益顺序：最大回撤 {low} … {middle} … {high} %（第 5、50、95 百分位）',
    'zh-TW': '打亂日報酬順序：最大回撤 {low} … {middle} … {high} %（第 5、50、95 百分位）',
  },
  redrawn: {
    en: 'days drawn anew: return {low} … {middle} … {high} % (5, 50, 95 of 100), a loss in {loss} %',
    'zh-CN':
      '重新抽取日收益：收益 {low} … {middle} … {high} %（第 5、50、95 百分位），亏损占 {loss} %',
    'zh-TW':
      '重新抽取日報酬：報酬 {low} … {middle} … {high} %（第 5、50、95 百分位），虧損占 {loss} %',
  },
  foldHead: {
    en: 'part|searched|judged|parameters|in sample|out of sample|return|drawdown',
    'zh-CN': '段|搜索区间|检验区间|参数|样本内|样本外|收益|回撤',
    'zh-TW': '段|搜尋區間|檢驗區間|參數|樣本內|樣本外|報酬|回撤',
  },
  limitHead: {
    en: 'cut short|out of sample by',
    'zh-CN': '被限制中断|样本外限制',
    'zh-TW': '被限制中斷|樣本外限制',
  },
  limitedBy: { en: 'cut short by', 'zh-CN': '中断原因', 'zh-TW': '中斷原因' },
  coldParts: {
    en: 'each part begins flat and without indicators: a strategy on indicators does nothing until they are warm (take shorter lengths for them, or longer parts); the drawdown of a part is by candles',
    'zh-CN':
      '每段开始时没有仓位、也没有指标：依赖指标的策略在指标预热完成前不动作（请缩短指标长度或加长各段）；各段回撤按 K 线计算',
    'zh-TW':
      '每段開始時沒有倉位、也沒有指標：依賴指標的策略在指標暖機完成前不動作（請縮短指標長度或加長各段）；各段回撤按 K 線計算',
  },
  forward: {
    en: 'out of sample altogether: return {total} %, largest drawdown by days {drawdown} %, efficiency {efficiency}; report in {folder}',
    'zh-CN':
      '样本外合计：收益 {total} %，最大回撤（按日）{drawdown} %，效率 {efficiency}；报告在 {folder}',
    'zh-TW':
      '樣本外合計：報酬 {total} %，最大回撤（按日）{drawdown} %，效率 {efficiency}；報告在 {folder}',
  },
  notResult: {
    en: '{file} holds no result of a backtest: name a report folder or its result.json',
    'zh-CN': '{file} 中没有回测结果：请指定报告文件夹或其中的 result.json',
    'zh-TW': '{file} 中沒有回測結果：請指定報告資料夾或其中的 result.json',
  },
  needsReports: {
    en: 'name at least two report folders, e.g. perpfleet compare reports/a reports/b',
    'zh-CN': '请至少指定两个报告文件夹，例如 perpfleet compare reports/a reports/b',
    'zh-TW': '請至少指定兩個報告資料夾，例如 perpfleet compare reports/a reports/b',
  },
  figure: { en: 'figure', 'zh-CN': '指标', 'zh-TW': '指標' },
  written: { en: 'written to {folder}', 'zh-CN': '已写入 {folder}', 'zh-TW': '已寫入 {folder}' },
  noLookahead: {
    en: '{id}: {decisions} decisions in {candles} candles; {cuts} windows that end earlier gave the same: it does not know the future',
    'zh-CN':
      '{id}：{candles} 根 K 线中有 {decisions} 个决定；{cuts} 个提前结束的窗口结果相同：没有用到未来数据',
    'zh-TW':
      '{id}：{candles} 根 K 線中有 {decisions} 個決定；{cuts} 個提前結束的視窗結果相同：沒有用到未來資料',
  },
  knowsFuture: {
    en: '{id} knows the future: cut off at {cut}, the decision at {at} is "{truncated}" instead of "{whole}"',
    'zh-CN': '{id} 用到了未来数据：在 {cut} 截断后，{at} 的决定是“{truncated}”而不是“{whole}”',
    'zh-TW': '{id} 用到了未來資料：在 {cut} 截斷後，{at} 的決定是「{truncated}」而不是「{whole}」',
  },
  startSame: {
    en: 'started at {start}: after {candles} candles all {decisions} decisions are the same',
    'zh-CN': '从 {start} 开始：{candles} 根 K 线之后，全部 {decisions} 个决定相同',
    'zh-TW': '從 {start} 開始：{candles} 根 K 線之後，全部 {decisions} 個決定相同',
  },
  startDiffers: {
    en: 'started at {start}: after {candles} candles {differing} of {decisions} decisions (of both runs) still differ: what it does hangs on where it starts',
    'zh-CN':
      '从 {start} 开始：{candles} 根 K 线之后，两次运行共 {decisions} 个决定中仍有 {differing} 个不同：结果取决于起点',
    'zh-TW':
      '從 {start} 開始：{candles} 根 K 線之後，兩次執行共 {decisions} 個決定中仍有 {differing} 個不同：結果取決於起點',
  },
})
