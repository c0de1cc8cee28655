/** docs/reference/configuration.md against the schemas, both ways. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  configurationGroups,
  configurationKeys,
  describedKeys,
} from '../../src/config/schema-keys.ts'

const page = readFileSync(
  join(import.meta.dirname, '../../docs/reference/configuration.md'),
  'utf8',
)

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** The rows of all tables without their last column: a meaning may be worded better in the document. */
function rowsOf(text: string): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((row) => {
    const match = /^(.*) \| ([^|]+) \|$/.exec(row.replaceAll('\\|', '¦'))
    assert.ok(match?.[1] && match[2]?.trim(), `a row without meaning: ${row}`)
    return match[1].replaceAll('¦', '\\|')
  })
}

test('every key has its row with default, unit, hot, allowed values and a meaning', () => {
  const expected = configurationGroups().flatMap(({ keys }) =>
    keys.map(
      ({ key, default: standard, unit, isHot, allowed }) =>
        `| \`${key}\` | ${cell(standard)} | ${cell(unit)} | ${isHot ? 'hot' : ''} | ${cell(allowed)}`,
    ),
  )
  const found = rowsOf(page)
  assert.deepEqual(
    expected.filter((row) => !found.includes(row)),
    [],
    'rows that docs/reference/configuration.md lacks',
  )
  assert.deepEqual(
    found.filter((row) => !expected.includes(row)),
    [],
    'rows of docs/reference/configuration.md that no schema has',
  )
  assert.equal(found.length, expected.length)
})

test('every key has a meaning and stands once', () => {
  const keys = configurationKeys()
  assert.ok(keys.length > 250, String(keys.length))
  assert.equal(new Set(keys).size, keys.length)
  for (const { key, doc } of describedKeys().flatMap((group) => group.keys)) {
    assert.ok(doc.trim().length > 3, `${key} says nothing of itself`)
  }
})

test('the keys named in .env.example exist', () => {
  const text = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8')
  const names = [...text.matchAll(/PERPFLEET_([A-Z0-9_]+)=/g)].map(([, name]) => name ?? '')
  const process = ['ENV', 'ADMIN_PASSWORD']
  const known = new Set(
    configurationKeys().map((key) => key.replace('[]', '_0').replaceAll('.', '_').toUpperCase()),
  )
  assert.deepEqual(
    names.filter((name) => !known.has(name) && !process.includes(name)),
    [],
  )
  assert.ok(names.length >= 6)
})
