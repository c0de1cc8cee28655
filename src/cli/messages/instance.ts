/** list, status, start, stop, restart, pause, resume, arm, disarm, close-all, kill. */
import type { ActionName } from '../../client/fleet-access.ts'
import { defineMessages, type Message } from '../speech.ts'

/** What help says of the commands and their options. */
export const instanceHelp = defineMessages({
  tag: {
    en: 'those that carry a tag',
    'zh-CN': '带有某个标签的实例',
    'zh-TW': '帶有某個標籤的實例',
  },
  list: { en: 'the instances in a table', 'zh-CN': '以表格列出实例', 'zh-TW': '以表格列出實例' },
  watch: {
    en: 'again each second, until Ctrl-C',
    'zh-CN': '每秒刷新，按 Ctrl-C 结束',
    'zh-TW': '每秒更新，按 Ctrl-C 結束',
  },
  wide: {
    en: 'with configuration file, start time and node',
    'zh-CN': '另显示配置文件、启动时间和节点',
    'zh-TW': '另顯示設定檔、啟動時間與節點',
  },
  status: {
    en: 'what the instances do and why',
    'zh-CN': '实例在做什么以及原因',
    'zh-TW': '實例在做什麼以及原因',
  },
  start: {
    en: 'set the desired state to running; starts a control plane when none runs',
    'zh-CN': '将期望状态设为运行；没有控制平面时启动一个',
    'zh-TW': '將期望狀態設為執行；沒有控制平面時啟動一個',
  },
  config: {
    en: 'an instance file, copied into config/active/',
    'zh-CN': '实例文件，会复制到 config/active/',
    'zh-TW': '實例檔案，會複製到 config/active/',
  },
  noCopy: {
    en: 'run the file of --config where it lies: config/active/ links to it',
    'zh-CN': '直接使用 --config 的文件，不复制：config/active/ 中放一个链接',
    'zh-TW': '直接使用 --config 的檔案，不複製：config/active/ 中放一個連結',
  },
  instanceId: {
    en: 'with --config: the id, whatever the file says',
    'zh-CN': '与 --config 合用：实例 id，优先于文件中的 id',
    'zh-TW': '與 --config 合用：實例 id，優先於檔案中的 id',
  },
  stop: { en: 'end instances', 'zh-CN': '停止实例', 'zh-TW': '停止實例' },
  orders: { en: 'resting orders', 'zh-CN': '挂单', 'zh-TW': '掛單' },
  positions: { en: 'open positions', 'zh-CN': '持仓', 'zh-TW': '持有部位' },
  restart: {
    en: 'replace the processes; orders stay',
    'zh-CN': '更换进程；挂单保留',
    'zh-TW': '更換處理程序；掛單保留',
  },
  pause: {
    en: 'cancel what raises risk and place nothing that does',
    'zh-CN': '撤销会增加风险的挂单，且不再下此类单',
    'zh-TW': '撤銷會增加風險的掛單，且不再下此類單',
  },
  resume: { en: 'end a pause', 'zh-CN': '结束暂停', 'zh-TW': '結束暫停' },
  arm: {
    en: 'let disarmed or killed instances trade again',
    'zh-CN': '授权未授权或紧急停止的实例重新交易',
    'zh-TW': '授權未授權或緊急停止的實例重新交易',
  },
  disarm: {
    en: 'reconcile, cancel and reduce from now on, but raise no risk until armed',
    'zh-CN': '此后只对账、撤单与减仓，在重新授权（arm）之前不增加风险',
    'zh-TW': '此後只對帳、撤單與減倉，在重新授權（arm）之前不增加風險',
  },
  closeAll: {
    en: 'close positions by reduce-only orders and wait until they are 0',
    'zh-CN': '以只减仓单平仓，直到持仓为 0',
    'zh-TW': '以只減倉單平倉，直到部位為 0',
  },
  kill: {
    en: 'stop entries, cancel, close positions, and stay killed until armed',
    'zh-CN': '停止开仓、撤单、平仓，并保持紧急停止直到重新授权（arm）',
    'zh-TW': '停止開倉、撤單、平倉，並保持緊急停止直到重新授權（arm）',
  },
  yes: { en: 'do not ask', 'zh-CN': '不再询问', 'zh-TW': '不再詢問' },
  direct: {
    en: 'drive the venue itself: no control plane, no desk, no database; without ids every account, orders of others included',
    'zh-CN': '直接操作交易所：不经控制平面、交易台和数据库；不给 id 则为所有账户，包括他处下的挂单',
    'zh-TW': '直接操作交易所：不經控制平面、交易台與資料庫；不給 id 則為所有帳戶，包括他處下的掛單',
  },
})

