import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { emptyLedger, withCash, withForeign, withLook } from './account-ledger.ts'
import { money } from './money.ts'

const looked = withLook(emptyLedger, money(1000))

describe('whose the money of an account is', () => {
  test('at the first look all that is there was there before', () => {
    assert.deepEqual(emptyLedger, { unallocated: null, foreign: 0, flows: 0 })
    assert.deepEqual(looked, { unallocated: 1000, foreign: 0, flows: 0 })
  })

  test('deposits and withdrawals are flows and belong to nobody yet', () => {
    const after = withCash(withCash(looked, money(300), true), money(-50), true)
    assert.deepEqual(after, { unallocated: 1250, foreign: 0, flows: 250 })
    assert.deepEqual(withLook(after, money(1250)), after)
  })

  test('what the venue absorbs of a bankruptcy comes in and is no flow', () => {
    const after = withCash(looked, money(40), false)
    assert.deepEqual(after, { unallocated: 1040, foreign: 0, flows: 0 })
  })

  test('before the first look a flow is counted and the balance stays unknown', () => {
    const after = withCash(emptyLedger, money(300), true)
    assert.deepEqual(after, { unallocated: null, foreign: 0, flows: 300 })
    // The balance of the look has the deposit in it.
    assert.deepEqual(withLook(after, money(1300)), { unallocated: 1300, foreign: 0, flows: 300 })
  })

  test('what moves without an instance is foreign, from the first look on', () => {
    assert.deepEqual(withForeign(emptyLedger, money(-5)), emptyLedger)
    const after = withForeign(withForeign(looked, money(-5)), money(-7))
    assert.deepEqual(after, { unallocated: 1000, foreign: -12, flows: 0 })
  })

  test('a later look corrects what others have won or lost', () => {
    const after = withLook(withForeign(looked, money(-5)), money(930))
    assert.deepEqual(after, { unallocated: 1000, foreign: -70, flows: 0 })
  })
})
