// Words: the same keys and placeholders in every language, every key used, none missing.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'

const HERE = import.meta.dirname
const LANGUAGES = ['en', 'zh-CN', 'zh-TW']

type Words = Readonly<Record<string, string>>

function flat(value: object, before = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, word]): [string, string][] =>
    typeof word === 'string' ? [[before + key, word]] : flat(word, `${before}${key}.`),
  )
}

const namespaces = globSync('*.json', { cwd: join(HERE, 'locales', 'en') })
  .map((file) => basename(file, '.json'))
  .sort()

const wordsOf = (language: string, namespace: string): Words => {
  const text = readFileSync(join(HERE, 'locales', language, `${namespace}.json`), 'utf8')
  return Object.fromEntries(flat(JSON.parse(text)))
}

const holesIn = (text: string): string =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name))].sort().join(' ')

interface Use {
  readonly file: string
  readonly namespace: string
  readonly key: string
  /** `state.${x}` uses everything below `state.`. */
  readonly isStart: boolean
}

/**
 * What a file says: t('key') of the namespace that its useTranslation names, `t('key', { ns })` and 'ns:key' of another.
 * `tFleet('…')` belongs to `const { t: tFleet } = useTranslation('fleet')`.
 */
function usesIn(file: string): Use[] {
  const text = readFileSync(join(HERE, file), 'utf8')
  const spaces = new Map<string, string[]>()
  for (const [, name = 't', space = 'common'] of text.matchAll(
    /\{\s*t(?:\s*:\s*(\w+))?[^}]*\}\s*=\s*useTranslation\(\s*(?:'([\w-]+)')?\s*\)/g,
  ))
    spaces.set(name, [...(spaces.get(name) ?? []), space])
  const uses: Use[] = []
  for (const [name, found] of [
    ...spaces.entries(),
    ...(spaces.size === 0 ? [['t', ['*']] as const] : []),
  ]) {
    // the argument of t: every literal in it counts (`t(isDown ? 'a' : 'b')`)
    for (const [, argument = ''] of text.matchAll(
      new RegExp(`\\b${name}\\(((?:[^()]|\\([^()]*\\))*)`, 'g'),
    ))
      for (const [, , literal = ''] of argument
        .split(/,\s*\{/)[0]
        ?.matchAll(/(['`])([\w:.$\-{}[\]()]+?)\1/g) ?? []) {
        const start = literal.indexOf('${')
        const word = start === -1 ? literal : literal.slice(0, start)
        for (const namespace of found)
          uses.push({ file, namespace, key: word, isStart: start !== -1 })
      }
  }
  return uses
}

const sources = globSync('**/*.{ts,tsx}', { cwd: HERE }).filter(
  (file) => !file.endsWith('.test.ts'),
)
const uses = sources.flatMap(usesIn)
const matches = (use: Use, namespace: string, key: string): boolean =>
  (use.namespace === '*' || use.namespace === namespace) &&
  (use.isStart ? key.startsWith(use.key) : key === use.key)

describe('the words of the dashboard', () => {
  it('stand in files of the same name in every language', () => {
    for (const language of LANGUAGES)
      assert.deepEqual(
        globSync('*.json', { cwd: join(HERE, 'locales', language) }).sort(),
        namespaces.map((name) => `${name}.json`),
        language,
      )
  })
  for (const namespace of namespaces) {
    const english = wordsOf('en', namespace)
    for (const language of LANGUAGES.slice(1))
      it(`${namespace}.json has the same keys and placeholders in ${language}`, () => {
        const words = wordsOf(language, namespace)
        assert.deepEqual(Object.keys(words), Object.keys(english))
        const differ = Object.keys(english).filter(
          (key) => holesIn(english[key] ?? '') !== holesIn(words[key] ?? ''),
        )
        assert.deepEqual(differ, [])
      })
    it(`${namespace}.json has no empty word and none that nobody uses`, () => {
      assert.deepEqual(
        Object.keys(english).filter((key) => english[key]?.trim() === ''),
        [],
      )
      const unused = Object.keys(english).filter(
        (key) => !uses.some((use) => matches(use, namespace, key)),
      )
      assert.deepEqual(unused, [])
    })
  }
  it('has every key that the code asks for', () => {
    const missing = uses.filter(
      (use) =>
        use.key !== '' &&
        !namespaces
          .filter((name) => use.namespace === '*' || use.namespace === name)
          .some((name) => Object.keys(wordsOf('en', name)).some((key) => matches(use, name, key))),
    )
    assert.deepEqual(
      missing.map(({ file, key }) => `${file}: ${key}`),
      [],
    )
  })
})
