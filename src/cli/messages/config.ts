/** init and config. */
import { defineMessages } from '../speech.ts'

export const configHelp = defineMessages({
  init: {
    en: 'make the folders and files of a home; replaces nothing',
    'zh-CN': '建立主目录所需的目录和文件；不覆盖任何内容',
    'zh-TW': '建立主資料夾所需的資料夾與檔案；不覆寫任何內容',
  },
  demo: {
    en: 'with the demo instances in config/active/',
    'zh-CN': '在 config/active/ 中放入演示实例',
    'zh-TW': '在 config/active/ 中放入示範實例',
  },
  config: {
    en: 'configuration files and their versions',
    'zh-CN': '配置文件及其版本',
    'zh-TW': '設定檔及其版本',
  },
  validate: {
    en: 'every fault of one file, or of all files; changes nothing',
    'zh-CN': '列出一个文件或全部文件的所有错误；不做修改',
    'zh-TW': '列出一個檔案或所有檔案的全部錯誤；不做修改',
  },
  show: {
    en: 'the file of an instance, secrets masked; fleet: what holds for all',
    'zh-CN': '显示实例的文件，密钥已遮盖；fleet：对全部实例生效的配置',
    'zh-TW': '顯示實例的檔案，密鑰已遮蔽；fleet：對所有實例生效的設定',
  },
  effective: {
    en: 'everything that holds, defaults filled in, as JSON',
    'zh-CN': '以 JSON 显示全部生效的配置，包括默认值',
    'zh-TW': '以 JSON 顯示全部生效的設定，包括預設值',
  },
  history: {
    en: 'the accepted versions: when, who, how',
    'zh-CN': '已接受的版本：时间、作者、来源',
    'zh-TW': '已接受的版本：時間、作者、來源',
  },
  diff: {
    en: 'what differs between two versions, or a version and now',
    'zh-CN': '两个版本之间，或某版本与现在之间的差异',
    'zh-TW': '兩個版本之間，或某版本與現在之間的差異',
  },
  rollback: {
    en: 'bring an earlier version back, as a new one',
    'zh-CN': '恢复较早的版本，并存为新版本',
    'zh-TW': '還原較早的版本，並存為新版本',
  },
  create: {
    en: 'a new instance file of a template',
    'zh-CN': '由模板新建实例文件',
    'zh-TW': '由範本新建實例檔案',
  },
  importOld: {
    en: 'take an older instance file over in today’s form',
    'zh-CN': '把旧格式的实例文件转为当前格式',
    'zh-TW': '把舊格式的實例檔案轉為目前格式',
  },
  instanceId: {
    en: 'the id, whatever the file says',
    'zh-CN': '实例 id，优先于文件中的 id',
    'zh-TW': '實例 id，優先於檔案中的 id',
  },
  archive: {
    en: 'retire a stopped instance: its file moves to config/archived/',
    'zh-CN': '归档已停止的实例：文件移到 config/archived/',
    'zh-TW': '封存已停止的實例：檔案移到 config/archived/',
  },
})

