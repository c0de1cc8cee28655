/** perpfleet strategy: strategies in files of their own (docs/guides/plug-ins.md). */
import { defineMessages } from '../speech.ts'

export const strategyMessages = defineMessages({
  group: {
    en: 'strategies in files of their own (docs/guides/plug-ins.md)',
    'zh-CN': '自有文件中的策略（docs/guides/plug-ins.md）',
    'zh-TW': '自有檔案中的策略（docs/guides/plug-ins.md）',
  },
  check: {
    en: 'check the types of a strategy file and evaluate it in its sandbox',
    'zh-CN': '检查策略文件的类型，并在沙箱中加载它',
    'zh-TW': '檢查策略檔案的型別，並在沙箱中載入它',
  },
  absent: {
    en: 'there is no file {file}: name a TypeScript file, e.g. strategies/mean-cross.ts',
    'zh-CN': '没有文件 {file}：请给出一个 TypeScript 文件，例如 strategies/mean-cross.ts',
    'zh-TW': '沒有檔案 {file}：請給出一個 TypeScript 檔案，例如 strategies/mean-cross.ts',
  },
  mayRun: {
    en: '{file} is in order: strategy {id}, {count} parameters.',
    'zh-CN': '{file} 没有问题：策略 {id}，{count} 个参数。',
    'zh-TW': '{file} 沒有問題：策略 {id}，{count} 個參數。',
  },
  parameter: { en: 'parameter', 'zh-CN': '参数', 'zh-TW': '參數' },
  type: { en: 'type', 'zh-CN': '类型', 'zh-TW': '型別' },
  standard: { en: 'default', 'zh-CN': '默认值', 'zh-TW': '預設值' },
  meaning: { en: 'meaning', 'zh-CN': '含义', 'zh-TW': '含義' },
  required: { en: 'required', 'zh-CN': '必填', 'zh-TW': '必填' },
})
