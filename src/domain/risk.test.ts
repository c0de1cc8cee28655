/** The risk gate: tables of what passes in which state, limits at their very boundary, and properties of exposure. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { testInstrument } from '../../test/support/fault-venue.ts'
import type { AccountState } from './account-risk.ts'
import type { InstanceMode } from './instance-mode.ts'
import { notionalOf } from './instrument.ts'
import { type Money, money, price, quantity, ratio } from './money.ts'
import type { ClientOrderId, OrderRequest, Origin, Side } from './order.ts'
import {
  ApprovedIntent,
  approveReduction,
  checkIntent,
  type Exposure,
  type GateState,
  isReducing,
  reachedLimit,
  reasonOfMode,
  worstLots,
} from './risk.ts'

const MARK = price(15_000)
const WHOLE = ratio(100_000_000)
/** What lots are worth at mark. */
const worth = (lots: number): Money => notionalOf(testInstrument, MARK, quantity(lots), 'ceil')

const exposed = (position: number, buying = 0, selling = 0): Exposure => ({
  position: quantity(position),
  buying: quantity(buying),
  selling: quantity(selling),
})

const openGate: GateState = {
  instrument: testInstrument,
  mode: 'running',
  latch: null,
  isReconciled: true,
  isMismatched: false,
  limits: {
    positionSizeMax: WHOLE,
    positionNotionalMax: null,
    dailyLossMax: 0,
    drawdownMax: 0,
    capitalUtilizationMax: WHOLE,
    onBreach: 'halt',
  },
  leverage: 1,
  equity: worth(100),
  mark: MARK,
  exposure: exposed(0),
  account: null,
}

const order = (side: Side, lots: number | 'position', change: Partial<OrderRequest> = {}) =>
  ({
    instrument: testInstrument.id,
    side,
    kind: 'limit',
    price: MARK,
    quantity: lots === 'position' ? lots : quantity(lots),
    timeInForce: 'gtc',
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
    ...change,
  }) satisfies OrderRequest

const slot: Origin = { kind: 'slot', slot: 'S' }

/** `passes`, or the reason. */
function judged(
  request: OrderRequest,
  change: Partial<GateState> = {},
  origin: Origin = slot,
): string {
  const intent = { clientId: 'id' as ClientOrderId, instance: 'a', origin, request }
  const verdict = checkIntent(intent, { ...openGate, ...change }, null)
  return 'refused' in verdict ? verdict.refused : 'passes'
}

const stop = { trigger: { kind: 'stop', price: price(14_000), by: 'mark' } } as const

describe('modes and kinds of orders', () => {
  const held = { exposure: exposed(50) }
  const kinds: Readonly<Record<string, { request: OrderRequest; origin?: Origin }>> = {
    raising: { request: order('buy', 10) },
    'raising for an operator': { request: order('buy', 10), origin: { kind: 'operator' } },
    'raising with a trigger': { request: order('buy', 10, stop) },
    turning: { request: order('sell', 51) },
    reducing: { request: order('sell', 50) },
    'reduce-only': { request: order('sell', 60, { isReduceOnly: true }) },
    'reducing for an operator': {
      request: order('sell', 50, { isReduceOnly: true }),
      origin: { kind: 'operator' },
    },
    'protective, in lots': { request: order('sell', 50, { ...stop, isReduceOnly: true }) },
    'protective, whole position': { request: order('sell', 'position', stop) },
  }
  const isRising = (name: string): boolean => /raising|turning/.test(name)
  const passesHalted = new Set([
    'reducing for an operator',
    'protective, in lots',
    'protective, whole position',
  ])

  for (const mode of [
    'running',
    'paused',
    'reduce_only',
    'halted',
    'killed',
    'disarmed',
  ] satisfies InstanceMode[])
    test(`${mode}: what may be sent`, () => {
      for (const [name, { request, origin }] of Object.entries(kinds)) {
        const mayPass =
          mode === 'running' || (!isRising(name) && (mode !== 'halted' || passesHalted.has(name)))
        const expected = mayPass ? 'passes' : reasonOfMode(mode)
        assert.equal(judged(request, { ...held, mode }, origin), expected, name)
      }
    })

  for (const [reason, change] of [
    ['limit_daily_loss', { latch: 'limit_daily_loss' }],
    ['reconciling', { isReconciled: false }],
    ['position_mismatch', { isMismatched: true }],
    ['limit_account_drawdown', { account: accountOf({ latch: 'limit_account_drawdown' }) }],
  ] as const satisfies readonly (readonly [string, Partial<GateState>])[])
    test(`${reason}: nothing raises the position, whatever reduces it passes`, () => {
      for (const [name, { request, origin }] of Object.entries(kinds)) {
        const expected = isRising(name) ? reason : 'passes'
        assert.equal(judged(request, { ...held, ...change }, origin), expected, name)
      }
    })

  test('of several reasons the first that people can act on is told', () => {
    const all = {
      mode: 'paused',
      isReconciled: false,
      isMismatched: true,
      latch: 'limit_drawdown',
      account: accountOf({ latch: 'limit_account_daily_loss' }),
    } as const
    const reasons: string[] = []
    for (const lifted of [
      {},
      { mode: 'running' },
      { isReconciled: true },
      { isMismatched: false },
      { latch: null },
      { account: null },
    ] as const satisfies readonly Partial<GateState>[]) {
      Object.assign(all, lifted)
      reasons.push(judged(order('buy', 1), all))
    }
    assert.deepEqual(reasons, [
      'paused',
      'reconciling',
      'position_mismatch',
      'limit_drawdown',
      'limit_account_daily_loss',
      'passes',
    ])
  })
})

