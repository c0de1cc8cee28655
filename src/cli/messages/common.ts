/** What several commands say. */
import { defineMessages } from '../speech.ts'

export const commonMessages = defineMessages({
  json: { en: 'print JSON', 'zh-CN': '以 JSON 输出', 'zh-TW': '以 JSON 輸出' },
  everyInstance: { en: 'every instance', 'zh-CN': '所有实例', 'zh-TW': '所有實例' },
  noControlPlane: {
    en: 'no control plane runs here: perpfleet up',
    'zh-CN': '此处没有运行中的控制平面：perpfleet up',
    'zh-TW': '此處沒有執行中的控制平面：perpfleet up',
  },
  noHome: {
    en: 'there is no home at {home}: --home or PERPFLEET_HOME names a folder that does not exist, perpfleet up or init makes one there',
    'zh-CN':
      '{home} 处没有主目录：--home 或 PERPFLEET_HOME 指向的目录不存在，perpfleet up 或 init 可在那里建立',
    'zh-TW':
      '{home} 處沒有主資料夾：--home 或 PERPFLEET_HOME 指向的資料夾不存在，perpfleet up 或 init 可在該處建立',
  },
  whichInstances: {
    en: 'say which instances: ID…, --all or --tag TAG',
    'zh-CN': '请指明实例：ID…、--all 或 --tag TAG',
    'zh-TW': '請指明實例：ID…、--all 或 --tag TAG',
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
  none: { en: 'none', 'zh-CN': '无', 'zh-TW': '無' },
  nothing: { en: 'nothing to show', 'zh-CN': '没有内容可显示', 'zh-TW': '沒有內容可顯示' },
  nothingDone: {
    en: 'nothing was done',
    'zh-CN': '未执行任何操作',
    'zh-TW': '未執行任何操作',
  },
  absent: { en: 'nothing', 'zh-CN': '空', 'zh-TW': '空' },
  wholeNumber: {
    en: '--{name} must be a whole number from {min} to {max}, found {found}',
    'zh-CN': '--{name} 必须是 {min} 到 {max} 之间的整数，收到的是 {found}',
    'zh-TW': '--{name} 必須是 {min} 到 {max} 之間的整數，收到的是 {found}',
  },
  number: {
    en: '--{name} must be a number from {min} to {max}, found {found}',
    'zh-CN': '--{name} 必须是 {min} 到 {max} 之间的数，收到的是 {found}',
    'zh-TW': '--{name} 必須是 {min} 到 {max} 之間的數，收到的是 {found}',
  },
  yes: { en: 'yes', 'zh-CN': '是', 'zh-TW': '是' },
  no: { en: 'no', 'zh-CN': '否', 'zh-TW': '否' },
  /** The words of one language that count as yes stand in src/main/cli-context.ts. */
  yesOrNo: { en: '[y/N]', 'zh-CN': '[y=是 / N=否]', 'zh-TW': '[y=是 / N=否]' },
  /** Between the items of a list. */
  comma: { en: ', ', 'zh-CN': '、', 'zh-TW': '、' },
})
