/** keys: list, add, remove; vault: rotate. */
import { defineMessages } from '../speech.ts'

export const keyHelp = defineMessages({
  keys: {
    en: 'keys of venue accounts, encrypted in the vault',
    'zh-CN': '交易所账户密钥，加密保存在保险库中',
    'zh-TW': '交易所帳戶金鑰，加密保存在保險庫中',
  },
  vault: {
    en: 'the vault that holds the keys',
    'zh-CN': '保存密钥的保险库',
    'zh-TW': '保存金鑰的保險庫',
  },
  list: {
    en: 'entries of the vault; nothing secret is shown',
    'zh-CN': '保险库的条目；不显示任何机密内容',
    'zh-TW': '保險庫的條目；不顯示任何機密內容',
  },
  add: {
    en: 'add an entry; its parts are asked for, or read from --stdin',
    'zh-CN': '添加条目；各部分在终端输入，或由 --stdin 读取',
    'zh-TW': '新增條目；各部分在終端輸入，或由 --stdin 讀取',
  },
  venue: {
    en: 'the venue of the account',
    'zh-CN': '账户所在的交易所',
    'zh-TW': '帳戶所在的交易所',
  },
  stdin: {
    en: 'read the parts from standard input, one line of JSON',
    'zh-CN': '从标准输入读取各部分，一行 JSON',
    'zh-TW': '從標準輸入讀取各部分，一行 JSON',
  },
  test: {
    en: 'open the account at its venue and tell what the key may do; nothing is changed there',
    'zh-CN': '在交易所打开账户并说明密钥的权限；不作任何更改',
    'zh-TW': '在交易所開啟帳戶並說明金鑰的權限；不作任何變更',
  },
  testnet: {
    en: 'at the test network of the venue',
    'zh-CN': '在交易所的测试网',
    'zh-TW': '在交易所的測試網',
  },
  remove: {
    en: 'remove an entry; revoke the key at the venue too',
    'zh-CN': '删除条目；也请在交易所撤销该密钥',
    'zh-TW': '刪除條目；也請在交易所撤銷該金鑰',
  },
  yes: {
    en: 'also when instances name it',
    'zh-CN': '即使有实例使用它',
    'zh-TW': '即使有實例使用它',
  },
  rotate: {
    en: 'encrypt every entry anew under another passphrase',
    'zh-CN': '用新的口令重新加密全部条目',
    'zh-TW': '用新的通行語重新加密所有條目',
  },
})

