/** Languages. Words of the dashboard lie in locales/; sentences of the server are translated by the phrase book of the command line. */
import i18next, { type ResourceKey } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { stateWords, wordText } from '../../../src/cli/messages/words.ts'
import { type Speech, speechIn } from '../../../src/cli/speech.ts'
import type { InstanceView } from '../../../src/protocol/fleet-messages.ts'
import { createStore, useStore } from './store.ts'

export const languages = ['en', 'zh-CN', 'zh-TW'] as const
export type Language = (typeof languages)[number]

/** As each language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  'zh-CN': '简体中文',
  'zh-TW': '繁體中文',
}

const KEY = 'perpfleet.language'
const files = import.meta.glob<ResourceKey>('../locales/*/*.json', { import: 'default' })
const speeches = createStore<Speech>(speechIn('en'))

function readLanguage(word: string): Language | null {
  if (/^en\b/i.test(word)) return 'en'
  if (!/^zh\b/i.test(word)) return null
  return /^zh-(hant|tw|hk|mo)/i.test(word) ? 'zh-TW' : 'zh-CN'
}

function firstLanguage(): Language {
  let stored: string | null = null
  try {
    stored = localStorage.getItem(KEY)
  } catch {
    // the browser's languages decide
  }
  const words = [...(stored === null ? [] : [stored]), ...navigator.languages]
  return words.map(readLanguage).find((word) => word !== null) ?? 'en'
}

async function loadWords(language: Language): Promise<void> {
  const own = Object.entries(files).filter(([path]) => path.includes(`/${language}/`))
  await Promise.all(
    own.map(async ([path, load]) => {
      const namespace = path.slice(path.lastIndexOf('/') + 1, -'.json'.length)
      i18next.addResourceBundle(language, namespace, await load(), true, true)
    }),
  )
}

async function loadSpeech(language: Language): Promise<Speech> {
  if (language === 'en') return speechIn('en')
  const { phrases } = await import('../../../src/cli/messages/phrases.ts')
  return speechIn(language, phrases)
}

async function speak(language: Language): Promise<void> {
  const [speech] = await Promise.all([loadSpeech(language), loadWords(language)])
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  speeches.set(speech)
}

export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    resources: {},
    fallbackLng: false,
    defaultNS: 'common',
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await speak(firstLanguage())
}

export async function chooseLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // not kept: it holds for this tab
  }
  await speak(language)
}

export function useLanguage(): Language {
  const { i18n } = useTranslation()
  return readLanguage(i18n.language) ?? 'en'
}

/** Says a sentence of the server in the language of the reader, where the phrase book knows it. */
export const useRelay = (): ((text: string) => string) => useStore(speeches).relay

/** The word for a state of an instance, the same as in `perpfleet list`. */
export function useStateWord(): (state: InstanceView['state']) => string {
  const speech = useStore(speeches)
  return (state) => speech.say(stateWords[state])
}

/** A word of trading (buy, limit, canceled) as the tables of the command line say it. */
export function useTradeWord(): (word: string) => string {
  const speech = useStore(speeches)
  return (word) => wordText(word, speech)
}
