import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whatItSaid } from './job-processes.ts'

test('a job that failed tells every fault of its file, not the last one alone', () => {
  const text =
    'a warning\n--strategy perp_grid: a is missing: give it\n--strategy perp_grid: b is missing\n'
  assert.equal(whatItSaid(text), '--strategy perp_grid: a is missing: give it; b is missing')
})

test('what has no place is the last line alone', () => {
  assert.equal(whatItSaid('one\ntwo things went wrong\n'), 'two things went wrong')
  assert.equal(whatItSaid(''), '')
})
