/** user: list, add, password, remove. */
import { defineMessages } from '../speech.ts'

export const userHelp = defineMessages({
  user: {
    en: 'who may log in to the dashboard and the API',
    'zh-CN': '可以登录面板和 API 的用户',
    'zh-TW': '可以登入儀表板與 API 的使用者',
  },
  list: {
    en: 'users with their roles',
    'zh-CN': '用户及其角色',
    'zh-TW': '使用者及其角色',
  },
  add: {
    en: 'add a user; the password is asked for, read from --stdin, or made and shown once',
    'zh-CN': '添加用户；密码在终端输入、由 --stdin 读取，或自动生成并只显示一次',
    'zh-TW': '新增使用者；密碼在終端輸入、由 --stdin 讀取，或自動產生並只顯示一次',
  },
  role: {
    en: 'viewer looks; operator acts on instances; admin may do everything',
    'zh-CN': 'viewer 只能查看；operator 可操作实例；admin 可做一切',
    'zh-TW': 'viewer 只能檢視；operator 可操作實例；admin 可做一切',
  },
  stdin: {
    en: 'read the password from standard input, its first line',
    'zh-CN': '从标准输入的第一行读取密码',
    'zh-TW': '從標準輸入的第一行讀取密碼',
  },
  password: {
    en: 'set the password of a user and end its sessions',
    'zh-CN': '设置用户的密码，并结束其全部会话',
    'zh-TW': '設定使用者的密碼，並結束其所有工作階段',
  },
  remove: {
    en: 'remove a user and end its sessions',
    'zh-CN': '删除用户，并结束其全部会话',
    'zh-TW': '刪除使用者，並結束其所有工作階段',
  },
})

export const userMessages = defineMessages({
  head: {
    en: 'user|role|added|password of',
    'zh-CN': '用户|角色|添加时间|密码设置时间',
    'zh-TW': '使用者|角色|新增時間|密碼設定時間',
  },
  none: {
    en: 'there is no user yet: perpfleet up makes admin, perpfleet user add NAME another one',
    'zh-CN': '还没有用户：perpfleet up 会建立 admin，perpfleet user add NAME 可添加其他用户',
    'zh-TW': '還沒有使用者：perpfleet up 會建立 admin，perpfleet user add NAME 可新增其他使用者',
  },
  added: {
    en: '{name} is added as {role}',
    'zh-CN': '已添加 {name}，角色 {role}',
    'zh-TW': '已新增 {name}，角色 {role}',
  },
  changed: {
    en: '{name} has a new password; every session of {name} has ended',
    'zh-CN': '{name} 的密码已更新；{name} 的全部会话已结束',
    'zh-TW': '{name} 的密碼已更新；{name} 的所有工作階段已結束',
  },
  made: {
    en: 'password   {password} (shown only now)',
    'zh-CN': '密码       {password}（仅此一次显示）',
    'zh-TW': '密碼       {password}（僅此一次顯示）',
  },
  removed: {
    en: '{name} is removed',
    'zh-CN': '已删除 {name}',
    'zh-TW': '已刪除 {name}',
  },
  ask: {
    en: 'new password of {name} (empty: one is made): ',
    'zh-CN': '{name} 的新密码（留空则自动生成）：',
    'zh-TW': '{name} 的新密碼（留空則自動產生）：',
  },
  askAgain: {
    en: 'once more: ',
    'zh-CN': '再次输入：',
    'zh-TW': '再次輸入：',
  },
  differ: {
    en: 'the two passwords differ: nothing was done',
    'zh-CN': '两次输入的密码不同：未执行任何操作',
    'zh-TW': '兩次輸入的密碼不同：未執行任何操作',
  },
  emptyInput: {
    en: '--stdin found no password on standard input: send one line, or leave --stdin out',
    'zh-CN': '--stdin 在标准输入中没有读到密码：请送入一行，或去掉 --stdin',
    'zh-TW': '--stdin 在標準輸入中沒有讀到密碼：請送入一行，或去掉 --stdin',
  },
})
