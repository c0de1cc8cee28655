/** docs/reference/strategies.md against the schemas of the strategies, both ways. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type KeyDescription, strategyGroups } from '../../src/config/schema-keys.ts'
import { singleStrategies } from '../support/strategy-samples.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/strategies.md'), 'utf8')

/** Rows of each chapter by its heading; `shared` for what all strategies have. */
const rowsOf = new Map<string, string[]>()
for (const chapter of page.split(/^## /m).slice(1)) {
  const heading = chapter.slice(0, chapter.indexOf('\n')).replaceAll('`', '')
  rowsOf.set(
    heading === 'Shared parameters' ? 'shared' : heading,
    chapter.split('\n').filter((line) => line.startsWith('| `')),
  )
}

const rowOf = ({ key, default: standard, unit, isHot, allowed, doc }: KeyDescription): string =>
  [
    key.replace('strategy_config.', '`').concat('`'),
    standard,
    unit,
    isHot ? 'hot' : '',
    allowed,
    doc,
  ]
    .join(' | ')
    .replace(/^/, '| ')
    .concat(' |')

/** What no strategy words in a way of its own: the rows of dual_ma that donchian_breakout has too. */
const groups = strategyGroups()
const rows = (id: string): string[] =>
  (groups.find(({ group }) => group === id)?.keys ?? []).map(rowOf)
const shared = rows('dual_ma').filter((row) => rows('donchian_breakout').includes(row))

test('the shared parameters stand in their chapter', () => {
  assert.ok(shared.length > 15)
  assert.deepEqual(rowsOf.get('shared'), shared)
})

for (const { group, keys } of groups) {
  test(`${group}: a chapter with every parameter of its own, and nothing else`, () => {
    const all = keys.map(rowOf)
    assert.deepEqual(
      rowsOf.get(group),
      all.filter((row) => !shared.includes(row)),
    )
    // Strategies of two legs share other parameters, told in full with each of them.
    if (!singleStrategies.some(({ id }) => id === group)) return
    const chapter = page.split(/^## /m).find((text) => text.startsWith(`\`${group}\``)) ?? ''
    const keyOf = (row: string): string => row.split('`')[1] ?? ''
    const absent = shared.map(keyOf).filter((key) => !all.some((row) => keyOf(row) === key))
    for (const key of absent) {
      assert.match(chapter, new RegExp(`\`${key}\` means nothing here`), `${group} lacks ${key}`)
    }
  })
}

test('no chapter is of a strategy that is not shipped', () => {
  const ids = groups.map(({ group }) => group)
  const chapters = [...rowsOf.keys()].filter((heading) =>
    /^[a-z]+(_[a-z]+)+$|^dca$|^supertrend$/.test(heading),
  )
  assert.deepEqual(chapters, ids)
})
