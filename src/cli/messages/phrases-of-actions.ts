/** Part of the phrase book (phrases.ts): what actions come to, and what is not possible from here. */
import { defineMessages } from '../speech.ts'

/** What actions on instances come to. */
export const outcomePhrases = defineMessages({
  noControlPlane: {
    en: 'no control plane runs here: perpfleet up',
    'zh-CN': '此处没有运行中的控制平面：perpfleet up',
    'zh-TW': '此處沒有執行中的控制平面：perpfleet up',
  },
  noDesk: {
    en: 'no desk runs here: perpfleet up',
    'zh-CN': '此处没有运行中的交易台：perpfleet up',
    'zh-TW': '此處沒有執行中的交易台：perpfleet up',
  },
  noSuchInstance: {
    en: 'there is no instance {id} here; known: {known}',
    'zh-CN': '此处没有实例 {id}；已知实例：{known}',
    'zh-TW': '此處沒有實例 {id}；已知實例：{known}',
  },
  noSuchInstanceMeant: {
    en: 'there is no instance {id} here (did you mean {meant}?); known: {known}',
    'zh-CN': '此处没有实例 {id}（是否指 {meant}？）；已知实例：{known}',
    'zh-TW': '此處沒有實例 {id}（是否指 {meant}？）；已知實例：{known}',
  },
  started: { en: 'started', 'zh-CN': '已启动', 'zh-TW': '已啟動' },
  restarted: { en: 'restarted', 'zh-CN': '已重启', 'zh-TW': '已重新啟動' },
  restartedHeld: {
    en: 'restarted; it stays {held}',
    'zh-CN': '已重启；状态仍为 {held}',
    'zh-TW': '已重新啟動；狀態仍為 {held}',
  },
  startedHeld: {
    en: 'is started and stays {held}',
    'zh-CN': '已启动，状态仍为 {held}',
    'zh-TW': '已啟動，狀態仍為 {held}',
  },
  stopped: { en: 'stopped', 'zh-CN': '已停止', 'zh-TW': '已停止' },
  stoppedUnhedged: {
    en: 'stopped; {amount} is unhedged and stays so: perpfleet stop {id} --positions close closes both legs',
    'zh-CN':
      '已停止；{amount} 未对冲，且不再有人对冲：perpfleet stop {id} --positions close 可平掉两腿',
    'zh-TW':
      '已停止；{amount} 未對沖，且不再有人對沖：perpfleet stop {id} --positions close 可平掉兩腿',
  },
  paused: { en: 'paused', 'zh-CN': '已暂停', 'zh-TW': '已暫停' },
  stricter: {
    en: 'is {mode}, which is stricter than paused, and stays so',
    'zh-CN': '为 {mode}，比暂停更严格，保持不变',
    'zh-TW': '為 {mode}，比暫停更嚴格，保持不變',
  },
  pausedLater: {
    en: 'will be paused when it runs',
    'zh-CN': '将在运行时暂停',
    'zh-TW': '將在執行時暫停',
  },
  pausedHeld: {
    en: 'is {kind} now and will be paused when it runs',
    'zh-CN': '目前为 {kind}，运行时将暂停',
    'zh-TW': '目前為 {kind}，執行時將暫停',
  },
  notStarted: {
    en: '{id} will not be started',
    'zh-CN': '{id} 不会启动',
    'zh-TW': '{id} 不會啟動',
  },
  staysOpenUntil: {
    en: '{what} stays open until then',
    'zh-CN': '在此之前 {what} 持仓保留',
    'zh-TW': '在此之前 {what} 部位保留',
  },
  staysOpen: {
    en: '{what} stays open',
    'zh-CN': '{what} 持仓保留',
    'zh-TW': '{what} 部位保留',
  },
  killLater: {
    en: 'will be killed before anything trades',
    'zh-CN': '将在任何交易之前紧急停止',
    'zh-TW': '將在任何交易之前緊急停止',
  },
  killKept: {
    en: 'no desk runs here, the kill is remembered until the next start',
    'zh-CN': '此处没有运行中的交易台，该命令已记下，留待下次启动',
    'zh-TW': '此處沒有執行中的交易台，該命令已記下，留待下次啟動',
  },
  killUnanswered: {
    en: 'is not killed yet, {why}',
    'zh-CN': '尚未紧急停止，{why}',
    'zh-TW': '尚未緊急停止，{why}',
  },
  killWaits: {
    en: 'the kill is remembered until the desk takes it up',
    'zh-CN': '该命令已记下，待交易台恢复后执行',
    'zh-TW': '該命令已記下，待交易台恢復後執行',
  },
  killDirect: {
    en: 'perpfleet kill {id} --direct does it at the venue now',
    'zh-CN': 'perpfleet kill {id} --direct 现在就在交易所执行',
    'zh-TW': 'perpfleet kill {id} --direct 現在就在交易所執行',
  },
  killCloses: {
    en: 'perpfleet kill {id} closes it at the next start, before anything trades',
    'zh-CN': 'perpfleet kill {id} 会在下次启动时、任何交易之前平仓',
    'zh-TW': 'perpfleet kill {id} 會在下次啟動時、任何交易之前平倉',
  },
  notClosed: {
    en: 'is not closed, no desk runs here',
    'zh-CN': '未平仓，此处没有运行中的交易台',
    'zh-TW': '未平倉，此處沒有執行中的交易台',
  },
  notClosedAtAll: {
    en: 'is not closed, no desk and no exchange run here',
    'zh-CN': '未平仓，此处没有运行中的交易台和模拟交易所',
    'zh-TW': '未平倉，此處沒有執行中的交易台與模擬交易所',
  },
  closeDirect: {
    en: 'perpfleet close-all {id} --direct does it at the venue now',
    'zh-CN': 'perpfleet close-all {id} --direct 现在就在交易所执行',
    'zh-TW': 'perpfleet close-all {id} --direct 現在就在交易所執行',
  },
  closeUnsettled: {
    en: 'perpfleet close-all {id} --direct cancels them and closes its position',
    'zh-CN': 'perpfleet close-all {id} --direct 可撤销挂单并平仓',
    'zh-TW': 'perpfleet close-all {id} --direct 可撤銷掛單並平倉',
  },
  noDeskToDisarm: {
    en: 'is not disarmed, no desk runs here: perpfleet stop {id} keeps it from starting',
    'zh-CN': '未取消授权，此处没有运行中的交易台：perpfleet stop {id} 可使其不再启动',
    'zh-TW': '未取消授權，此處沒有執行中的交易台：perpfleet stop {id} 可使其不再啟動',
  },
  noDeskHere: {
    en: 'no desk runs here',
    'zh-CN': '此处没有运行中的交易台',
    'zh-TW': '此處沒有執行中的交易台',
  },
  resumed: { en: 'resumed', 'zh-CN': '已恢复', 'zh-TW': '已恢復' },
  armed: { en: 'armed', 'zh-CN': '已授权交易', 'zh-TW': '已授權交易' },
  disarmed: { en: 'disarmed', 'zh-CN': '已取消授权', 'zh-TW': '已取消授權' },
  flat: {
    en: 'flat: the venue reports position 0 and no order',
    'zh-CN': '已平仓：交易所报告持仓为 0 且无挂单',
    'zh-TW': '已平倉：交易所回報部位為 0 且無掛單',
  },
  notFlat: {
    en: 'not flat after {seconds} s, it goes on trying: {left}',
    'zh-CN': '{seconds} 秒后仍未平仓，继续尝试中：{left}',
    'zh-TW': '{seconds} 秒後仍未平倉，繼續嘗試中：{left}',
  },
  notFlatDesk: {
    en: 'not flat after {seconds} s, the desk goes on trying',
    'zh-CN': '{seconds} 秒后仍未平仓，交易台继续尝试中',
    'zh-TW': '{seconds} 秒後仍未平倉，交易台繼續嘗試中',
  },
  notEnded: {
    en: 'did not end within {seconds} s',
    'zh-CN': '{seconds} 秒内没有结束',
    'zh-TW': '{seconds} 秒內沒有結束',
  },
  isNotEnded: { en: 'it did not end', 'zh-CN': '没有结束', 'zh-TW': '沒有結束' },
  notSettled: {
    en: 'its orders were not settled: {why}',
    'zh-CN': '其挂单没有处理完毕：{why}',
    'zh-TW': '其掛單沒有處理完畢：{why}',
  },
  isStopped: {
    en: '{id} is stopped: perpfleet start {id}',
    'zh-CN': '{id} 已停止：perpfleet start {id}',
    'zh-TW': '{id} 已停止：perpfleet start {id}',
  },
  cannotPause: {
    en: '{id} is stopped and cannot be {word}: perpfleet start {id}',
    'zh-CN': '{id} 已停止，无法执行该操作（{word}）：perpfleet start {id}',
    'zh-TW': '{id} 已停止，無法執行該操作（{word}）：perpfleet start {id}',
  },
  stays: { en: '{id} stays {held}', 'zh-CN': '{id} 仍为 {held}', 'zh-TW': '{id} 仍為 {held}' },
  isQuarantined: {
    en: '{id} is quarantined: {why}',
    'zh-CN': '{id} 已隔离：{why}',
    'zh-TW': '{id} 已隔離：{why}',
  },
  isRefused: {
    en: '{id} is refused: {why}',
    'zh-CN': '{id} 被拒绝启动：{why}',
    'zh-TW': '{id} 被拒絕啟動：{why}',
  },
  isFinished: {
    en: '{id} is finished: {why}',
    'zh-CN': '{id} 已完成：{why}',
    'zh-TW': '{id} 已完成：{why}',
  },
  isExited: {
    en: '{id} is exited: {why}',
    'zh-CN': '{id} 已退出：{why}',
    'zh-TW': '{id} 已退出：{why}',
  },
  isKilled: {
    en: '{id} is killed and the venue could not be asked whether it is flat: arm it when the venue answers',
    'zh-CN': '{id} 处于紧急停止，且无法向交易所确认是否已平仓：请待交易所应答后再授权（arm）',
    'zh-TW': '{id} 處於緊急停止，且無法向交易所確認是否已平倉：請待交易所回應後再授權（arm）',
  },
  isKilledStill: {
    en: '{id} is killed and the venue still reports a position or orders: arm it when it is flat',
    'zh-CN': '{id} 处于紧急停止，且交易所仍报告持仓或挂单：请待平仓后再授权（arm）',
    'zh-TW': '{id} 處於緊急停止，且交易所仍回報部位或掛單：請待平倉後再授權（arm）',
  },
  released: {
    en: '{id} is {mode}: perpfleet {command} releases it',
    'zh-CN': '{id} 为 {mode}：用 perpfleet {command} 解除',
    'zh-TW': '{id} 為 {mode}：以 perpfleet {command} 解除',
  },
  isForgotten: {
    en: '{word}, but that is forgotten when a control plane starts: {fault}',
    'zh-CN': '{word}，但控制平面启动后不再记得：{fault}',
    'zh-TW': '{word}，但控制平面啟動後不再記得：{fault}',
  },
  notRunning: {
    en: '{id} does not run: perpfleet start {id}, or edit its file',
    'zh-CN': '{id} 没有运行：perpfleet start {id}，或修改其文件',
    'zh-TW': '{id} 沒有執行：perpfleet start {id}，或修改其檔案',
  },
  neverRan: {
    en: '{id} has never run: perpfleet start {id}',
    'zh-CN': '{id} 从未运行过：perpfleet start {id}',
    'zh-TW': '{id} 從未執行過：perpfleet start {id}',
  },
  fileGone: {
    en: 'the file of {id} is gone',
    'zh-CN': '{id} 的文件已不存在',
    'zh-TW': '{id} 的檔案已不存在',
  },
})

