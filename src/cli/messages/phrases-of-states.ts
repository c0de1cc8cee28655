/** Part of the phrase book (phrases.ts): states and their reasons, ends of processes, the market. */
import { defineMessages } from '../speech.ts'

/** Why an instance is in its state. */
export const conditionPhrases = defineMessages({
  heldKilled: {
    en: 'killed: {why}',
    'zh-CN': 'killed 紧急停止：{why}',
    'zh-TW': 'killed 緊急停止：{why}',
  },
  heldPaused: {
    en: 'paused: {why}',
    'zh-CN': 'paused 已暂停：{why}',
    'zh-TW': 'paused 已暫停：{why}',
  },
  heldHalted: {
    en: 'halted: {why}',
    'zh-CN': 'halted 风控停止：{why}',
    'zh-TW': 'halted 風控停止：{why}',
  },
  heldDisarmed: {
    en: 'disarmed: {why}',
    'zh-CN': 'disarmed 未授权交易：{why}',
    'zh-TW': 'disarmed 未授權交易：{why}',
  },
  heldReduceOnly: {
    en: 'reduce only: {why}',
    'zh-CN': 'reduce_only 只减仓：{why}',
    'zh-TW': 'reduce_only 只減倉：{why}',
  },
  unhedgedFree: {
    en: 'no desk holds a leg back',
    'zh-CN': '没有交易台限制任何一腿',
    'zh-TW': '沒有交易台限制任何一腿',
  },
  unhedgedUnknown: {
    en: '{leg}: {count} orders of unknown outcome',
    'zh-CN': '{leg}：{count} 笔订单结果未知',
    'zh-TW': '{leg}：{count} 筆訂單結果未知',
  },
  byStrategy: {
    en: 'its strategy failed: {text}',
    'zh-CN': '策略出错：{text}',
    'zh-TW': '策略出錯：{text}',
  },
  byPause: { en: 'paused by an operator', 'zh-CN': '由操作员暂停', 'zh-TW': '由操作員暫停' },
  byDisarm: {
    en: 'disarmed by an operator',
    'zh-CN': '由操作员取消授权',
    'zh-TW': '由操作員取消授權',
  },
  byClose: {
    en: 'an operator closed its position (close-all)',
    'zh-CN': '操作员已平仓（close-all）',
    'zh-TW': '操作員已平倉（close-all）',
  },
  byKill: {
    en: 'an operator set its kill switch',
    'zh-CN': '操作员启用了紧急停止开关',
    'zh-TW': '操作員啟用了緊急停止開關',
  },
  byKillDirect: {
    en: 'an operator killed it past the desk (kill --direct, or kill while no desk ran)',
    'zh-CN': '操作员绕过交易台紧急停止（kill --direct，或交易台未运行时的 kill）',
    'zh-TW': '操作員繞過交易台緊急停止（kill --direct，或交易台未執行時的 kill）',
  },
  journalLost: {
    en: 'the journal of its account was found damaged and a new one has begun',
    'zh-CN': '其账户的账本损坏，已另起新账',
    'zh-TW': '其帳戶的帳本損毀，已另起新帳',
  },
  journalBehind: {
    en: 'the journal of its account lacks events that its bot has booked',
    'zh-CN': '其账户的账本缺少机器人已记入的事件',
    'zh-TW': '其帳戶的帳本缺少機器人已記入的事件',
  },
  wasPaused: { en: 'it was paused', 'zh-CN': '已被暂停', 'zh-TW': '已被暫停' },
  limitReduces: {
    en: 'a risk limit lets it only reduce',
    'zh-CN': '风控限额使其只能减仓',
    'zh-TW': '風控限額使其只能減倉',
  },
  limitStopped: {
    en: 'a risk limit or close-all stopped it',
    'zh-CN': '被风控限额或 close-all 停止',
    'zh-TW': '被風控限額或 close-all 停止',
  },
  switchSet: {
    en: 'its kill switch is set',
    'zh-CN': '紧急停止开关已开启',
    'zh-TW': '緊急停止開關已開啟',
  },
  notArmed: { en: 'it has not been armed', 'zh-CN': '尚未授权交易', 'zh-TW': '尚未授權交易' },
  wayKilled: {
    en: 'it opens nothing until perpfleet arm {id}, which is accepted when the venue reports it flat',
    'zh-CN': '在 perpfleet arm {id} 之前不开仓；交易所报告已平仓后才接受',
    'zh-TW': '在 perpfleet arm {id} 之前不開倉；交易所回報已平倉後才接受',
  },
  wayDisarmed: {
    en: 'it opens nothing until perpfleet arm {id}',
    'zh-CN': '在 perpfleet arm {id} 之前不开仓',
    'zh-TW': '在 perpfleet arm {id} 之前不開倉',
  },
  compareFirst: {
    en: 'compare its position with the venue first',
    'zh-CN': '请先与交易所核对持仓',
    'zh-TW': '請先與交易所核對部位',
  },
  wayPaused: {
    en: 'it opens nothing until perpfleet resume {id}',
    'zh-CN': '在 perpfleet resume {id} 之前不开仓',
    'zh-TW': '在 perpfleet resume {id} 之前不開倉',
  },
  wayNextDay: {
    en: 'it opens nothing until perpfleet resume {id}, or until the next day begins',
    'zh-CN': '在 perpfleet resume {id} 或次日开始之前不开仓',
    'zh-TW': '在 perpfleet resume {id} 或次日開始之前不開倉',
  },
  ordersAgain: {
    en: 'its strategy then places its orders again',
    'zh-CN': '之后策略重新挂单',
    'zh-TW': '之後策略重新掛單',
  },
  noProcess: {
    en: 'no process of it runs: perpfleet up starts it',
    'zh-CN': '没有进程在运行：perpfleet up 启动它',
    'zh-TW': '沒有處理程序在執行：perpfleet up 啟動它',
  },
  wayQuarantined: {
    en: 'it does not run until perpfleet start {id}',
    'zh-CN': '在 perpfleet start {id} 之前不会运行',
    'zh-TW': '在 perpfleet start {id} 之前不會執行',
  },
  howItEnded: {
    en: 'perpfleet logs {id} tells how it ended',
    'zh-CN': 'perpfleet logs {id} 显示它如何结束',
    'zh-TW': 'perpfleet logs {id} 顯示它如何結束',
  },
  wayRefused: {
    en: 'correct its file and it starts by itself, any other mend needs perpfleet start {id}',
    'zh-CN': '改正其文件后会自行启动；若以其他方式解决，则需 perpfleet start {id}',
    'zh-TW': '改正其檔案後會自行啟動；若以其他方式解決，則需 perpfleet start {id}',
  },
  wayRefusedStopped: {
    en: 'mend that, then perpfleet start {id}',
    'zh-CN': '解决后再 perpfleet start {id}',
    'zh-TW': '解決後再 perpfleet start {id}',
  },
  /** Of the instance whose id stands before it. */
  refusedNow: {
    en: 'is refused: {why}',
    'zh-CN': '被拒绝启动：{why}',
    'zh-TW': '被拒絕啟動：{why}',
  },
  quarantinedNow: {
    en: 'is quarantined: {why}',
    'zh-CN': '已隔离：{why}',
    'zh-TW': '已隔離：{why}',
  },
  contractTaken: {
    en: '{symbol} on account {account} already belongs to instance {owner}: stop that one, or give this one another account with the key exchange_config.account',
    'zh-CN':
      '账户 {account} 的 {symbol} 已属于实例 {owner}：请停止那个实例，或用键 exchange_config.account 为本实例换一个账户',
    'zh-TW':
      '帳戶 {account} 的 {symbol} 已屬於實例 {owner}：請停止那個實例，或以鍵 exchange_config.account 為本實例換一個帳戶',
  },
  contractTakenThere: {
    en: '{symbol} on account {account} already belongs to instance {owner}: stop that one, or give {id} another account.',
    'zh-CN':
      '账户 {account} 的 {symbol} 已属于实例 {owner}：请停止那个实例，或为 {id} 换一个账户。',
    'zh-TW':
      '帳戶 {account} 的 {symbol} 已屬於實例 {owner}：請停止那個實例，或為 {id} 換一個帳戶。',
  },
  wayFinished: {
    en: 'perpfleet start {id} begins a new life',
    'zh-CN': 'perpfleet start {id} 重新开始一轮',
    'zh-TW': 'perpfleet start {id} 重新開始一輪',
  },
  wayExited: {
    en: 'perpfleet start {id} starts it again',
    'zh-CN': 'perpfleet start {id} 再次启动',
    'zh-TW': 'perpfleet start {id} 再次啟動',
  },
  mismatch: {
    en: 'position_mismatch: the venue holds {venue}, the books {booked}',
    'zh-CN': 'position_mismatch 持仓不符：交易所为 {venue}，账本为 {booked}',
    'zh-TW': 'position_mismatch 部位不符：交易所為 {venue}，帳本為 {booked}',
  },
  wayMismatch: {
    en: "it opens nothing until they agree, or perpfleet {command} takes the venue's number over",
    'zh-CN': '一致之前不开仓，或用 perpfleet {command} 采用交易所的数字',
    'zh-TW': '一致之前不開倉，或以 perpfleet {command} 採用交易所的數字',
  },
  dailyLoss: {
    en: 'the daily loss limit{whose} was reached: equity fell from {base} at the start of the day to {equity}, {lost} lost where max_daily_loss {percent} % allows {allowed}',
    'zh-CN':
      '已达到单日亏损限额{whose}：权益从当日开始的 {base} 降至 {equity}，亏损 {lost}，max_daily_loss {percent} % 允许 {allowed}',
    'zh-TW':
      '已達到單日虧損限額{whose}：權益從當日開始的 {base} 降至 {equity}，虧損 {lost}，max_daily_loss {percent} % 允許 {allowed}',
  },
  drawdown: {
    en: 'the drawdown limit{whose} was reached: equity fell from {base} at its peak to {equity}, {lost} lost where max_drawdown {percent} % allows {allowed}',
    'zh-CN':
      '已达到回撤限额{whose}：权益从峰值 {base} 降至 {equity}，亏损 {lost}，max_drawdown {percent} % 允许 {allowed}',
    'zh-TW':
      '已達到回撤限額{whose}：權益從峰值 {base} 降至 {equity}，虧損 {lost}，max_drawdown {percent} % 允許 {allowed}',
  },
  limitFigures: {
    en: 'it would come to {found}, {allowed} are allowed',
    'zh-CN': '将达到 {found}，允许 {allowed}',
    'zh-TW': '將達到 {found}，允許 {allowed}',
  },
  ofAccount: { en: ' of the account', 'zh-CN': '（账户）', 'zh-TW': '（帳戶）' },
  ofFleet: { en: ' of the fleet', 'zh-CN': '（集群）', 'zh-TW': '（叢集）' },
  waitsForDesk: { en: 'waits for its desk', 'zh-CN': '等待交易台', 'zh-TW': '等待交易台' },
  noAnswer: { en: 'its port does not answer', 'zh-CN': '端口没有应答', 'zh-TW': '連接埠沒有回應' },
  deskSilent: {
    en: 'its desk has not told of it yet',
    'zh-CN': '交易台尚未报告该实例',
    'zh-TW': '交易台尚未回報該實例',
  },
  notConnected: {
    en: 'not connected to its desk',
    'zh-CN': '未连接到交易台',
    'zh-TW': '未連線至交易台',
  },
  fileFaulty: {
    en: 'its file is missing or faulty',
    'zh-CN': '文件缺失或有误',
    'zh-TW': '檔案缺少或有誤',
  },
})

