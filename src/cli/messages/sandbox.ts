/** sandbox: status, keys, fault list, set, clear. */
import { defineMessages } from '../speech.ts'

export const sandboxHelp = defineMessages({
  sandbox: {
    en: 'venues of this machine to rehearse on: their state, keys and faults',
    'zh-CN': '本机的演练交易所：状态、密钥与故障',
    'zh-TW': '本機的演練交易所：狀態、金鑰與故障',
  },
  status: {
    en: 'venues, accounts and faults of the sandbox',
    'zh-CN': '沙盒的交易所、账户与故障',
    'zh-TW': '沙盒的交易所、帳戶與故障',
  },
  keys: {
    en: 'addresses and keys of the sandbox; they are of no use anywhere else',
    'zh-CN': '沙盒的地址与密钥；在别处毫无用处',
    'zh-TW': '沙盒的位址與金鑰；在別處毫無用處',
  },
  secrets: {
    en: 'show the secret parts too',
    'zh-CN': '同时显示机密部分',
    'zh-TW': '同時顯示機密部分',
  },
  fault: {
    en: 'faults of the sandbox: what goes wrong at a venue or on the way to it',
    'zh-CN': '沙盒的故障：交易所或途中出现的问题',
    'zh-TW': '沙盒的故障：交易所或途中出現的問題',
  },
  list: {
    en: 'faults that hold now, and how often each has struck',
    'zh-CN': '当前生效的故障及其触发次数',
    'zh-TW': '目前生效的故障及其觸發次數',
  },
  set: {
    en: 'let something go wrong',
    'zh-CN': '制造故障',
    'zh-TW': '製造故障',
  },
  clear: {
    en: 'end a fault, or all of them',
    'zh-CN': '结束某个或全部故障',
    'zh-TW': '結束某個或全部故障',
  },
  venue: {
    en: 'only at this venue',
    'zh-CN': '仅限该交易所',
    'zh-TW': '僅限該交易所',
  },
  account: {
    en: 'only on this account',
    'zh-CN': '仅限该账户',
    'zh-TW': '僅限該帳戶',
  },
  endpoint: {
    en: 'only for this class of requests: place, cancel, amend, orders, account, market, time, stream',
    'zh-CN': '仅限该类请求：place, cancel, amend, orders, account, market, time, stream',
    'zh-TW': '僅限該類請求：place, cancel, amend, orders, account, market, time, stream',
  },
  symbol: {
    en: 'only on this contract, e.g. SOL/USDC:USDC',
    'zh-CN': '仅限该合约，例如 SOL/USDC:USDC',
    'zh-TW': '僅限該合約，例如 SOL/USDC:USDC',
  },
  probability: {
    en: 'strikes with this probability, 0 to 1',
    'zh-CN': '触发概率，0 到 1',
    'zh-TW': '觸發機率，0 到 1',
  },
  count: {
    en: 'strikes so often at most',
    'zh-CN': '最多触发次数',
    'zh-TW': '最多觸發次數',
  },
  seed: {
    en: 'repeats the same chances',
    'zh-CN': '随机种子，用于重现',
    'zh-TW': '隨機種子，用於重現',
  },
  for: {
    en: 'ends after so many seconds',
    'zh-CN': '持续秒数',
    'zh-TW': '持續秒數',
  },
  value: {
    en: 'how much: ms, an HTTP status, a factor; docs/concepts/sandbox.md tells it of each kind',
    'zh-CN': '程度：毫秒、HTTP 状态码或倍数；各类含义见 docs/concepts/sandbox.md',
    'zh-TW': '程度：毫秒、HTTP 狀態碼或倍數；各類含義見 docs/concepts/sandbox.md',
  },
  text: {
    en: 'which way: docs/concepts/sandbox.md tells it of each kind',
    'zh-CN': '方式：各类含义见 docs/concepts/sandbox.md',
    'zh-TW': '方式：各類含義見 docs/concepts/sandbox.md',
  },
})

export const sandboxMessages = defineMessages({
  notThere: {
    en: '{file} is not there: no sandbox runs in this home; start an instance with exchange_config.mode sandbox',
    'zh-CN': '{file} 不存在：此目录中没有运行沙盒；请启动 exchange_config.mode 为 sandbox 的实例',
    'zh-TW': '{file} 不存在：此目錄中沒有執行沙盒；請啟動 exchange_config.mode 為 sandbox 的實例',
  },
  badKind: {
    en: 'there is no fault "{kind}": choose one of {known}',
    'zh-CN': '没有故障类型 "{kind}"：可选 {known}',
    'zh-TW': '沒有故障類型 "{kind}"：可選 {known}',
  },
  noNumber: {
    en: '--{option} {value} is no number',
    'zh-CN': '--{option} {value} 不是数字',
    'zh-TW': '--{option} {value} 不是數字',
  },
  whole: {
    en: 'keys {file}, latency {latency} ms, rate limits {limits}',
    'zh-CN': '密钥 {file}，延迟 {latency} 毫秒，限速 {limits}',
    'zh-TW': '金鑰 {file}，延遲 {latency} 毫秒，限速 {limits}',
  },
  on: { en: 'on', 'zh-CN': '开', 'zh-TW': '開' },
  off: { en: 'off', 'zh-CN': '关', 'zh-TW': '關' },
  head: {
    en: 'venue|account|equity|orders|positions|requests|streams|url',
    'zh-CN': '交易所|账户|权益|委托|持仓|请求|连接|地址',
    'zh-TW': '交易所|帳戶|權益|委託|持倉|請求|連線|位址',
  },
  keysHead: {
    en: 'venue|account|name|value',
    'zh-CN': '交易所|账户|名称|值',
    'zh-TW': '交易所|帳戶|名稱|值',
  },
  faultHead: {
    en: 'id|kind|where|when|value|hits',
    'zh-CN': '编号|类型|范围|条件|值|触发',
    'zh-TW': '編號|類型|範圍|條件|值|觸發',
  },
  noFault: {
    en: 'nothing goes wrong in the sandbox',
    'zh-CN': '沙盒中没有故障',
    'zh-TW': '沙盒中沒有故障',
  },
  everywhere: { en: 'everywhere', 'zh-CN': '全部', 'zh-TW': '全部' },
  always: { en: 'always', 'zh-CN': '始终', 'zh-TW': '始終' },
})
