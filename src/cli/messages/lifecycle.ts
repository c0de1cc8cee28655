/** up, down, reload, cleanup, and what the control plane's start and end are told with. */
import { defineMessages } from '../speech.ts'

export const lifecycleMessages = defineMessages({
  up: {
    en: 'start the control plane and every instance whose desired state is running',
    'zh-CN': '启动控制平面以及期望状态为运行的全部实例',
    'zh-TW': '啟動控制平面以及期望狀態為執行的所有實例',
  },
  detach: {
    en: 'return when it is ready and leave it running',
    'zh-CN': '就绪后返回，并留其在后台运行',
    'zh-TW': '就緒後返回，並留在背景執行',
  },
  port: {
    en: 'port of the dashboard, 8080 unless configured; 0 = any free one',
    'zh-CN': '面板端口，未配置时为 8080；0 = 任一空闲端口',
    'zh-TW': '儀表板連接埠，未設定時為 8080；0 = 任一可用連接埠',
  },
  feed: {
    en: 'demo, live, or replay:SET with imported history',
    'zh-CN': 'demo、live，或用导入的历史数据：replay:SET',
    'zh-TW': 'demo、live，或使用匯入的歷史資料：replay:SET',
  },
  speed: {
    en: 'market seconds per second; 60 unless chosen before',
    'zh-CN': '每秒推进的市场秒数；未选过时为 60',
    'zh-TW': '每秒推進的市場秒數；未選過時為 60',
  },
  seed: {
    en: 'seed of the demo market; 7 unless chosen before',
    'zh-CN': '演示行情的随机种子；未选过时为 7',
    'zh-TW': '示範行情的隨機種子；未選過時為 7',
  },
  pace: {
    en: 'free: the market waits for nobody; lockstep: for everybody',
    'zh-CN': 'free：行情不等待任何程序；lockstep：等待所有程序',
    'zh-TW': 'free：行情不等待任何程式；lockstep：等待所有程式',
  },
  down: {
    en: 'end the control plane; the bots go on trading',
    'zh-CN': '结束控制平面；机器人继续交易',
    'zh-TW': '結束控制平面；機器人繼續交易',
  },
  stopBots: {
    en: 'cancel orders, keep positions, end bots, desks and exchange too',
    'zh-CN': '撤销挂单、保留持仓，并结束机器人、交易台和模拟交易所',
    'zh-TW': '撤銷掛單、保留部位，並結束機器人、交易台與模擬交易所',
  },
  upTakesNone: {
    en: 'up takes no instance: perpfleet start {ids}',
    'zh-CN': 'up 不接受实例：perpfleet start {ids}',
    'zh-TW': 'up 不接受實例：perpfleet start {ids}',
  },
  reload: {
    en: 'replace the bots one at a time; orders stay at the venue meanwhile',
    'zh-CN': '逐个更换机器人；期间挂单留在交易所',
    'zh-TW': '逐一更換機器人；期間掛單留在交易所',
  },
  cleanup: {
    en: 'remove registry rows and pid files of processes that are gone',
    'zh-CN': '清除已消失进程的登记行和 pid 文件',
    'zh-TW': '清除已消失處理程序的登錄列與 pid 檔案',
  },
  replaced: {
    en: '{number}/{count} {id}: pid {from} → {to}, {state}',
    'zh-CN': '{number}/{count} {id}：pid {from} → {to}，{state}',
    'zh-TW': '{number}/{count} {id}：pid {from} → {to}，{state}',
  },
  botReplaced: {
    en: '{count} bot replaced',
    'zh-CN': '已更换 {count} 个机器人',
    'zh-TW': '已更換 {count} 個機器人',
  },
  botsReplaced: {
    en: '{count} bots replaced',
    'zh-CN': '已更换 {count} 个机器人',
    'zh-TW': '已更換 {count} 個機器人',
  },
  reloadEnds: {
    en: '{id} did not come back ({why}), reload ends here',
    'zh-CN': '{id} 没有恢复（{why}），reload 就此结束',
    'zh-TW': '{id} 沒有恢復（{why}），reload 就此結束',
  },
  reloadEndsEarly: {
    en: '{id} did not come back ({why}), reload ends here; not replaced: {left}',
    'zh-CN': '{id} 没有恢复（{why}），reload 就此结束；未更换：{left}',
    'zh-TW': '{id} 沒有恢復（{why}），reload 就此結束；未更換：{left}',
  },
  removed: {
    en: 'removed {rows} and {files}',
    'zh-CN': '已清除 {rows}和 {files}',
    'zh-TW': '已清除 {rows}與 {files}',
  },
  row: { en: '{count} registry row', 'zh-CN': '{count} 行登记', 'zh-TW': '{count} 列登錄' },
  rows: { en: '{count} registry rows', 'zh-CN': '{count} 行登记', 'zh-TW': '{count} 列登錄' },
  file: { en: '{count} pid file', 'zh-CN': '{count} 个 pid 文件', 'zh-TW': '{count} 個 pid 檔案' },
  files: {
    en: '{count} pid files',
    'zh-CN': '{count} 个 pid 文件',
    'zh-TW': '{count} 個 pid 檔案',
  },
  // --- of src/main/control-lifecycle.ts ---------------------------------------------------------
  newHome: {
    en: 'makes a new home at {home} with the demo instances',
    'zh-CN': '在 {home} 建立新的主目录，并放入演示实例',
    'zh-TW': '在 {home} 建立新的主資料夾，並放入示範實例',
  },
  didNotStart: {
    en: 'the control plane did not start',
    'zh-CN': '控制平面没有启动',
    'zh-TW': '控制平面沒有啟動',
  },
  notReady: {
    en: 'the control plane (pid {pid}) is not ready after {seconds} s: {folder} tells why',
    'zh-CN': '控制平面（pid {pid}）在 {seconds} 秒后仍未就绪：原因见 {folder}',
    'zh-TW': '控制平面（pid {pid}）在 {seconds} 秒後仍未就緒：原因見 {folder}',
  },
  /** Under the dashboard's address, when everything has started. */
  nextStep: {
    en: 'next       {command} list shows what runs, {command} status why it does what it does',
    'zh-CN': '下一步     {command} list 列出运行中的实例，{command} status 说明其状态和原因',
    'zh-TW': '下一步     {command} list 列出執行中的實例，{command} status 說明其狀態與原因',
  },
  interrupt: {
    en: 'Ctrl-C     cancels the orders and stops everything; positions are kept, and the next start goes on where it was',
    'zh-CN': 'Ctrl-C     撤销挂单并停止一切；持仓保留，下次启动从原处继续',
    'zh-TW': 'Ctrl-C     撤銷掛單並停止一切；部位保留，下次啟動從原處繼續',
  },
  inBackground: {
    en: 'the control plane runs in the background, pid {pid}: {command} down ends it',
    'zh-CN': '控制平面在后台运行，pid {pid}：用 {command} down 结束',
    'zh-TW': '控制平面在背景執行，pid {pid}：以 {command} down 結束',
  },
  notEnded: {
    en: 'the control plane has not ended yet: perpfleet logs and logs/control/ tell why',
    'zh-CN': '控制平面尚未结束：原因见 perpfleet logs 和 logs/control/',
    'zh-TW': '控制平面尚未結束：原因見 perpfleet logs 與 logs/control/',
  },
  stillRunning: {
    en: 'still running: {names}; perpfleet down --stop-bots tries again',
    'zh-CN': '仍在运行：{names}；用 perpfleet down --stop-bots 再试一次',
    'zh-TW': '仍在執行：{names}；以 perpfleet down --stop-bots 再試一次',
  },
  nothingRuns: {
    en: 'nothing runs here',
    'zh-CN': '此处没有程序在运行',
    'zh-TW': '此處沒有程式在執行',
  },
  allStopped: {
    en: 'everything has stopped; positions are kept',
    'zh-CN': '全部已停止；持仓保留',
    'zh-TW': '全部已停止；部位保留',
  },
  hasEnded: {
    en: 'the control plane has ended; {bots}',
    'zh-CN': '控制平面已结束；{bots}',
    'zh-TW': '控制平面已結束；{bots}',
  },
  noBot: { en: 'no bot runs', 'zh-CN': '没有机器人在运行', 'zh-TW': '沒有機器人在執行' },
  oneBot: {
    en: '1 bot goes on trading',
    'zh-CN': '1 个机器人继续交易',
    'zh-TW': '1 個機器人繼續交易',
  },
  manyBots: {
    en: '{count} bots go on trading',
    'zh-CN': '{count} 个机器人继续交易',
    'zh-TW': '{count} 個機器人繼續交易',
  },
  noFile: {
    en: 'there is no file {file}',
    'zh-CN': '没有文件 {file}',
    'zh-TW': '沒有檔案 {file}',
  },
  noInstanceFile: {
    en: 'there is no file {file}: name an instance file with --config',
    'zh-CN': '没有文件 {file}：请用 --config 指定实例文件',
    'zh-TW': '沒有檔案 {file}：請以 --config 指定實例檔案',
  },
  idExists: {
    en: '{id} exists already ({file}): perpfleet start {id} starts it as it is; change it there, or choose another --instance-id',
    'zh-CN':
      '{id} 已存在（{file}）：perpfleet start {id} 按现状启动；请在那里修改，或换一个 --instance-id',
    'zh-TW':
      '{id} 已存在（{file}）：perpfleet start {id} 依現狀啟動；請在該處修改，或換一個 --instance-id',
  },
  idInFile: {
    en: '{file} says that it is {id}, and it is not copied: leave --instance-id out, or write metadata.instance_id into it',
    'zh-CN':
      '{file} 写明其 id 为 {id}，而它不会被复制：请去掉 --instance-id，或在其中写入 metadata.instance_id',
    'zh-TW':
      '{file} 寫明其 id 為 {id}，而它不會被複製：請移除 --instance-id，或在其中寫入 metadata.instance_id',
  },
  wrongEnding: {
    en: '{file} is no instance file by its name: it must end in .json, .jsonc, .yml or .yaml and not begin with a dot, # or ~',
    'zh-CN':
      '{file} 的名称不是实例文件：须以 .json、.jsonc、.yml 或 .yaml 结尾，且不以点、# 或 ~ 开头',
    'zh-TW':
      '{file} 的名稱不是實例檔案：須以 .json、.jsonc、.yml 或 .yaml 結尾，且不以點、# 或 ~ 開頭',
  },
})
