/** The words of the dashboard as its own files say them: what a test looks for is what people read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const languages = ['en', 'zh-CN', 'zh-TW'] as const
export type Language = (typeof languages)[number]

type Words = { readonly [key: string]: string | Words }

const FOLDER = join(import.meta.dirname, '..', '..', 'dashboard', 'src', 'locales')

/** `said('fleet', 'action.menu', {id})`. @throws Error where there is no such word */
export function said(
  file: 'common' | 'fleet' | 'instance' | 'lab' | 'pair',
  key: string,
  values: Readonly<Record<string, string | number>> = {},
  language: Language = 'en',
): string {
  const words = JSON.parse(readFileSync(join(FOLDER, language, `${file}.json`), 'utf8')) as Words
  const found = key
    .split('.')
    .reduce<string | Words | undefined>(
      (at, part) => (typeof at === 'object' ? at[part] : undefined),
      words,
    )
  if (typeof found !== 'string') throw new Error(`${language}/${file}.json has no ${key}`)
  return found.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''))
}
