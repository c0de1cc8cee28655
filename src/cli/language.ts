/** Which language the command line speaks. */

export const languages = ['en', 'zh-CN', 'zh-TW'] as const
export type Language = (typeof languages)[number]

/** Traditional script by its name, or by the places that write it. */
const TRADITIONAL = /^zh[_-](hant|tw|hk|mo)/i

/** The language that a word names as systems and browsers write it: `zh`, `zh-Hant`, `zh_TW.UTF-8`, `en-GB`; null = none of ours. */
export function readLanguage(word: string): Language | null {
  if (/^en([_.@-]|$)/i.test(word)) return 'en'
  if (!/^zh([_.@-]|$)/i.test(word)) return null
  return TRADITIONAL.test(word) ? 'zh-TW' : 'zh-CN'
}

/** What `--lang` says; the last one counts, as for every option. Null = it is not there. */
export function languageOption(words: readonly string[]): string | null {
  const end = words.indexOf('--')
  const own = end === -1 ? words : words.slice(0, end)
  const given = own.flatMap((word, at) => {
    if (word === '--lang') return own.slice(at + 1, at + 2)
    return word.startsWith('--lang=') ? [word.slice('--lang='.length)] : []
  })
  return given.at(-1) ?? null
}

/** What the environment says of languages; null = nothing. */
export interface LanguageVariables {
  /** PERPFLEET_LANG. */
  readonly own: string | null
  /** LC_ALL, else LC_MESSAGES, else LANG: `zh_TW.UTF-8`. */
  readonly locale: string | null
}

/**
 * The language of a run. A word that is no language and comes from the environment counts as English: a variable that
 * somebody set long ago must never keep a `kill` from working. For `--lang` the program itself refuses it.
 */
export function chooseLanguage(option: string | null, variables: LanguageVariables): Language {
  return readLanguage(option ?? variables.own ?? variables.locale ?? '') ?? 'en'
}