function accountOf(change: Omit<Partial<AccountState>, 'limits'> & { positionsMax?: number } = {}) {
  const { positionsMax = 0, ...rest } = change
  return {
    limits: {
      positionsMax,
      capitalUtilizationMax: WHOLE,
      dailyLossMax: 0,
      drawdownMax: 0,
      notionalMax: null,
      onBreach: 'halt',
    },
    latch: null,
    notionalMax: null,
    notionalOther: money(0),
    marginOther: money(0),
    positionsOther: 0,
    equity: worth(1_000_000),
    ...rest,
  } satisfies AccountState
}

describe('limits: exactly at the limit passes, one lot more is refused', () => {
  const { limits } = openGate
  const half = ratio(50_000_000)
  const rich = worth(1_000_000)
  const cases: Readonly<Record<string, [string, number, Partial<GateState>]>> = {
    'share of equity': ['limit_position', 100, {}],
    'share of equity, leverage 4': ['limit_position', 400, { leverage: 4 }],
    'a tenth of equity': [
      'limit_position',
      10,
      { limits: { ...limits, positionSizeMax: ratio(10_000_000) } },
    ],
    notional: [
      'limit_notional',
      70,
      { equity: rich, limits: { ...limits, positionNotionalMax: worth(70) } },
    ],
    'margin, half of equity': [
      'limit_capital',
      50,
      { limits: { ...limits, capitalUtilizationMax: half } },
    ],
    'margin, half of equity, leverage 4': [
      'limit_capital',
      200,
      { leverage: 4, limits: { ...limits, capitalUtilizationMax: half } },
    ],
    'notional of the account beside the others': [
      'limit_account_notional',
      30,
      {
        equity: rich,
        account: accountOf({ notionalMax: worth(100), notionalOther: worth(70) }),
      },
    ],
    'margin of the account beside the others': [
      'limit_account_capital',
      40,
      { equity: rich, account: accountOf({ equity: worth(100), marginOther: worth(60) }) },
    ],
    'margin of the account, leverage 2': [
      'limit_account_capital',
      80,
      {
        equity: rich,
        leverage: 2,
        account: accountOf({ equity: worth(100), marginOther: worth(60) }),
      },
    ],
  }

  for (const [name, [reason, most, change]] of Object.entries(cases))
    test(name, () => {
      for (const side of ['buy', 'sell'] as const) {
        const at = (lots: number, exposure = exposed(0)) =>
          judged(order(side, lots), { ...change, exposure })
        assert.deepEqual([at(most), at(most + 1)], ['passes', reason], side)
        // The figures say what was compared: they part by what one lot too many needs.
        const state = { ...openGate, ...change, exposure: exposed(0) }
        const reached = reachedLimit(order(side, most + 1), state)
        const { found = 0, allowed = 0 } = reached?.figures ?? {}
        assert.equal(reached?.code, reason)
        assert.ok(found > allowed && found - allowed <= worth(1), `${found} ${allowed}`)
        // Held, open and unknown count alike; the other side of the book does not help.
        const sign = side === 'buy' ? 1 : -1
        const working = (lots: number, other = 0) =>
          side === 'buy' ? exposed(sign * 5, lots, other) : exposed(sign * 5, other, lots)
        assert.deepEqual(
          [at(most - 8, working(3)), at(most - 7, working(3))],
          ['passes', reason],
          `${side}, 5 held and 3 working`,
        )
        assert.equal(at(most - 7, working(3, 4)), reason, 'what works on the other side is no room')
        // Through zero: what is held on the other side is closed first.
        const turned = exposed(-sign * 20)
        assert.deepEqual([at(most + 20, turned), at(most + 21, turned)], ['passes', reason], 'flip')
      }
    })

  test('an account opens no more positions than it may, and lets those that work go on', () => {
    const at = (positionsOther: number, exposure = exposed(0)) =>
      judged(order('buy', 1), { exposure, account: accountOf({ positionsMax: 2, positionsOther }) })
    assert.deepEqual([at(1), at(2)], ['passes', 'limit_account_positions'])
    for (const exposure of [exposed(1), exposed(-5), exposed(0, 1), exposed(0, 0, 1)])
      assert.equal(at(2, exposure), 'passes')
    assert.equal(judged(order('buy', 1), { account: accountOf({ positionsOther: 99 }) }), 'passes')
  })

  test('what an account holds beyond its own limit may be reduced and not raised', () => {
    const account = accountOf({ notionalMax: worth(10), notionalOther: worth(30) })
    assert.equal(
      judged(order('buy', 1), { account, exposure: exposed(5) }),
      'limit_account_notional',
    )
    assert.equal(judged(order('sell', 5), { account, exposure: exposed(5) }), 'passes')
    assert.equal(
      judged(order('sell', 6), { account, exposure: exposed(5) }),
      'limit_account_notional',
    )
  })

  test('an equity that is gone allows nothing but reducing, and no number is too large to be judged', () => {
    assert.equal(judged(order('buy', 1), { equity: money(-5) }), 'limit_position')
    assert.equal(judged(order('buy', 1), { equity: money(0) }), 'limit_position')
    assert.equal(judged(order('sell', 9), { equity: money(-5), exposure: exposed(9) }), 'passes')
    assert.equal(
      judged(order('buy', 1e15), { equity: money(9e15), leverage: 100 }),
      'limit_position',
    )
  })
})