export const instanceMessages = defineMessages({
  listHead: {
    en: 'instance|state|pid|port|venue|symbol|strategy|equity|PnL|PnL today|fills|restarts|memory|CPU|uptime',
    'zh-CN': '实例|状态|pid|端口|交易所|合约|策略|权益|盈亏|今日盈亏|成交|重启|内存|CPU|运行时长',
    'zh-TW':
      '實例|狀態|pid|連接埠|交易所|合約|策略|權益|損益|今日損益|成交|重啟|記憶體|CPU|執行時間',
  },
  listHeadWide: {
    en: 'configuration|started|node',
    'zh-CN': '配置|启动于|节点',
    'zh-TW': '設定|啟動於|節點',
  },
  noInstances: {
    en: 'no instances here: copy a file from config/templates/ into config/active/',
    'zh-CN': '此处没有实例：请从 config/templates/ 复制一个文件到 config/active/',
    'zh-TW': '此處沒有實例：請從 config/templates/ 複製一個檔案到 config/active/',
  },
  noneMatches: {
    en: 'no instance carries the tag {tag}',
    'zh-CN': '没有实例带有标签 {tag}',
    'zh-TW': '沒有實例帶有標籤 {tag}',
  },
  why: { en: '{id}: {reason}', 'zh-CN': '{id}：{reason}', 'zh-TW': '{id}：{reason}' },
  /** After an action whose sentence has no translation: what it came to, and the state now. */
  nowIn: {
    en: '{id} {done}, now {state}',
    'zh-CN': '{id} {done}，现为 {state}',
    'zh-TW': '{id} {done}，目前為 {state}',
  },
  marketTime: {
    en: '{feed}, market time {time}',
    'zh-CN': '{feed}，行情时间 {time}',
    'zh-TW': '{feed}，行情時間 {time}',
  },
  // --- facts of status --------------------------------------------------------------------------
  factState: { en: 'state', 'zh-CN': '状态', 'zh-TW': '狀態' },
  factContract: { en: 'contract', 'zh-CN': '合约', 'zh-TW': '合約' },
  factProcess: { en: 'process', 'zh-CN': '进程', 'zh-TW': '處理程序' },
  factEquity: { en: 'equity', 'zh-CN': '权益', 'zh-TW': '權益' },
  factPosition: { en: 'position', 'zh-CN': '持仓', 'zh-TW': '部位' },
  factForeign: { en: 'foreign', 'zh-CN': '外来', 'zh-TW': '外來' },
  foreign: {
    en: '{count} orders of others (buy {buying}, sell {selling}), counted in the limits',
    'zh-CN': '他人委托 {count} 个（买 {buying}，卖 {selling}），计入限额',
    'zh-TW': '他人委託 {count} 筆（買 {buying}，賣 {selling}），計入限額',
  },
  factOrders: { en: 'orders', 'zh-CN': '委托', 'zh-TW': '委託' },
  factRestarts: { en: 'restarts', 'zh-CN': '重启', 'zh-TW': '重啟' },
  factFingerprint: { en: 'fingerprint', 'zh-CN': '指纹', 'zh-TW': '指紋' },
  factFile: { en: 'file', 'zh-CN': '文件', 'zh-TW': '檔案' },
  state: {
    en: '{state}, desired {desired}',
    'zh-CN': '{state}，期望 {desired}',
    'zh-TW': '{state}，期望 {desired}',
  },
  stateWhy: {
    en: '{state} ({reason}), desired {desired}',
    'zh-CN': '{state}（{reason}），期望 {desired}',
    'zh-TW': '{state}（{reason}），期望 {desired}',
  },
  contract: {
    en: '{symbol} on {venue}, {mode}',
    'zh-CN': '{venue} 的 {symbol}，{mode}',
    'zh-TW': '{venue} 的 {symbol}，{mode}',
  },
  process: {
    en: 'pid {pid}, port {port}, up {time}',
    'zh-CN': 'pid {pid}，端口 {port}，已运行 {time}',
    'zh-TW': 'pid {pid}，連接埠 {port}，已執行 {time}',
  },
  equity: {
    en: '{equity} (PnL {pnl})',
    'zh-CN': '{equity}（盈亏 {pnl}）',
    'zh-TW': '{equity}（損益 {pnl}）',
  },
  orders: {
    en: '{orders} working, {fills} fills',
    'zh-CN': '{orders} 笔挂单，{fills} 笔成交',
    'zh-TW': '{orders} 筆掛單，{fills} 筆成交',
  },
  // --- questions and wrong usage ----------------------------------------------------------------
  askKill: { en: 'Kill {ids}?', 'zh-CN': '紧急停止 {ids}？', 'zh-TW': '緊急停止 {ids}？' },
  askClose: {
    en: 'Close the positions of {ids}?',
    'zh-CN': '平掉 {ids} 的持仓？',
    'zh-TW': '平掉 {ids} 的部位？',
  },
  noCopyNeedsConfig: {
    en: '--no-copy goes with --config FILE',
    'zh-CN': '--no-copy 须与 --config FILE 合用',
    'zh-TW': '--no-copy 須與 --config FILE 合用',
  },
  idNeedsConfig: {
    en: '--instance-id goes with --config FILE',
    'zh-CN': '--instance-id 须与 --config FILE 合用',
    'zh-TW': '--instance-id 須與 --config FILE 合用',
  },
  closeNeedsCancel: {
    en: '--positions close needs --orders cancel: resting orders would open it again',
    'zh-CN': '--positions close 需要 --orders cancel：留下的挂单会再次开仓',
    'zh-TW': '--positions close 需要 --orders cancel：留下的掛單會再次開倉',
  },
})

/** What an action came to, where the sentence of whoever did it has no translation. */
export const outcomeMessages = defineMessages({
  start: { en: 'started', 'zh-CN': '已启动', 'zh-TW': '已啟動' },
  restart: { en: 'restarted', 'zh-CN': '已重启', 'zh-TW': '已重新啟動' },
  stop: { en: 'stopped', 'zh-CN': '已停止', 'zh-TW': '已停止' },
  pause: { en: 'paused', 'zh-CN': '已暂停', 'zh-TW': '已暫停' },
  resume: { en: 'resumed', 'zh-CN': '已恢复', 'zh-TW': '已恢復' },
  disarm: { en: 'disarmed', 'zh-CN': '已撤销交易授权', 'zh-TW': '已撤銷交易授權' },
  arm: { en: 'armed', 'zh-CN': '已授权交易', 'zh-TW': '已授權交易' },
  close: { en: 'positions closed', 'zh-CN': '已平仓', 'zh-TW': '已平倉' },
  kill: { en: 'killed', 'zh-CN': '已紧急停止', 'zh-TW': '已緊急停止' },
} satisfies Record<ActionName | 'stop', Message>)
