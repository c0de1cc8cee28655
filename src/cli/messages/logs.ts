/** logs. */
import { defineMessages } from '../speech.ts'

export const logMessages = defineMessages({
  about: {
    en: 'what the instances logged',
    'zh-CN': '实例的日志',
    'zh-TW': '實例的日誌',
  },
  all: { en: 'every instance', 'zh-CN': '所有实例', 'zh-TW': '所有實例' },
  follow: {
    en: 'go on with what is added, until Ctrl-C',
    'zh-CN': '持续显示新增内容，直到按下 Ctrl-C',
    'zh-TW': '持續顯示新增內容，直到按下 Ctrl-C',
  },
  lines: {
    en: 'so many lines of each; {count} when no time is given, else all',
    'zh-CN': '每个实例显示的行数；未指定时间时为 {count} 行，否则为全部',
    'zh-TW': '每個實例顯示的行數；未指定時間時為 {count} 行，否則為全部',
  },
  since: {
    en: 'from then on: ISO, 10m, 2h or 3d ago, or 09:30 of today',
    'zh-CN': '从该时间起：ISO 时间，10m、2h、3d 之前，或当天的 09:30',
    'zh-TW': '從該時間起：ISO 時間，10m、2h、3d 之前，或當天的 09:30',
  },
  until: { en: 'until then', 'zh-CN': '到该时间为止', 'zh-TW': '到該時間為止' },
  level: { en: 'this level and worse', 'zh-CN': '该级别及更严重', 'zh-TW': '該級別及更嚴重' },
  grep: {
    en: 'lines that match a regular expression',
    'zh-CN': '匹配正则表达式的行',
    'zh-TW': '符合正規表示式的行',
  },
  stream: {
    en: 'bot: the bot itself; daemon: who looks after it; journal: orders and fills as the desk wrote them down',
    'zh-CN': 'bot：机器人本身；daemon：看管它的进程；journal：交易台记录的委托与成交',
    'zh-TW': 'bot：機器人本身；daemon：看管它的處理程序；journal：交易台記錄的委託與成交',
  },
  which: {
    en: 'say which instances: ID… or --all',
    'zh-CN': '请指明实例：ID… 或 --all',
    'zh-TW': '請指明實例：ID… 或 --all',
  },
  backwards: {
    en: '--since must be before --until: nothing lies between them',
    'zh-CN': '--since 必须早于 --until：两者之间没有内容',
    'zh-TW': '--since 必須早於 --until：兩者之間沒有內容',
  },
  endless: {
    en: '--follow has no end: leave --until out',
    'zh-CN': '--follow 没有终点：请去掉 --until',
    'zh-TW': '--follow 沒有終點：請去掉 --until',
  },
  badPattern: {
    en: '--grep is no regular expression: {why}',
    'zh-CN': '--grep 不是正则表达式：{why}',
    'zh-TW': '--grep 不是正規表示式：{why}',
  },
  badTime: {
    en: '--{option} must be a time like 2026-11-21T10:00:00Z, 10m, 2h or 3d ago, or 09:30 of today, found {found}',
    'zh-CN':
      '--{option} 必须是时间，如 2026-11-21T10:00:00Z、10m、2h、3d 之前，或当天的 09:30，收到的是 {found}',
    'zh-TW':
      '--{option} 必須是時間，如 2026-11-21T10:00:00Z、10m、2h、3d 之前，或當天的 09:30，收到的是 {found}',
  },
})