describe('reducing', () => {
  test('one lot more than is held, or than what works on that side leaves, is no reduction', () => {
    for (const [side, held] of [
      ['sell', 10],
      ['buy', -10],
    ] as const) {
      const working = side === 'sell' ? exposed(held, 0, 4) : exposed(held, 4, 0)
      const is = (lots: number, exposure: Exposure) => isReducing(order(side, lots), exposure)
      assert.deepEqual([is(10, exposed(held)), is(11, exposed(held))], [true, false])
      assert.deepEqual([is(6, working), is(7, working)], [true, false])
      assert.equal(is(1, exposed(0)), false)
      assert.equal(is(1, exposed(-held)), false)
    }
  })

  const lots = fc.integer({ min: 0, max: 60 })
  const some = fc.record({
    position: fc.integer({ min: -60, max: 60 }),
    buying: lots,
    selling: lots,
    side: fc.constantFrom('buy' as const, 'sell' as const),
    wanted: fc.integer({ min: 1, max: 120 }),
  })

  test('whatever of an approved reduction and of its side fills, |position| never grows and never turns', () => {
    const property = fc.property(
      some,
      fc.nat(60),
      ({ position, buying, selling, side, wanted }, filled) => {
        const exposure = exposed(position, buying, selling)
        if (!isReducing(order(side, wanted), exposure)) return
        const ahead = Math.min(filled, side === 'buy' ? buying : selling)
        for (const traded of [ahead, ahead + wanted]) {
          const after = position + (side === 'buy' ? traded : -traded)
          assert.ok(Math.abs(after) <= Math.abs(position))
          assert.ok(after === 0 || Math.sign(after) === Math.sign(position))
        }
      },
    )
    fc.assert(property, { numRuns: 2000 })
  })

  test('whatever fills of what the gate let pass, the position stays within the limit or shrinks', () => {
    const property = fc.property(
      some,
      fc.nat(1_000_000),
      ({ position, buying, selling, side, wanted }, dice) => {
        const exposure = exposed(position, buying, selling)
        if (judged(order(side, wanted), { exposure }) !== 'passes') return
        // Any part of either side may fill, in any order.
        const bought = dice % (buying + (side === 'buy' ? wanted : 0) + 1)
        const sold = (dice >> 8) % (selling + (side === 'sell' ? wanted : 0) + 1)
        const after = position + bought - sold
        const before = worstLots(exposure)
        assert.ok(Math.abs(after) <= Math.max(100, before), `${after}`)
        // On its own side the order leads no further than the limit, or no further than what was possible.
        const own = side === 'buy' ? position + buying + wanted : selling + wanted - position
        assert.ok(own <= 100)
      },
    )
    fc.assert(property, { numRuns: 2000 })
  })

  test('worst: everything on one side fills, nothing on the other', () => {
    const table: readonly (readonly [Exposure, number])[] = [
      [exposed(0), 0],
      [exposed(5), 5],
      [exposed(-5), 5],
      [exposed(5, 3, 1), 8],
      [exposed(5, 1, 30), 25],
      [exposed(-5, 30, 1), 25],
      [exposed(-5, 1, 3), 8],
    ]
    for (const [exposure, expected] of table) assert.equal(worstLots(exposure), expected)
  })
})

test('a session without a desk lets through reduce-only orders of an operator alone', () => {
  const intent = (request: OrderRequest, origin: Origin) => ({
    clientId: 'id' as ClientOrderId,
    instance: 'a',
    origin,
    request,
  })
  const reduction = order('sell', 5, { isReduceOnly: true })
  const approved = approveReduction(intent(reduction, { kind: 'operator' }), 7)
  assert.deepEqual([ApprovedIntent.isApproved(approved), approved.expiresAt], [true, 7])
  assert.throws(() => approveReduction(intent(order('sell', 5), { kind: 'operator' }), null))
  assert.throws(() => approveReduction(intent(reduction, slot), null))
  assert.equal(ApprovedIntent.isApproved({ intent: approved.intent, expiresAt: 7 }), false)
})
