/** Ways in which a configuration file goes wrong, from a slip of the pen to a torn disk block. */
import type { Random } from '../support/random.ts'

export interface Mutation {
  readonly name: string
  mutate(text: string, random: Random): string | Buffer
}

const cut = (text: string, random: Random): [number, number] => {
  const from = random.int(0, Math.max(0, text.length - 1))
  return [from, Math.min(text.length, from + random.int(1, 40))]
}
const linesOf = (text: string): string[] => text.split('\n')

/** Replaces one match of a pattern, chosen by chance; the text itself when there is none. */
function replaceOne(
  text: string,
  pattern: RegExp,
  random: Random,
  replace: (found: string) => string,
): string {
  const matches = [...text.matchAll(pattern)]
  if (matches.length === 0) return text
  const match = random.pick(matches)
  const end = match.index + match[0].length
  return text.slice(0, match.index) + replace(match[0]) + text.slice(end)
}

const KEY = /[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z]{4,}(?="?:)/g
const NUMBER = /(?<=[:[,]\s*)-?\d+(?:\.\d+)?/g
const VALUE = /(?<=:[ \t]*)("[^"\n]*"|[\w.$-]+)/g

const NUMBERS = [
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    '1e999',
    '-1',
    '0',
    '-0',
    '1e-9',
    '0.1e1',
    '5%',
    '"5 %"',
    '50',
    '1e16',
  ],
  ...[
    '9007199254740993',
    '0x10',
    '1_000',
    '1,5',
    '.5',
    '5.',
    '+5',
    '"12"',
    '"NaN"',
    '""',
    'null',
    '010',
  ],
]
const VALUES = [
  ...[
    'null',
    'true',
    'yes',
    'no',
    'on',
    '[]',
    '{}',
    '""',
    '" "',
    '"${MISSING}"',
    '"${"',
    '"${A:-}"',
    '[1, 2]',
  ],
  ...[
    '{"a": 1}',
    '"../../../etc/passwd"',
    '"/etc/shadow"',
    '"\\u0000"',
    '"a\\nb"',
    'undefined',
    "'single'",
    '"💥"',
  ],
  ...[
    '"__proto__"',
    '"constructor"',
    '1e400',
    '"1e400"',
    `"${'x'.repeat(5000)}"`,
    '2026-01-01',
    '!!js/function x',
  ],
]
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  '',
  ' ',
  'metadata',
  'strategy_config',
  'GRID_NUM',
  'grid-num',
]
const SNIPPETS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    ',',
    ':',
    '\n',
    '//',
    '/*',
    '*/',
    '#',
    '\t',
    '\r',
    '\0',
    '\uFEFF',
    '\u2028',
  ],
  ...[
    '&a [*a]',
    '- ',
    '? ',
    '|',
    '>',
    '---\n',
    '...\n',
    '%YAML 9.9\n',
    '<<: *x',
    '!!binary x',
    '\\',
    '\ud800',
  ],
]

/** One letter more, less, another, or two swapped. */
function slip(word: string, random: Random): string {
  const at = random.int(0, word.length - 1)
  const letter = random.pick([...'abcdefgnmoru_1'])
  switch (random.int(0, 3)) {
    case 0:
      return word.slice(0, at) + letter + word.slice(at)
    case 1:
      return word.slice(0, at) + word.slice(at + 1)
    case 2:
      return word.slice(0, at) + letter + word.slice(at + 1)
    default:
      return word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2)
  }
}

export const mutations: readonly Mutation[] = [
  {
    name: 'misspelt key',
    mutate: (text, random) => replaceOne(text, KEY, random, (key) => slip(key, random)),
  },
  {
    name: 'strange key',
    mutate: (text, random) => replaceOne(text, KEY, random, () => random.pick(KEYS)),
  },
  {
    name: 'strange number',
    mutate: (text, random) => replaceOne(text, NUMBER, random, () => random.pick(NUMBERS)),
  },
  {
    name: 'strange value',
    mutate: (text, random) => replaceOne(text, VALUE, random, () => random.pick(VALUES)),
  },
  {
    name: 'value of another key',
    mutate: (text, random) => {
      const values = [...text.matchAll(VALUE)].map(([value]) => value)
      return values.length === 0 ? text : replaceOne(text, VALUE, random, () => random.pick(values))
    },
  },
  {
    name: 'unit mistaken',
    mutate: (text, random) =>
      replaceOne(text, NUMBER, random, (number) =>
        String(Number(number) * random.pick([100, 1000, 0.01, 1e8, -1, 1e-8])),
      ),
  },
  {
    name: 'line removed',
    mutate: (text, random) => {
      const lines = linesOf(text)
      return lines.toSpliced(random.int(0, lines.length - 1), random.int(1, 3)).join('\n')
    },
  },
  {
    name: 'line doubled',
    mutate: (text, random) => {
      const lines = linesOf(text)
      const at = random.int(0, lines.length - 1)
      return lines.toSpliced(random.int(0, lines.length), 0, lines[at] ?? '').join('\n')
    },
  },
  {
    name: 'indent changed',
    mutate: (text, random) => {
      const lines = linesOf(text)
      const at = random.int(0, lines.length - 1)
      const line = lines[at] ?? ''
      const indent = random.pick(['', ' ', '  ', '      ', '\t'])
      return lines.with(at, indent + line.trimStart()).join('\n')
    },
  },
  { name: 'cut off', mutate: (text, random) => text.slice(0, random.int(0, text.length)) },
  { name: 'beginning lost', mutate: (text, random) => text.slice(random.int(1, text.length)) },
  {
    name: 'part removed',
    mutate: (text, random) => {
      const [from, to] = cut(text, random)
      return text.slice(0, from) + text.slice(to)
    },
  },
  {
    name: 'part doubled',
    mutate: (text, random) => {
      const [from, to] = cut(text, random)
      return text.slice(0, to) + text.slice(from)
    },
  },
  {
    name: 'character put in',
    mutate: (text, random) => {
      const at = random.int(0, text.length)
      return text.slice(0, at) + random.pick(SNIPPETS) + text.slice(at)
    },
  },
  {
    name: 'bits flipped',
    mutate: (text, random) => {
      const bytes = Buffer.from(text)
      for (let count = random.int(1, 4); count > 0 && bytes.length > 0; count -= 1) {
        const at = random.int(0, bytes.length - 1)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(0, 7))
      }
      return bytes
    },
  },
  {
    name: 'block of zeros',
    mutate: (text, random) => {
      const bytes = Buffer.from(text)
      const from = random.int(0, bytes.length)
      return bytes.fill(0, from, Math.min(bytes.length, from + random.int(1, 512)))
    },
  },
  {
    name: 'nested deeply',
    mutate: (text, random) =>
      replaceOne(text, VALUE, random, (value) => {
        const depth = random.pick([5, 30, 200, 20_000])
        return `${'['.repeat(depth)}${value}${']'.repeat(depth)}`
      }),
  },
  {
    name: 'two at once',
    mutate: (text, random) => {
      const once = replaceOne(text, NUMBER, random, () => random.pick(NUMBERS))
      return replaceOne(once, KEY, random, (key) => slip(key, random))
    },
  },
  { name: 'unchanged', mutate: (text) => text },
]