export const keyMessages = defineMessages({
  head: {
    en: 'entry|venue|key|fingerprint|added|used by',
    'zh-CN': '条目|交易所|密钥|指纹|添加时间|使用者',
    'zh-TW': '條目|交易所|金鑰|指紋|新增時間|使用者',
  },
  none: {
    en: 'the vault is empty: perpfleet keys add NAME --venue VENUE',
    'zh-CN': '保险库为空：perpfleet keys add NAME --venue VENUE',
    'zh-TW': '保險庫為空：perpfleet keys add NAME --venue VENUE',
  },
  added: {
    en: '{name} is in the vault, for {venue}, fingerprint {fingerprint}; name it in exchange_config.key',
    'zh-CN':
      '{name} 已存入保险库，交易所 {venue}，指纹 {fingerprint}；在 exchange_config.key 中引用它',
    'zh-TW':
      '{name} 已存入保險庫，交易所 {venue}，指紋 {fingerprint}；在 exchange_config.key 中引用它',
  },
  removed: {
    en: '{name} is removed from the vault; revoke it at the venue',
    'zh-CN': '{name} 已从保险库删除；请在交易所撤销它',
    'zh-TW': '{name} 已從保險庫刪除；請在交易所撤銷它',
  },
  rotated: {
    en: '{count} entries are encrypted anew; give the control plane the new passphrase before its next start',
    'zh-CN': '已重新加密 {count} 个条目；下次启动控制平面之前，请把新口令提供给它',
    'zh-TW': '已重新加密 {count} 個條目；下次啟動控制平面之前，請把新通行語提供給它',
  },
  ask: {
    en: '{name} of {venue}: ',
    'zh-CN': '{venue} 的 {name}：',
    'zh-TW': '{venue} 的 {name}：',
  },
  askPassphrase: {
    en: 'passphrase of the vault: ',
    'zh-CN': '保险库口令：',
    'zh-TW': '保險庫通行語：',
  },
  askNew: {
    en: 'new passphrase of the vault: ',
    'zh-CN': '保险库的新口令：',
    'zh-TW': '保險庫的新通行語：',
  },
  askAgain: {
    en: 'once more: ',
    'zh-CN': '再输入一次：',
    'zh-TW': '再輸入一次：',
  },
  badName: {
    en: '{name} is no name of an entry: use small letters, digits, - and _, at most 48, beginning with a letter or digit',
    'zh-CN': '{name} 不能作为条目名：请用小写字母、数字、- 和 _，最多 48 个，以字母或数字开头',
    'zh-TW': '{name} 不能作為條目名：請用小寫字母、數字、- 和 _，最多 48 個，以字母或數字開頭',
  },
  unknown: {
    en: 'the vault has no entry {name}: perpfleet keys list',
    'zh-CN': '保险库中没有条目 {name}：perpfleet keys list',
    'zh-TW': '保險庫中沒有條目 {name}：perpfleet keys list',
  },
  taken: {
    en: 'the vault has an entry {name} already: perpfleet keys remove {name}, or take another name',
    'zh-CN': '保险库中已有条目 {name}：perpfleet keys remove {name}，或换一个名称',
    'zh-TW': '保險庫中已有條目 {name}：perpfleet keys remove {name}，或換一個名稱',
  },
  needsStdin: {
    en: 'nobody can be asked here: give --stdin and one line of JSON with {names}',
    'zh-CN': '此处无法询问：请用 --stdin 并给出一行包含 {names} 的 JSON',
    'zh-TW': '此處無法詢問：請用 --stdin 並給出一行包含 {names} 的 JSON',
  },
  badInput: {
    en: 'standard input must be one line of JSON with {names} and nothing else',
    'zh-CN': '标准输入必须是一行 JSON，只包含 {names}',
    'zh-TW': '標準輸入必須是一行 JSON，只包含 {names}',
  },
  empty: {
    en: '{name} is empty: copy it from the venue; nothing was stored',
    'zh-CN': '{name} 为空：请从交易所复制；没有存储任何内容',
    'zh-TW': '{name} 為空：請從交易所複製；沒有儲存任何內容',
  },
  badForm: {
    en: '{name} of {venue} must be {form}: copy it again from the venue; nothing was stored',
    'zh-CN': '{venue} 的 {name} 必须是{form}：请从交易所重新复制；没有存储任何内容',
    'zh-TW': '{venue} 的 {name} 必須是{form}：請從交易所重新複製；沒有儲存任何內容',
  },
  formText: { en: 'a text', 'zh-CN': '一段文本', 'zh-TW': '一段文字' },
  formBase64: {
    en: '32 bytes as base64 (44 characters)',
    'zh-CN': '以 base64 表示的 32 字节（44 个字符）',
    'zh-TW': '以 base64 表示的 32 位元組（44 個字元）',
  },
  formAddress: {
    en: '0x and 40 hex digits',
    'zh-CN': '0x 加 40 位十六进制数字',
    'zh-TW': '0x 加 40 位十六進位數字',
  },
  formPrivateKey: {
    en: '64 hex digits, with 0x or without',
    'zh-CN': '64 位十六进制数字，可带 0x',
    'zh-TW': '64 位十六進位數字，可帶 0x',
  },
  needsKey: {
    en: 'nobody can be asked for the passphrase of the vault: set PERPFLEET_VAULT_PASSPHRASE or PERPFLEET_VAULT_KEY',
    'zh-CN': '无法询问保险库口令：请设置 PERPFLEET_VAULT_PASSPHRASE 或 PERPFLEET_VAULT_KEY',
    'zh-TW': '無法詢問保險庫通行語：請設定 PERPFLEET_VAULT_PASSPHRASE 或 PERPFLEET_VAULT_KEY',
  },
  rotateAsks: {
    en: 'vault rotate asks for the new passphrase: run it on a terminal',
    'zh-CN': 'vault rotate 需要输入新口令：请在终端运行',
    'zh-TW': 'vault rotate 需要輸入新通行語：請在終端執行',
  },
  tooShort: {
    en: 'a passphrase of the vault has at least {min} characters: nothing was changed',
    'zh-CN': '保险库口令至少 {min} 个字符：没有任何更改',
    'zh-TW': '保險庫通行語至少 {min} 個字元：沒有任何變更',
  },
  differ: {
    en: 'the two passphrases differ: nothing was changed',
    'zh-CN': '两次输入的口令不同：没有任何更改',
    'zh-TW': '兩次輸入的通行語不同：沒有任何變更',
  },
  inUse: {
    en: '{name} is used by {ids}: change their files first, or repeat with --yes',
    'zh-CN': '{name} 正被 {ids} 使用：请先修改它们的文件，或加上 --yes 重试',
    'zh-TW': '{name} 正被 {ids} 使用：請先修改它們的檔案，或加上 --yes 重試',
  },
})