/** What the command line of another machine cannot do, and what keeps --direct from the venue. */
export const placePhrases = defineMessages({
  leaveUrlOut: {
    en: '{what}: leave --url and PERPFLEET_URL out',
    'zh-CN': '{what}：请去掉 --url 和 PERPFLEET_URL',
    'zh-TW': '{what}：請移除 --url 與 PERPFLEET_URL',
  },
  upHere: {
    en: 'up starts a control plane here',
    'zh-CN': 'up 在本机启动控制平面',
    'zh-TW': 'up 在本機啟動控制平面',
  },
  initHere: {
    en: 'init makes a home here',
    'zh-CN': 'init 在本机建立主目录',
    'zh-TW': 'init 在本機建立主資料夾',
  },
  startHere: {
    en: 'start --config {file} reads a file of this machine',
    'zh-CN': 'start --config {file} 读取本机的文件',
    'zh-TW': 'start --config {file} 讀取本機的檔案',
  },
  validateHere: {
    en: 'config validate {file} reads a file of this machine',
    'zh-CN': 'config validate {file} 读取本机的文件',
    'zh-TW': 'config validate {file} 讀取本機的檔案',
  },
  importHere: {
    en: 'config import reads a file of this machine',
    'zh-CN': 'config import 读取本机的文件',
    'zh-TW': 'config import 讀取本機的檔案',
  },
  doctorHere: {
    en: 'doctor looks at this machine',
    'zh-CN': 'doctor 检查的是本机',
    'zh-TW': 'doctor 檢查的是本機',
  },
  directHere: {
    en: '--direct drives the venue from this machine',
    'zh-CN': '--direct 从本机直接操作交易所',
    'zh-TW': '--direct 從本機直接操作交易所',
  },
  journalHere: {
    en: '--stream journal reads the journals of this machine',
    'zh-CN': '--stream journal 读取本机的账本',
    'zh-TW': '--stream journal 讀取本機的帳本',
  },
  exchangeSilent: {
    en: 'the exchange does not answer and nothing is closed',
    'zh-CN': '模拟交易所没有应答，未平仓',
    'zh-TW': '模擬交易所沒有回應，未平倉',
  },
  exchangeSilentYet: {
    en: 'the exchange does not answer and nothing is closed yet',
    'zh-CN': '模拟交易所没有应答，尚未平仓',
    'zh-TW': '模擬交易所沒有回應，尚未平倉',
  },
  killIsKept: {
    en: 'the kill is remembered and closes it at the next start, before anything trades',
    'zh-CN': '紧急停止已记下，下次启动时会在任何交易之前平仓',
    'zh-TW': '緊急停止已記下，下次啟動時會在任何交易之前平倉',
  },
  killWouldBeKept: {
    en: 'perpfleet kill is remembered and closes it at the next start, before anything trades',
    'zh-CN': 'perpfleet kill 会被记下，下次启动时在任何交易之前平仓',
    'zh-TW': 'perpfleet kill 會被記下，下次啟動時在任何交易之前平倉',
  },
  noExchange: {
    en: '{file} is not there: no exchange was started in this home, so nothing can be held on paper; name another with --home',
    'zh-CN':
      '{file} 不存在：此主目录从未启动过模拟交易所，不会有模拟盘持仓；可用 --home 指定其他目录',
    'zh-TW':
      '{file} 不存在：此主資料夾從未啟動過模擬交易所，不會有模擬部位；可用 --home 指定其他資料夾',
  },
  noGridStrategy: {
    en: '{target} runs {strategy}, which is no grid',
    'zh-CN': '{target} 运行的是 {strategy}，不是网格',
    'zh-TW': '{target} 執行的是 {strategy}，不是網格',
  },
  neither: {
    en: '{target} is neither an instance (known: {known}) nor a file',
    'zh-CN': '{target} 既不是实例（已知实例：{known}），也不是文件',
    'zh-TW': '{target} 既不是實例（已知實例：{known}），也不是檔案',
  },
})
