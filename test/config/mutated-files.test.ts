/** A small part of the drill `config` with every run of the tests; the whole: npm run test:drills -- config */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzConfiguration } from '../drills/config-fuzz.ts'

test('mutated files are whole, or refused with named faults', () => {
  const { failures, refused, accepted, rows } = fuzzConfiguration(1900, 1)
  assert.deepEqual(failures, [])
  assert.ok(refused > 500 && accepted > 300)
  assert.ok(rows.every(([, tried]) => tried === 100))
})
