/** What logins and users are refused with (src/api/auth/), and what the first start says of them. */
import { defineMessages } from '../speech.ts'

export const userPhrases = defineMessages({
  firstLogin: {
    en: 'login      admin / {password} (shown only now; {command} user password admin makes another)',
    'zh-CN':
      '登录       admin / {password}（仅此一次显示；{command} user password admin 可另设密码）',
    'zh-TW':
      '登入       admin / {password}（僅此一次顯示；{command} user password admin 可另設密碼）',
  },
  firstLoginGiven: {
    en: 'login      admin, with the password of PERPFLEET_ADMIN_PASSWORD',
    'zh-CN': '登录       admin，密码为 PERPFLEET_ADMIN_PASSWORD 的值',
    'zh-TW': '登入       admin，密碼為 PERPFLEET_ADMIN_PASSWORD 的值',
  },
  firstLoginUntold: {
    en: 'login      admin: {command} user password admin makes its password (this output goes to a log)',
    'zh-CN': '登录       admin：{command} user password admin 可设置密码（此输出会写入日志）',
    'zh-TW': '登入       admin：{command} user password admin 可設定密碼（此輸出會寫入日誌）',
  },
  firstPasswordRefused: {
    en: 'PERPFLEET_ADMIN_PASSWORD cannot be taken: {why}',
    'zh-CN': 'PERPFLEET_ADMIN_PASSWORD 不能使用：{why}',
    'zh-TW': 'PERPFLEET_ADMIN_PASSWORD 不能使用：{why}',
  },
  wrongLogin: {
    en: 'user name or password is wrong',
    'zh-CN': '用户名或密码错误',
    'zh-TW': '使用者名稱或密碼錯誤',
  },
  wrongPassword: {
    en: 'the current password is wrong',
    'zh-CN': '当前密码错误',
    'zh-TW': '目前的密碼錯誤',
  },
  noSession: {
    en: 'there is no session to go on with: log in',
    'zh-CN': '没有可以继续的会话：请登录',
    'zh-TW': '沒有可以繼續的工作階段：請登入',
  },
  tooMany: {
    en: 'too many requests: try again in {seconds} s',
    'zh-CN': '请求过多：请在 {seconds} 秒后重试',
    'zh-TW': '請求過多：請在 {seconds} 秒後重試',
  },
  needsRole: {
    en: 'this needs the role {wanted}, {name} is {role}',
    'zh-CN': '此操作需要角色 {wanted}，{name} 的角色是 {role}',
    'zh-TW': '此操作需要角色 {wanted}，{name} 的角色是 {role}',
  },
  tooShort: {
    en: 'a password has at least {count} characters',
    'zh-CN': '密码至少要有 {count} 个字符',
    'zh-TW': '密碼至少要有 {count} 個字元',
  },
  tooLong: {
    en: 'a password has at most {count} characters',
    'zh-CN': '密码最多只能有 {count} 个字符',
    'zh-TW': '密碼最多只能有 {count} 個字元',
  },
  controlCharacters: {
    en: 'a password has no line breaks and no control characters',
    'zh-CN': '密码不能含有换行和控制字符',
    'zh-TW': '密碼不能含有換行與控制字元',
  },
  likeName: {
    en: 'a password must not be the name of its user',
    'zh-CN': '密码不能与用户名相同',
    'zh-TW': '密碼不能與使用者名稱相同',
  },
  noSuchUser: {
    en: 'there is no user {name}; known: {known}',
    'zh-CN': '没有用户 {name}；已知用户：{known}',
    'zh-TW': '沒有使用者 {name}；已知使用者：{known}',
  },
  userExists: {
    en: 'there is a user {name} already',
    'zh-CN': '用户 {name} 已存在',
    'zh-TW': '使用者 {name} 已存在',
  },
  lastAdmin: {
    en: '{name} is the only admin: add another one first',
    'zh-CN': '{name} 是唯一的 admin：请先添加另一个',
    'zh-TW': '{name} 是唯一的 admin：請先新增另一個',
  },
  reservedName: {
    en: 'the user name {name} is taken by the program itself',
    'zh-CN': '用户名 {name} 由程序自身占用',
    'zh-TW': '使用者名稱 {name} 由程式本身使用',
  },
  wrongName: {
    en: 'a user name has 1 to 64 of a-z, 0-9, . _ @ - and begins with a letter or digit, found {found}',
    'zh-CN': '用户名由 1 到 64 个 a-z、0-9、. _ @ - 组成，并以字母或数字开头，收到的是 {found}',
    'zh-TW': '使用者名稱由 1 到 64 個 a-z、0-9、. _ @ - 組成，並以字母或數字開頭，收到的是 {found}',
  },
  wrongRole: {
    en: 'a role is one of {list}, found {found}',
    'zh-CN': '角色只能是 {list} 之一，收到的是 {found}',
    'zh-TW': '角色只能是 {list} 之一，收到的是 {found}',
  },
})
