import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  PoolLevel,
  type QueuedRequest,
  type RequestPool,
  type RequestPriority,
  RequestQueue,
  requestPriorities,
  share,
} from './request-pool.ts'

interface Asked extends QueuedRequest {
  readonly name: number
  readonly askedAt: number
}

interface Left {
  readonly request: Asked
  readonly at: number
}

/** Plays requests against a queue; it is looked at when something is asked and when it says so. */
function play(pools: readonly RequestPool[], asked: readonly Asked[]) {
  const levels = new Map(pools.map((pool) => [pool.name, new PoolLevel(pool, 0)]))
  const queue = new RequestQueue<Asked>(levels)
  const left: Left[] = []
  const refused: { request: Asked; at: number; why: string }[] = []
  const rest = [...asked].sort((a, b) => a.askedAt - b.askedAt)
  let now = 0
  let nextAt: number | null = null
  for (let steps = 0; steps < 5000; steps++) {
    const coming = rest[0]?.askedAt ?? Number.POSITIVE_INFINITY
    now = Math.min(coming, nextAt === null ? Number.POSITIVE_INFINITY : Math.ceil(nextAt))
    if (!Number.isFinite(now)) break
    while (rest[0] !== undefined && rest[0].askedAt <= now) queue.add(rest.shift() as Asked)
    const served = queue.serve(now)
    for (const request of served.granted) left.push({ request, at: now })
    for (const { request, why } of served.refused) refused.push({ request, at: now, why })
    nextAt = served.nextAt === null ? null : Math.max(now + 1, served.nextAt)
  }
  return { left, refused, waiting: queue.length, levels }
}

const orders: RequestPool = {
  name: 'orders',
  capacity: 20,
  refillPerS: 10,
  reserve: 5,
  scope: 'account',
}

const oneRequest = fc.record({
  priority: fc.constantFrom(...requestPriorities),
  askedAt: fc.integer({ min: 0, max: 5000 }),
  weight: fc.integer({ min: 1, max: 6 }),
  patience: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: null }),
})

const asRequests = (
  given: readonly {
    priority: RequestPriority
    askedAt: number
    weight: number
    patience: number | null
  }[],
): Asked[] =>
  given.map(({ priority, askedAt, weight, patience }, name) => ({
    name,
    priority,
    askedAt,
    costs: [{ pool: 'orders', weight }],
    deadlineAt: patience === null ? null : askedAt + patience,
  }))

const weightOf = ({ request }: Left): number => request.costs[0]?.weight ?? 0

