/** Part of the phrase book (phrases.ts): faults of configuration files, behind the place where they stand. */
import { defineMessages } from '../speech.ts'

/** The narrower of two that fit stands first. */
export const configPhrases = defineMessages({
  unknownKeyMeant: {
    en: '{key} is not a known key; did you mean {meant}?',
    'zh-CN': '{key} 不是已知的键；是否指 {meant}？',
    'zh-TW': '{key} 不是已知的鍵；是否指 {meant}？',
  },
  unknownKey: {
    en: '{key} is not a known key; known here: {known}',
    'zh-CN': '{key} 不是已知的键；此处已知：{known}',
    'zh-TW': '{key} 不是已知的鍵；此處已知：{known}',
  },
  missingMustBe: {
    en: '{key} is missing: it must be {allowed}',
    'zh-CN': '缺少 {key}：{allowed}',
    'zh-TW': '缺少 {key}：{allowed}',
  },
  keyMissing: { en: '{key} is missing', 'zh-CN': '缺少 {key}', 'zh-TW': '缺少 {key}' },
  mustBe: {
    en: '{key} must be {allowed}, found {found}',
    'zh-CN': '{key} 应为：{allowed}，实际为 {found}',
    'zh-TW': '{key} 應為：{allowed}，實際為 {found}',
  },
  given: {
    en: 'given, or {others}',
    'zh-CN': '须给出该键，或给出 {others}',
    'zh-TW': '須給出該鍵，或給出 {others}',
  },
  wholeNumber: { en: 'a whole number {range}', 'zh-CN': '{range}的整数', 'zh-TW': '{range}的整數' },
  someNumber: { en: 'a number {range}', 'zh-CN': '{range}的数', 'zh-TW': '{range}的數' },
  fromTo: { en: 'between {min} and {max}', 'zh-CN': '{min} 到 {max} ', 'zh-TW': '{min} 到 {max} ' },
  aboveTo: {
    en: 'above {min} and at most {max}',
    'zh-CN': '大于 {min} 且不超过 {max} ',
    'zh-TW': '大於 {min} 且不超過 {max} ',
  },
  atLeastTo: {
    en: 'at least {min} and at most {max}',
    'zh-CN': '{min} 到 {max} ',
    'zh-TW': '{min} 到 {max} ',
  },
  above: { en: 'above {min}', 'zh-CN': '大于 {min} ', 'zh-TW': '大於 {min} ' },
  atLeast: { en: 'at least {min}', 'zh-CN': '不小于 {min} ', 'zh-TW': '不小於 {min} ' },
  atMost: { en: 'at most {max}', 'zh-CN': '不超过 {max} ', 'zh-TW': '不超過 {max} ' },
  oneOf: { en: 'one of {values}', 'zh-CN': '以下之一：{values}', 'zh-TW': '下列之一：{values}' },
  yesOrNo: { en: 'true or false', 'zh-CN': 'true 或 false', 'zh-TW': 'true 或 false' },
  someText: { en: 'a text', 'zh-CN': '文本', 'zh-TW': '文字' },
  someShare: {
    en: 'a share above 0 and at most 1',
    'zh-CN': '大于 0 且不超过 1 的比例',
    'zh-TW': '大於 0 且不超過 1 的比例',
  },
  percentMeant: {
    en: 'for {percent} percent write {share}',
    'zh-CN': '{percent} % 请写作 {share}',
    'zh-TW': '{percent} % 請寫作 {share}',
  },
})
