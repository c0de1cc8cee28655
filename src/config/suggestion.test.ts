import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editDistance, nearest } from './suggestion.ts'

test('edit distance counts insertions, deletions, replacements and swaps', () => {
  const cases: [string, string, number][] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['grid_nun', 'grid_num', 1],
    ['gird_num', 'grid_num', 1],
    ['grid_nm', 'grid_num', 1],
    ['kitten', 'sitting', 3],
  ]
  for (const [a, b, expected] of cases) {
    assert.equal(editDistance(a, b), expected, `${a} ${b}`)
    assert.equal(editDistance(b, a), expected, `${b} ${a}`)
  }
})

test('the nearest word is suggested, a far one is not', () => {
  const known = ['grid_num', 'grid_mode', 'leverage', 'max_position']
  assert.equal(nearest('gridNum', known), 'grid_num')
  assert.equal(nearest('grid-mode', known), 'grid_mode')
  assert.equal(nearest('LEVERAGE', known), 'leverage')
  assert.equal(nearest('colour', known), null)
  assert.equal(nearest('x'.repeat(100), known), null)
})
