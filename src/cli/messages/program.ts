/** The program itself: global options, headings of the help, wrong usage. */
import { defineMessages } from '../speech.ts'

export const programMessages = defineMessages({
  about: {
    en: 'a fleet of trading bots for perpetual futures',
    'zh-CN': '永续合约交易机器人集群',
    'zh-TW': '永續合約交易機器人叢集',
  },
  home: {
    en: 'where configuration, databases and logs lie; default: PERPFLEET_HOME, else here',
    'zh-CN': '存放配置、数据库和日志的目录；默认为 PERPFLEET_HOME，否则为当前目录',
    'zh-TW': '存放設定、資料庫與日誌的資料夾；預設為 PERPFLEET_HOME，否則為目前資料夾',
  },
  fleetConfig: {
    en: 'one more configuration file of the fleet',
    'zh-CN': '集群的附加配置文件',
    'zh-TW': '叢集的附加設定檔',
  },
  url: {
    en: 'control plane of another machine (PERPFLEET_URL), with PERPFLEET_TOKEN',
    'zh-CN': '另一台机器的控制平面（PERPFLEET_URL），配合 PERPFLEET_TOKEN 使用',
    'zh-TW': '另一台機器的控制平面（PERPFLEET_URL），搭配 PERPFLEET_TOKEN 使用',
  },
  verbose: {
    en: 'stack traces with errors',
    'zh-CN': '出错时附上堆栈跟踪',
    'zh-TW': '發生錯誤時附上堆疊追蹤',
  },
  lang: {
    en: 'language of the output; default: PERPFLEET_LANG, else that of the terminal',
    'zh-CN': '输出语言；默认为 PERPFLEET_LANG，否则随终端',
    'zh-TW': '輸出語言；預設為 PERPFLEET_LANG，否則依終端機',
  },
  unknownLanguage: {
    en: '--lang must be one of {list}, found {found}',
    'zh-CN': '--lang 必须是 {list} 之一，收到的是 {found}',
    'zh-TW': '--lang 必須是 {list} 之一，收到的是 {found}',
  },
  version: { en: 'output the version number', 'zh-CN': '显示版本号', 'zh-TW': '顯示版本號' },
  help: {
    en: 'display help for command',
    'zh-CN': '显示命令的帮助',
    'zh-TW': '顯示指令的說明',
  },
  json: { en: 'print JSON', 'zh-CN': '以 JSON 输出', 'zh-TW': '以 JSON 輸出' },
  // --- headings -------------------------------------------------------------------------------
  headUsage: { en: 'Usage:', 'zh-CN': '用法：', 'zh-TW': '用法：' },
  headArguments: { en: 'Arguments:', 'zh-CN': '参数：', 'zh-TW': '引數：' },
  headOptions: { en: 'Options:', 'zh-CN': '选项：', 'zh-TW': '選項：' },
  headGlobalOptions: { en: 'Global Options:', 'zh-CN': '全局选项：', 'zh-TW': '全域選項：' },
  headCommands: { en: 'Commands:', 'zh-CN': '命令：', 'zh-TW': '指令：' },
  choices: { en: 'choices: {list}', 'zh-CN': '可选：{list}', 'zh-TW': '可選：{list}' },
  noted: { en: '{text} ({notes})', 'zh-CN': '{text}（{notes}）', 'zh-TW': '{text}（{notes}）' },
  byDefault: { en: 'default: {value}', 'zh-CN': '默认：{value}', 'zh-TW': '預設：{value}' },
})

/** What commander says of wrong usage; its wording is tested with commander itself. */
export const usageMessages = defineMessages({
  unknownCommandMeant: {
    en: "error: unknown command '{name}'\n(Did you mean {meant}?)",
    'zh-CN': '错误：没有命令“{name}”（是否想输入 {meant}？）',
    'zh-TW': '錯誤：沒有指令「{name}」（是否想輸入 {meant}？）',
  },
  unknownCommand: {
    en: "error: unknown command '{name}'",
    'zh-CN': '错误：没有命令“{name}”：perpfleet --help 列出全部命令',
    'zh-TW': '錯誤：沒有指令「{name}」：perpfleet --help 列出全部指令',
  },
  unknownOptionMeant: {
    en: "error: unknown option '{name}'\n(Did you mean {meant}?)",
    'zh-CN': '错误：没有选项“{name}”（是否想输入 {meant}？）',
    'zh-TW': '錯誤：沒有選項「{name}」（是否想輸入 {meant}？）',
  },
  unknownOption: {
    en: "error: unknown option '{name}'",
    'zh-CN': '错误：没有选项“{name}”：加 --help 查看可用选项',
    'zh-TW': '錯誤：沒有選項「{name}」：加上 --help 查看可用選項',
  },
  missingArgument: {
    en: "error: missing required argument '{name}'",
    'zh-CN': '错误：缺少必需参数“{name}”',
    'zh-TW': '錯誤：缺少必要引數「{name}」',
  },
  optionWithoutValue: {
    en: "error: option '{flags}' argument missing",
    'zh-CN': '错误：选项“{flags}”缺少取值',
    'zh-TW': '錯誤：選項「{flags}」缺少值',
  },
  optionRequired: {
    en: "error: required option '{flags}' not specified",
    'zh-CN': '错误：未给出必需选项“{flags}”',
    'zh-TW': '錯誤：未給出必要選項「{flags}」',
  },
  notAllowed: {
    en: "error: option '{flags}' argument '{found}' is invalid. Allowed choices are {list}.",
    'zh-CN': '错误：选项“{flags}”不接受“{found}”，可选值为 {list}',
    'zh-TW': '錯誤：選項「{flags}」不接受「{found}」，可選值為 {list}',
  },
  argumentNotAllowed: {
    en: "error: command-argument value '{found}' is invalid for argument '{name}'. Allowed choices are {list}.",
    'zh-CN': '错误：参数“{name}”不接受“{found}”，可选值为 {list}',
    'zh-TW': '錯誤：引數「{name}」不接受「{found}」，可選值為 {list}',
  },
  tooMany: {
    en: "error: too many arguments for '{name}'. Expected {expected} arguments but got {count}: {found}.",
    'zh-CN': '错误：命令“{name}”的参数过多，应为 {expected} 个，给出 {count} 个：{found}',
    'zh-TW': '錯誤：指令「{name}」的引數過多，應為 {expected} 個，給出 {count} 個：{found}',
  },
  tooManyOfOne: {
    en: "error: too many arguments for '{name}'. Expected {expected} argument but got {count}: {found}.",
    'zh-CN': '错误：命令“{name}”的参数过多，应为 {expected} 个，给出 {count} 个：{found}',
    'zh-TW': '錯誤：指令「{name}」的引數過多，應為 {expected} 個，給出 {count} 個：{found}',
  },
})
