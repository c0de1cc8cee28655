import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasonCodes } from '../../../../src/domain/reason.ts'
import { adviceOf } from './advice.ts'

test('every reason code comes with something to do', () => {
  const without = Object.keys(reasonCodes).filter((code) => adviceOf(code) === null)
  assert.deepEqual(without, [])
  assert.equal(adviceOf('of_another_version'), null)
})
