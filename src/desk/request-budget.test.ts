import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import type { RequestPool, RequestPriority } from '../domain/request-pool.ts'
import { VenueError } from '../ports/venue.ts'
import { DeskRequestBudget } from './request-budget.ts'

const address: RequestPool = {
  name: 'weight',
  capacity: 10,
  refillPerS: 1,
  reserve: 2,
  scope: 'address',
}

function newBudget(pools: readonly RequestPool[] = [address]) {
  const clock = new VirtualClock()
  const budget = new DeskRequestBudget(clock)
  budget.declare(pools)
  const log: string[] = []
  const ask = (name: string, priority: RequestPriority, weight: number, waitMs: number | null) => {
    const deadlineAt = waitMs === null ? null : clock.monotonicMs() + waitMs
    void budget.take(priority, [{ pool: 'weight', weight }], deadlineAt).then(
      () => log.push(`${name} ${clock.monotonicMs()}`),
      (error: unknown) => log.push(`${name} ${error instanceof VenueError ? error.code : error}`),
    )
  }
  return { clock, budget, log, ask }
}

describe('the request budget of a desk', () => {
  test('what fits leaves at once, the rest when it has come back, and what cannot in time is told at once', async () => {
    const { clock, ask, log } = newBudget()
    ask('first', 'place', 8, null)
    ask('second', 'place', 1, 4000)
    ask('third', 'place', 5, 2000)
    ask('cancel', 'cancel', 2, 2500)
    await clock.advance(5000)
    assert.deepEqual(log, ['first 0', 'third limit_request_rate', 'cancel 0', 'second 3000'])
  })

  test('a blocked pool goes on when the venue lets it', async () => {
    const { clock, budget, ask, log } = newBudget()
    budget.block('weight', 1500)
    ask('early', 'cancel', 1, 1000)
    ask('patient', 'cancel', 1, null)
    await clock.advance(3000)
    assert.deepEqual(log, ['early limit_request_rate', 'patient 1500'])
  })

  test('desks behind one address share it; another part holds from the next request on', async () => {
    const { clock, budget, ask, log } = newBudget()
    budget.setDesks(2)
    ask('a', 'data', 4, null)
    ask('b', 'data', 1, 500)
    await clock.advance(1)
    assert.deepEqual(log, ['a 0', 'b limit_request_rate'])
    assert.deepEqual(budget.report().pools, [{ name: 'weight', left: 1, capacity: 5 }])
    assert.equal(budget.refusedTotal, 1)
    assert.throws(() => budget.setDesks(0))
  })

  test('a pool that nobody has declared is a fault of the adapter', () => {
    const { budget } = newBudget()
    assert.throws(() => budget.take('data', [{ pool: 'else', weight: 1 }], null), /no pool/)
  })

  test('a budget that is spent down to its reserve is said for orders that are not made yet', () => {
    const actions: RequestPool = { ...address, name: 'actions', isBudget: true, scope: 'account' }
    const { budget } = newBudget([address, actions])
    assert.equal(budget.refusal, null)
    budget.used('actions', 8)
    assert.equal(budget.refusal, 'limit_address_budget')
    budget.used('actions', 0)
    assert.equal(budget.refusal, null)
  })
})
