/** Messages in three languages, and how they are said. The tables are in src/cli/messages/. */
import type { Language } from './language.ts'

/** One sentence or word in every language; `{name}` stands for a value. */
export type Message<English extends string = string> = Readonly<Record<Language, string>> & {
  readonly en: English
}

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never

/** A message as a value is said in the same language. */
type Value = string | number | Message

/** The values that a message asks for by the placeholders of its English text. */
type ValuesOf<M extends Message> = Readonly<Record<NamesIn<M['en']>, Value>>
type Given<M extends Message> = [NamesIn<M['en']>] extends [never] ? [] : [values: ValuesOf<M>]

type MessageTable = Readonly<Record<string, Message>>

/** A table of messages; the compiler names every translation that is missing. */
export const defineMessages = <const T extends MessageTable>(table: T): T => table

/** A message with its values, not said yet: for whoever throws it and does not know the language. */
export interface Sentence {
  readonly message: Message
  readonly values: Readonly<Record<string, Value>>
}

export const sentence = <M extends Message>(message: M, ...[values]: Given<M>): Sentence => ({
  message,
  values: values ?? {},
})

/** Joins the clauses of an English sentence. */
const CLAUSE = '; '

const PLACEHOLDER = /\{([A-Za-z]+)\}/g

export const sentenceIn = (language: Language, { message, values }: Sentence): string =>
  message[language].replace(PLACEHOLDER, (whole, name: string) => {
    const value = values[name] ?? whole
    return typeof value === 'object' ? value[language] : String(value)
  })

export interface Speech {
  readonly language: Language
  say<M extends Message>(message: M, ...values: Given<M>): string
  /** A text that somebody else wrote in English, translated when the phrase book knows it. */
  relay(text: string): string
}

/** @param phrases what others say in English (src/cli/messages/phrases.ts) */
export function speechIn(language: Language, phrases: MessageTable = {}): Speech {
  const book = language === 'en' ? [] : Object.values(phrases).map(readPhrase)
  const ofClauses = book.filter(({ message }) => message.en.includes(CLAUSE))
  const found = (text: string, among: readonly Phrase[]): string | null => {
    for (const { message, read } of among) {
      const values = read(text)
      if (values === null) continue
      // What stands inside a phrase (the reason of an end) may be a phrase itself.
      const entries = Object.entries(values).map(([name, value]) => [name, relay(value)])
      return sentenceIn(language, { message, values: Object.fromEntries(entries) })
    }
    return null
  }
  const byClauses = (text: string): string | null => {
    const clauses = text.split(CLAUSE)
    const told = clauses.length === 1 ? clauses : clauses.map(relay)
    return told.some((clause, at) => clause !== clauses[at]) ? told.join('；') : null
  }
  const relay = (text: string): string =>
    found(text, ofClauses) ?? byClauses(text) ?? found(text, book) ?? text
  return {
    language,
    say: (message, ...given) => sentenceIn(language, sentence(message, ...given)),
    relay,
  }
}

interface Phrase {
  readonly message: Message
  /** The values that make the English text of it; null = it is another text. */
  read(text: string): Readonly<Record<string, string>> | null
}

function readPhrase(message: Message): Phrase {
  const parts = message.en.split(PLACEHOLDER)
  const pattern = parts.map((part, at) => (at % 2 === 0 ? escaped(part) : holeFor(part))).join('')
  const names = parts.filter((_, at) => at % 2 === 1)
  const whole = new RegExp(`^${pattern}$`, 's')
  return {
    message,
    read: (text) => {
      const found = whole.exec(text)
      if (found === null) return null
      return Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? '']))
    },
  }
}

/** An id or a symbol is one word: a sentence that merely begins like a phrase is another sentence. `{whose}` may be nothing. */
function holeFor(name: string): string {
  if (name === 'id') return '([a-z0-9][a-z0-9_-]*)'
  if (name === 'symbol') return '([^ ]+)'
  return name === 'whose' ? '(.*?)' : '(.+?)'
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