export const configMessages = defineMessages({
  complete: {
    en: '{home} has everything already',
    'zh-CN': '{home} 已经齐全',
    'zh-TW': '{home} 已經齊全',
  },
  made: { en: 'made {name}', 'zh-CN': '已建立 {name}', 'zh-TW': '已建立 {name}' },
  next: {
    en: 'next: perpfleet config new TEMPLATE ID makes an instance, perpfleet up starts all',
    'zh-CN': '下一步：perpfleet config new TEMPLATE ID 新建实例，perpfleet up 启动全部',
    'zh-TW': '下一步：perpfleet config new TEMPLATE ID 新建實例，perpfleet up 啟動全部',
  },
  warning: { en: 'warning: {text}', 'zh-CN': '警告：{text}', 'zh-TW': '警告：{text}' },
  allWell: {
    en: 'all is well; instances: {names}',
    'zh-CN': '一切正常；实例：{names}',
    'zh-TW': '一切正常；實例：{names}',
  },
  validWarning: {
    en: 'valid, 1 warning; instances: {names}',
    'zh-CN': '有效，1 条警告；实例：{names}',
    'zh-TW': '有效，1 則警告；實例：{names}',
  },
  validWarnings: {
    en: 'valid, {warnings} warnings; instances: {names}',
    'zh-CN': '有效，{warnings} 条警告；实例：{names}',
    'zh-TW': '有效，{warnings} 則警告；實例：{names}',
  },
  diffNeedsVersion: {
    en: 'say which version to compare with: perpfleet config diff {id} VERSION; perpfleet config history {id} lists them',
    'zh-CN':
      '请指明要比较的版本号：perpfleet config diff {id} VERSION；perpfleet config history {id} 列出版本',
    'zh-TW':
      '請指明要比較的版本號：perpfleet config diff {id} VERSION；perpfleet config history {id} 列出版本',
  },
  noVersion: {
    en: 'a version is a number from 1, found {found}',
    'zh-CN': '版本是从 1 开始的数字，收到的是 {found}',
    'zh-TW': '版本是從 1 開始的數字，收到的是 {found}',
  },
  effectiveNow: {
    en: '--effective shows what holds now: leave the version out',
    'zh-CN': '--effective 显示当前生效的配置：请去掉版本号',
    'zh-TW': '--effective 顯示目前生效的設定：請移除版本號',
  },
  noneAccepted: {
    en: 'no version has been accepted yet: perpfleet up',
    'zh-CN': '尚无已接受的版本：perpfleet up',
    'zh-TW': '尚無已接受的版本：perpfleet up',
  },
  historyHead: {
    en: 'version|at|author|by|file|hash',
    'zh-CN': '版本|时间|作者|来源|文件|哈希',
    'zh-TW': '版本|時間|作者|來源|檔案|雜湊',
  },
  same: { en: 'no difference', 'zh-CN': '没有差异', 'zh-TW': '沒有差異' },
  rolledBack: {
    en: '{file} is version {wanted} again, written as version {now}',
    'zh-CN': '{file} 已恢复为版本 {wanted}，存为版本 {now}',
    'zh-TW': '{file} 已還原為版本 {wanted}，存為版本 {now}',
  },
  wrote: { en: 'wrote {file}', 'zh-CN': '已写入 {file}', 'zh-TW': '已寫入 {file}' },
  imported: {
    en: 'wrote {file} as {id}, the same instance as before',
    'zh-CN': '已写入 {file}，id 为 {id}，与原实例相同',
    'zh-TW': '已寫入 {file}，id 為 {id}，與原實例相同',
  },
  staysStopped: {
    en: 'it stays stopped: perpfleet start {id}',
    'zh-CN': '它保持停止：perpfleet start {id}',
    'zh-TW': '它保持停止：perpfleet start {id}',
  },
  startsNow: { en: 'it starts now', 'zh-CN': '它现在启动', 'zh-TW': '它現在啟動' },
  startsWithUp: {
    en: 'it starts with the next perpfleet up',
    'zh-CN': '它随下一次 perpfleet up 启动',
    'zh-TW': '它隨下一次 perpfleet up 啟動',
  },
  sameContract: {
    en: '{others} trades the same contract on the same account, and only one instance may: give {id} another exchange_config.account',
    'zh-CN':
      '{others} 在同一账户上交易同一合约，而只允许一个实例这样做：请为 {id} 换一个 exchange_config.account',
    'zh-TW':
      '{others} 在同一帳戶上交易同一合約，而只允許一個實例這樣做：請為 {id} 換一個 exchange_config.account',
  },
  ownAccount: {
    en: 'its contract is taken on the account of the template, so it trades on a paper account of its own: exchange_config.account {account}',
    'zh-CN':
      '模板账户上的该合约已被占用，因此它使用自己的模拟账户：exchange_config.account {account}',
    'zh-TW':
      '範本帳戶上的該合約已被占用，因此它使用自己的模擬帳戶：exchange_config.account {account}',
  },
  stillRuns: {
    en: '{id} runs: perpfleet stop {id} first',
    'zh-CN': '{id} 正在运行：请先 perpfleet stop {id}',
    'zh-TW': '{id} 正在執行：請先 perpfleet stop {id}',
  },
  archived: {
    en: '{id} is retired, its file is {file} now',
    'zh-CN': '{id} 已归档，文件现为 {file}',
    'zh-TW': '{id} 已封存，檔案現為 {file}',
  },
  archivedHolding: {
    en: '{id} is retired, its file is {file} now; it still holds {position} of {symbol}',
    'zh-CN': '{id} 已归档，文件现为 {file}；它仍持有 {position} {symbol}',
    'zh-TW': '{id} 已封存，檔案現為 {file}；它仍持有 {position} {symbol}',
  },
})
