import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instrumentId } from '../domain/instrument.ts'
import type { WantChange } from '../domain/strategy.ts'
import type { LegsLimit } from './desk-messages.ts'
import { limitFault, wantsFault } from './wants-check.ts'

const resting = (values: object): WantChange =>
  ({
    kind: 'rest',
    want: {
      slot: 'B1',
      instrument: instrumentId('test', 'SOL/USDC:USDC'),
      side: 'buy',
      price: 15_000,
      quantity: 10,
      isPostOnly: true,
      isReduceOnly: false,
      trigger: null,
      ...values,
    },
  }) as WantChange

const faultOf = (change: WantChange) =>
  wantsFault({
    type: 'wants',
    basisSeq: 0,
    step: null,
    replace: false,
    changes: [change],
    wakes: null,
    finish: null,
  })

test('what no desk can trade is refused at the door with its sentence', () => {
  assert.equal(faultOf(resting({})), null)
  assert.equal(faultOf(resting({ quantity: 'position' })), null)
  assert.match(String(faultOf(resting({ side: 'hold' }))), /side hold is neither buy nor sell/)
  assert.match(String(faultOf(resting({ price: 14_999.5 }))), /price 14999.5 is no whole number/)
  assert.match(String(faultOf(resting({ quantity: 1.5 }))), /quantity 1.5/)
  assert.match(String(faultOf(resting({ quantity: 9e15 }))), /quantity 9000000000000000/)
  assert.match(String(faultOf(resting({ quantity: -1 }))), /quantity -1/)
})

test('a limit on the sum of legs is taken whole or not at all', () => {
  const figures = { base: 1000, equity: 800, allowed: 100, share: 10_000_000 }
  const limit = { type: 'limit', code: 'limit_daily_loss', onBreach: 'halt', figures }
  const faultOf = (change: object) => limitFault({ ...limit, ...change } as LegsLimit)
  assert.equal(faultOf({}), null)
  assert.match(faultOf({ code: 'limit_position' }) ?? '', /is no limit on the sum/)
  assert.match(faultOf({ onBreach: 'nothing' }) ?? '', /nothing that a limit does/)
  assert.match(faultOf({ figures: { ...figures, equity: 0.5 } }) ?? '', /no whole numbers/)
  assert.match(faultOf({ figures: null }) ?? '', /no whole numbers/)
})
