import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  isExposed,
  isOccupying,
  nextOrderState,
  type OrderState,
  type OrderStep,
} from './order-state.ts'

const steps: readonly OrderStep[] = [
  'send',
  'accept',
  'reject',
  'lose',
  'prove_absent',
  'cancel',
  'miss',
  'end',
  'settle',
]
const walk = (...taken: readonly OrderStep[]): OrderState | null =>
  taken.reduce<OrderState | null>((at, step) => at && nextOrderState(at, step), 'intent')

test('the usual lives', () => {
  assert.equal(walk('send', 'accept', 'end', 'settle'), 'settled')
  assert.equal(walk('send', 'accept', 'cancel', 'end', 'settle'), 'settled')
  assert.equal(walk('send', 'reject', 'settle'), 'settled')
  // An immediate order is final with its answer.
  assert.equal(walk('send', 'end'), 'final')
})

test('an unknown order ends by evidence alone', () => {
  assert.equal(walk('send', 'lose'), 'unknown')
  // Neither failures to ask nor "not found" before the deadline change anything.
  assert.equal(walk('send', 'lose', 'lose', 'miss', 'lose'), 'unknown')
  assert.equal(walk('send', 'lose', 'accept'), 'open')
  assert.equal(walk('send', 'lose', 'end'), 'final')
  assert.equal(walk('send', 'lose', 'prove_absent', 'settle'), 'settled')
  assert.equal(walk('send', 'lose', 'settle'), null)
})

test('only an unknown order can be proven absent', () => {
  for (const state of ['intent', 'sent', 'open', 'cancelling', 'final', 'settled'] as const) {
    assert.equal(nextOrderState(state, 'prove_absent'), null)
  }
})

test('a cancel that finds nothing makes the order unknown, not gone', () => {
  assert.equal(walk('send', 'accept', 'cancel', 'miss'), 'unknown')
  assert.equal(walk('send', 'accept', 'cancel', 'lose', 'end'), 'final')
})

test('an order never works again once it is final, and leaves only when it is settled', () => {
  const property = fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 30 }), (taken) => {
    let state: OrderState = 'intent'
    let isOver = false
    for (const step of taken) {
      state = nextOrderState(state, step) ?? state
      isOver ||= !isExposed(state)
      assert.equal(isExposed(state), !isOver)
      if (!isOccupying(state)) assert.equal(state, 'settled')
    }
  })
  fc.assert(property, { numRuns: 500, seed: 3 })
})

test('state by state: what the venue may still fill, and what still takes its slot', () => {
  const exposed: readonly OrderState[] = ['intent', 'sent', 'open', 'unknown', 'cancelling']
  const over: readonly OrderState[] = ['final', 'rejected', 'absent']
  for (const state of exposed)
    assert.deepEqual([isExposed(state), isOccupying(state)], [true, true])
  for (const state of over) assert.deepEqual([isExposed(state), isOccupying(state)], [false, true])
  assert.deepEqual([isExposed('settled'), isOccupying('settled')], [false, false])
})

test('what ends an order may be told twice', () => {
  assert.equal(walk('send', 'end', 'end'), 'final')
  assert.equal(walk('send', 'reject', 'reject'), 'rejected')
  assert.equal(walk('send', 'end', 'settle', 'settle'), 'settled')
})
