import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainFacts } from './grid-commands.ts'
import { speechIn } from './speech.ts'

test('grid show says times as ISO, booleans and names in words', () => {
  const report = {
    completed_cells: 3,
    in_range: false,
    started_at: Date.UTC(2026, 0, 2, 3, 4, 5),
    type: 'long',
    finish: null,
    range: { lower: '1' },
    virtual: [],
  }
  assert.deepEqual(plainFacts(report, speechIn('en')), {
    'completed cells': '3',
    'in range': 'no',
    'started at': '2026-01-02T03:04:05.000Z',
    type: 'long',
  })
})