/** How processes end, and what the market does. */
export const happeningPhrases = defineMessages({
  endedBy: { en: 'ended by {signal}', 'zh-CN': '被 {signal} 结束', 'zh-TW': '被 {signal} 結束' },
  endedWith: {
    en: 'ended with exit code {code}',
    'zh-CN': '以退出码 {code} 结束',
    'zh-TW': '以結束代碼 {code} 結束',
  },
  endedUnseen: {
    en: 'ended, nobody saw how',
    'zh-CN': '已结束，原因不明',
    'zh-TW': '已結束，原因不明',
  },
  killedFor: {
    en: 'killed: it {verdict}',
    'zh-CN': '被强制结束：{verdict}',
    'zh-TW': '被強制結束：{verdict}',
  },
  didNotAnswer: { en: 'did not answer', 'zh-CN': '没有应答', 'zh-TW': '沒有回應' },
  memory: {
    en: 'used {used} MB of memory for {seconds} s, memory_limit_mb is {limit}',
    'zh-CN': '持续 {seconds} 秒占用 {used} MB 内存，memory_limit_mb 为 {limit}',
    'zh-TW': '持續 {seconds} 秒使用 {used} MB 記憶體，memory_limit_mb 為 {limit}',
  },
  cpu: {
    en: 'used {used} % of a core for {seconds} s, cpu_limit_percent is {limit}',
    'zh-CN': '持续 {seconds} 秒占用单核的 {used} %，cpu_limit_percent 为 {limit}',
    'zh-TW': '持續 {seconds} 秒使用單核的 {used} %，cpu_limit_percent 為 {limit}',
  },
  neverRunning: {
    en: '{count} starts in a row never reached running (the last {end})',
    'zh-CN': '连续 {count} 次启动都未达到运行状态（最后一次{end}）',
    'zh-TW': '連續 {count} 次啟動都未達到執行狀態（最後一次{end}）',
  },
  crashLoop: {
    en: '{count} ends within {seconds} s (the last {end})',
    'zh-CN': '{seconds} 秒内结束 {count} 次（最后一次{end}）',
    'zh-TW': '{seconds} 秒內結束 {count} 次（最後一次{end}）',
  },
  finished: {
    en: 'finished by its own rule',
    'zh-CN': '按自身规则结束',
    'zh-TW': '依自身規則結束',
  },
  refusedOwn: {
    en: 'refused its configuration',
    'zh-CN': '拒绝了自己的配置',
    'zh-TW': '拒絕了自己的設定',
  },
  noAutoRestart: {
    en: 'auto_restart is off',
    'zh-CN': 'auto_restart 已关闭',
    'zh-TW': 'auto_restart 已關閉',
  },
  demoMarket: {
    en: 'demo market ×{speed}, seed {seed}',
    'zh-CN': '演示行情 ×{speed}，种子 {seed}',
    'zh-TW': '示範行情 ×{speed}，種子 {seed}',
  },
  demoLockstep: {
    en: 'demo market, lockstep, seed {seed}',
    'zh-CN': '演示行情，lockstep，种子 {seed}',
    'zh-TW': '示範行情，lockstep，種子 {seed}',
  },
  recorded: {
    en: 'recorded market {set} ×{speed}',
    'zh-CN': '历史行情 {set} ×{speed}',
    'zh-TW': '歷史行情 {set} ×{speed}',
  },
  recordedLockstep: {
    en: 'recorded market {set}, lockstep',
    'zh-CN': '历史行情 {set}，lockstep',
    'zh-TW': '歷史行情 {set}，lockstep',
  },
  replayEnded: {
    en: 'the replay ended at {time}: prices stand still and nothing more is filled; perpfleet status shows the result, perpfleet down --stop-bots ends it, and a new --home plays it again',
    'zh-CN':
      '回放已于 {time} 结束：价格不再变动，也不再成交；perpfleet status 显示结果，perpfleet down --stop-bots 结束它，换一个 --home 可重新回放',
    'zh-TW':
      '重播已於 {time} 結束：價格不再變動，也不再成交；perpfleet status 顯示結果，perpfleet down --stop-bots 結束它，換一個 --home 可重新播放',
  },
  tooFast: {
    en: 'at ×{speed} its imbalance_time_s of {seconds} s passes in {ms} ms, before an order is answered, so its pairs are unwound for nothing: perpfleet down --stop-bots, then perpfleet up --speed 1',
    'zh-CN':
      '在 ×{speed} 下，imbalance_time_s 的 {seconds} 秒只相当于 {ms} 毫秒，订单尚未得到回应便已过去，配对会被白白平掉：先 perpfleet down --stop-bots，再 perpfleet up --speed 1',
    'zh-TW':
      '在 ×{speed} 下，imbalance_time_s 的 {seconds} 秒只相當於 {ms} 毫秒，委託尚未得到回應便已過去，配對會被白白平掉：先 perpfleet down --stop-bots，再 perpfleet up --speed 1',
  },
  tooFastFor: {
    en: '{id}: at ×{speed} its imbalance_time_s of {seconds} s passes in {ms} ms, before an order is answered, so its pairs are unwound for nothing: perpfleet down --stop-bots, then perpfleet up --speed 1',
    'zh-CN':
      '{id}：在 ×{speed} 下，imbalance_time_s 的 {seconds} 秒只相当于 {ms} 毫秒，订单尚未得到回应便已过去，配对会被白白平掉：先 perpfleet down --stop-bots，再 perpfleet up --speed 1',
    'zh-TW':
      '{id}：在 ×{speed} 下，imbalance_time_s 的 {seconds} 秒只相當於 {ms} 毫秒，委託尚未得到回應便已過去，配對會被白白平掉：先 perpfleet down --stop-bots，再 perpfleet up --speed 1',
  },
  standsStill: {
    en: 'the market stands still and waits for {names}',
    'zh-CN': '行情停住，等待 {names}',
    'zh-TW': '行情停住，等待 {names}',
  },
  lines: {
    en: '{lines} lines, {intervals} intervals',
    'zh-CN': '{lines} 条网格线，{intervals} 格',
    'zh-TW': '{lines} 條網格線，{intervals} 格',
  },
  noGrid: { en: 'no grid', 'zh-CN': '没有网格', 'zh-TW': '沒有網格' },
  firstPrice: {
    en: 'first price of {feed}',
    'zh-CN': '{feed} 的首个价格',
    'zh-TW': '{feed} 的首個價格',
  },
  presentPrice: {
    en: 'present price of {feed}',
    'zh-CN': '{feed} 的当前价格',
    'zh-TW': '{feed} 的目前價格',
  },
  lastPrice: {
    en: 'last price of {feed}',
    'zh-CN': '{feed} 的最新价格',
    'zh-TW': '{feed} 的最新價格',
  },
})