describe('requests in line for the allowance of a venue', () => {
  test('no window passes more than the pool allows', () => {
    fc.assert(
      fc.property(fc.array(oneRequest, { maxLength: 60, size: 'max' }), (given) => {
        const { left } = play([orders], asRequests(given))
        for (let from = 0; from < left.length; from++) {
          let sum = 0
          for (const one of left.slice(from)) {
            sum += weightOf(one)
            const windowS = (one.at - (left[from] as Left).at) / 1000
            assert.ok(sum <= orders.capacity + windowS * orders.refillPerS + 1e-5)
          }
        }
      }),
      { numRuns: 150 },
    )
  })

  test('what is asked leaves by its deadline or is refused, and nothing is forgotten', () => {
    fc.assert(
      fc.property(fc.array(oneRequest, { maxLength: 60, size: 'max' }), (given) => {
        const { left, refused, waiting } = play([orders], asRequests(given))
        for (const { request, at } of left)
          assert.ok(request.deadlineAt === null || at <= request.deadlineAt)
        for (const { request } of refused) assert.notEqual(request.deadlineAt, null)
        assert.equal(waiting, 0)
        assert.equal(left.length + refused.length, given.length)
      }),
      { numRuns: 150 },
    )
  })

  test('cancels within the reserve are never delayed, whatever placements and queries wait', () => {
    const flood = fc.record({
      priority: fc.constantFrom('place' as const, 'data' as const, 'reconcile' as const),
      askedAt: fc.integer({ min: 0, max: 4000 }),
      weight: fc.integer({ min: 1, max: 6 }),
      patience: fc.constant(null),
    })
    // Four at once each half second: within the reserve, and less than comes back meanwhile.
    const cancels = Array.from({ length: 40 }, (_, i) => ({
      priority: i % 3 === 0 ? ('reduce' as const) : ('cancel' as const),
      askedAt: Math.floor(i / 4) * 500,
      weight: 1,
      patience: null,
    }))
    fc.assert(
      fc.property(fc.array(flood, { maxLength: 80, size: 'max' }), (given) => {
        const { left } = play([orders], asRequests([...given, ...cancels]))
        for (const { request, at } of left)
          if (request.priority === 'cancel' || request.priority === 'reduce')
            assert.equal(at, request.askedAt)
      }),
      { numRuns: 100 },
    )
  })

  test('of what waits the most urgent goes first, of one urgency the oldest', () => {
    const wait = (priority: RequestPriority, askedAt: number) => ({
      priority,
      askedAt,
      weight: 5,
      patience: null,
    })
    const { left } = play(
      [orders],
      asRequests([
        ...[0, 0, 0].map(() => wait('data', 0)),
        wait('data', 1),
        wait('place', 2),
        wait('place', 3),
        wait('reconcile', 4),
        wait('cancel', 5),
      ]),
    )
    assert.deepEqual(
      left.slice(3).map(({ request }) => request.name),
      [7, 6, 4, 5, 3],
    )
  })

  test('who waits for one pool does not hold up another', () => {
    const slow: RequestPool = {
      name: 'slow',
      capacity: 1,
      refillPerS: 0.1,
      reserve: 0,
      scope: 'account',
    }
    const ask = (name: number, pool: string) => ({
      name,
      priority: 'place' as const,
      askedAt: name,
      costs: [{ pool, weight: 1 }],
      deadlineAt: null,
    })
    const { left } = play([orders, slow], [ask(0, 'slow'), ask(1, 'slow'), ask(2, 'orders')])
    assert.deepEqual(
      left.map(({ request, at }) => [request.name, at]),
      [
        [0, 0],
        [2, 2],
        [1, 10_000],
      ],
    )
  })

  test('a blocked pool lets nothing through until then, cancels neither', () => {
    const level = new PoolLevel(orders, 0)
    level.block(3000)
    for (const priority of requestPriorities)
      assert.equal(level.readyAt(1, priority, 10), 3000, priority)
    assert.equal(level.readyAt(1, 'cancel', 3001), 3001)
  })

  test('the venue knows better how much is used', () => {
    const level = new PoolLevel(orders, 0)
    level.used(19, 0)
    assert.equal(level.readyAt(1, 'cancel', 0), 0)
    assert.equal(level.readyAt(1, 'place', 0), 500)
    level.used(2, 0)
    assert.equal(level.levelAt(0), 1)
  })

  test('a budget near its end keeps its reserve: placements are refused at once, cancels go', () => {
    const budget: RequestPool = {
      name: 'orders',
      capacity: 10_000,
      refillPerS: 0.1,
      reserve: 500,
      scope: 'account',
      isBudget: true,
    }
    const levels = new Map([['orders', new PoolLevel(budget, 0)]])
    levels.get('orders')?.used(9500, 0)
    const queue = new RequestQueue<Asked>(levels)
    const ask = (priority: RequestPriority, name: number): Asked => ({
      name,
      priority,
      askedAt: 0,
      costs: [{ pool: 'orders', weight: 1 }],
      deadlineAt: null,
    })
    for (const [i, priority] of requestPriorities.entries()) queue.add(ask(priority, i))
    const { granted, refused } = queue.serve(0)
    assert.deepEqual(
      granted.map(({ priority }) => priority),
      ['cancel', 'reduce'],
    )
    assert.deepEqual([...new Set(refused.map(({ why }) => why))], ['limit_address_budget'])
    // More was earned by trading: the venue says so, and the pool holds more than it was declared with.
    levels.get('orders')?.used(-2000, 0)
    assert.equal(levels.get('orders')?.levelAt(10), 12_000)
    assert.equal(levels.get('orders')?.isSpent(1, 10), false)
  })

  test('shares of an address together are no more than the whole', () => {
    const address: RequestPool = { ...orders, scope: 'address' }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (parts) => {
        const part = share(address, parts)
        assert.ok(part.capacity * parts <= address.capacity)
        assert.ok(part.refillPerS * parts <= address.refillPerS + 1e-9)
        assert.ok(part.reserve <= part.capacity)
      }),
    )
    assert.equal(share(orders, 7), orders)
  })
})
