import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { settings, silent } from '../../test/desk/desk-simulation.ts'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { Disk, MemoryJournal } from '../../test/support/memory-journal.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { instrumentId, notionalOf } from '../domain/instrument.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { worstLots } from '../domain/risk.ts'
import { OrderLoop } from '../engine/order-loop.ts'
import { AccountGuard } from './account-guard.ts'
import type { InstanceEntry } from './instance-entry.ts'
import type { Instances } from './instances.ts'

const MARK = price(15_000)
const notionalOfLots = (lots: number): number =>
  notionalOf(testInstrument, MARK, quantity(lots), 'ceil')

/** Loops of one account under one guard, each on a contract of its own. */
function account(count: number, change: object) {
  const entries: InstanceEntry[] = []
  const instances = { all: () => entries.values() } as unknown as Instances
  const journal = new MemoryJournal(new Disk())
  const guard = new AccountGuard({
    key: 'paper-test-main',
    clock: new VirtualClock(),
    journal,
    instances,
    logger: silent,
  })
  const accountLimits = {
    positionsMax: 0,
    capitalUtilizationMax: 1e8,
    dailyLossMax: 0,
    drawdownMax: 0,
    notionalMax: null,
    onBreach: 'reduce_only' as const,
    ...change,
  }
  for (let i = 0; i < count; i++) {
    const instrument = { ...testInstrument, id: instrumentId('test', `C${i}/USDC:USDC`) }
    const own = { ...settings, instance: `bot_${i}`, accountLimits }
    const loop = new OrderLoop({ ...own, instrument }, 0, { last: MARK, mark: MARK })
    const entry = { settings: own, instrument, loop, override: null } as InstanceEntry
    entries.push(entry)
    guard.configure(own)
    loop.setAccount(() => guard.stateFor(entry))
  }
  const grant = guard.onFleet.bind(guard)
  return { entries, guard, grant }
}

let ids = 0
/** Wants lots on one side and plans; the placed orders stay unknown, which counts like open. */
function want(entry: InstanceEntry, side: 'buy' | 'sell', lots: number): number {
  const { loop, instrument } = entry
  const limit = price(side === 'buy' ? 14_900 : 15_100)
  const slot = `${side}${ids}`
  const common = { isPostOnly: true, isReduceOnly: false, trigger: null }
  const resting = {
    ...common,
    slot,
    instrument: instrument.id,
    side,
    price: limit,
    quantity: quantity(lots),
  }
  loop.applyWants(0, false, [{ kind: 'rest', want: resting }])
  return loop.plan(1, () => `x${ids++}` as ClientOrderId, null).places.length
}

const exposureOf = (entries: readonly InstanceEntry[]): number =>
  entries.reduce((sum, { loop }) => sum + notionalOfLots(worstLots(loop.exposure)), 0)

test('whatever the instances want, their worst cases together stay within the grant', () => {
  const one = fc.record({
    who: fc.nat(3),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    lots: fc.integer({ min: 1, max: 400 }),
  })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 900 }),
      fc.array(one, { maxLength: 25, size: 'max' }),
      (lots, wants) => {
        const limit = notionalOfLots(lots)
        const { entries, grant } = account(4, { notionalMax: money(1e15) })
        grant({ number: 1, latch: null, grant: { number: 1, amount: limit } })
        for (const { who, side, lots: wanted } of wants) {
          const entry = entries[who]
          if (entry) want(entry, side, wanted)
          assert.ok(exposureOf(entries) <= limit)
        }
      },
    ),
    { numRuns: 150 },
  )
})

test('an account opens no more positions than it may; the working ones go on', () => {
  const { entries } = account(3, { positionsMax: 2 })
  const [first, second, third] = entries as [InstanceEntry, InstanceEntry, InstanceEntry]
  assert.deepEqual(
    [want(first, 'buy', 1), want(second, 'sell', 1), want(third, 'buy', 1)],
    [1, 1, 0],
  )
  assert.ok(Object.values(third.loop.reasons()).includes('limit_account_positions'))
  assert.equal(want(first, 'sell', 1), 1)
})

test('margin of all instances is held against the equity of the account', () => {
  const { entries, guard } = account(2, {})
  const balance = money(notionalOfLots(100) / settings.leverage)
  guard.onBalance({ settle: 'USDC', equity: balance, balance }, [])
  const [first, second] = entries as [InstanceEntry, InstanceEntry]
  assert.deepEqual(
    [want(first, 'buy', 60), want(second, 'buy', 50), want(second, 'sell', 40)],
    [1, 0, 1],
  )
})

test('a latch of the account holds for an instance that comes later', () => {
  const { entries, grant } = account(1, {})
  grant({ number: 1, latch: 'limit_account_drawdown', grant: null })
  const [only] = entries as [InstanceEntry]
  only.loop.setMode('running')
  assert.equal(want(only, 'buy', 1), 0)
  assert.ok(Object.values(only.loop.reasons()).includes('limit_account_drawdown'))
})

test('an order counts from its approval on, before a byte of it has left: for instance, account and fleet', () => {
  const { entries, guard, grant } = account(2, { notionalMax: money(1e15) })
  grant({ number: 1, latch: null, grant: { number: 1, amount: notionalOfLots(100) } })
  const [first, second] = entries as [InstanceEntry, InstanceEntry]
  assert.equal(want(first, 'buy', 60), 1)
  assert.equal(first.loop.orders()[0]?.status, 'sent')
  assert.deepEqual(first.loop.exposure, { position: 0, buying: 60, selling: 0 })
  assert.equal(guard.stateFor(second)?.notionalOther, notionalOfLots(60))
  assert.equal(guard.report().used, notionalOfLots(60), 'what the fleet hears of')
  assert.deepEqual([want(second, 'buy', 41), want(second, 'buy', 40)], [0, 1])
})
