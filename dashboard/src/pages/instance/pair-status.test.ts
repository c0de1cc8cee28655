import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runningView } from '../../../../test/support/instance-views.ts'
import type { BotStatus } from './grid-status.ts'
import { legRows, pairOf } from './pair-status.ts'

const leg = (name: string, venue: string) => ({
  ...{ name, venue, symbol: 'ETH/USDT:USDT', account: 'main', state: 'running' as const },
  ...{ position: '0', equity: '5000', orders: 0, closed_reason: 'its market is silent' },
})
const arb = runningView('arb', { legs: [leg('arb', 'okx'), leg('arb.2', 'hyperliquid')] })

const status = {
  state: 'running',
  parameters: {},
  legs: [{ closed_reason: null }, { closed_reason: 'an operator set its kill switch' }],
  grid: { phase: 'flat', net_delta: '0', legs: [{ bid: '99' }, { bid: '98' }] },
} as unknown as BotStatus

test('the bot is newer than the list; without it the list stands, and nothing is said of prices', () => {
  const told = legRows(arb, status)
  assert.deepEqual(
    told.map(({ closedReason, isTold, report }) => [closedReason, isTold, report.bid]),
    [
      [null, true, '99'],
      ['an operator set its kill switch', true, '98'],
    ],
  )
  assert.deepEqual(
    legRows(arb, undefined).map(({ closedReason, isTold, report }) => [
      closedReason,
      isTold,
      report,
    ]),
    [
      ['its market is silent', false, {}],
      ['its market is silent', false, {}],
    ],
  )
})

test('what the head says of the whole instance is not said of each leg again', () => {
  const why = 'an operator set its kill switch'
  const restraint = { state: 'killed' as const, since: null, why, way_out: '' }
  const known = legRows({ ...arb, restraint }, status).map(({ isKnownWhy }) => isKnownWhy)
  assert.deepEqual(known, [false, true])
})

test('a grid has no legs and no pair', () => {
  assert.deepEqual(legRows(runningView('sol'), undefined), [])
  assert.equal(pairOf(undefined), null)
  assert.equal(pairOf({ ...status, grid: { type: 'neutral' } }), null)
  assert.equal(pairOf(status)?.phase, 'flat')
})
