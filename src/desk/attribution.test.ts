/** Many instances on one account: account = sum of the instances + unallocated + foreign, to the last unit, at every step. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { settings, silent } from '../../test/desk/desk-simulation.ts'
import { usdcInstrument } from '../../test/support/instruments.ts'
import { LedgerVenue } from '../../test/support/ledger-venue.ts'
import { Disk, MemoryJournal } from '../../test/support/memory-journal.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import type { Instrument } from '../domain/instrument.ts'
import { money } from '../domain/money.ts'
import { FLAT, unrealisedOf } from '../domain/position/position.ts'
import { AccountDesk } from './account-desk.ts'
import { accountStatus } from './status.ts'

const SOL = usdcInstrument({}, 'SOL')
const ETH = usdcInstrument({}, 'ETH')
/** Nobody of ours trades it. */
const XRP = usdcInstrument({}, 'XRP')
const CONTRACTS = [SOL, ETH, XRP]
const OPENING = 1_000_000_000_000

type Step =
  | {
      readonly kind: 'trade'
      readonly on: number
      readonly isBuy: boolean
      readonly lots: number
      readonly fee: number
    }
  | { readonly kind: 'fund'; readonly on: number; readonly amount: number }
  | { readonly kind: 'cash'; readonly amount: number }
  | { readonly kind: 'move'; readonly to: number }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'restart' }

const on = fc.nat(2)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      on,
      isBuy: fc.boolean(),
      lots: fc.integer({ min: 1, max: 90 }),
      fee: fc.integer({ min: -500, max: 70_001 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fund' as const),
      on,
      amount: fc.integer({ min: -9999, max: 9999 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cash' as const),
      amount: fc.integer({ min: -1_000_003, max: 1_000_003 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      to: fc.integer({ min: 10_001, max: 20_003 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'repeat' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
)

/** What the account must come to, counted a second time and in another way. */
class Model {
  readonly profits = new Map<Instrument, number>(CONTRACTS.map((one) => [one, 0]))
  cash = 0

  /** What fees, funding and closed positions of a contract have moved is what the balance has. */
  booked(instrument: Instrument, before: number, after: number): void {
    this.profits.set(instrument, (this.profits.get(instrument) ?? 0) + after - before)
  }
}

class World {
  readonly clock = new VirtualClock()
  readonly disk = new Disk()
  readonly venue = new LedgerVenue(CONTRACTS, money(OPENING))
  readonly model = new Model()
  desk!: AccountDesk

  async open(): Promise<void> {
    const { clock, venue, disk } = this
    const defer = (callback: () => void) => void clock.after(0, callback)
    this.desk = new AccountDesk({
      key: 'live-test-main',
      venue,
      journal: new MemoryJournal(disk),
      clock,
      logger: silent,
      defer,
    })
    await this.desk.start()
    for (const { symbol, base } of [SOL, ETH]) {
      const link = { send: () => {}, close: () => {} }
      const own = { ...settings, instance: base.toLowerCase(), symbol }
      await this.desk.hello(link, {
        type: 'hello',
        version: 1,
        token: '',
        settings: own,
        afterSeq: 0,
      })
    }
    await this.look()
  }

  async look(): Promise<void> {
    void this.desk.reconciler.run('test')
    await this.clock.advance(60)
  }

  async play(one: Step): Promise<void> {
    const { venue, model } = this
    const before = venue.balanceNow
    if (one.kind === 'cash') {
      venue.cash(one.amount)
      model.cash += one.amount
    } else if (one.kind === 'move') venue.move(one.to)
    else if (one.kind === 'repeat') venue.repeat()
    else if (one.kind === 'restart') {
      await this.desk.stop()
      this.clock.forget()
      await this.open()
    } else {
      const instrument = CONTRACTS[one.on] ?? SOL
      if (one.kind === 'fund') venue.fund(instrument, one.amount)
      else venue.trade(instrument, one.isBuy ? 'buy' : 'sell', one.lots, one.fee)
      model.booked(instrument, before, venue.balanceNow)
    }
    await this.clock.advance(5)
  }

  /** Profit of a contract: what it has moved in the balance, and what its position has won on mark. */
  profitOf(instrument: Instrument): number {
    const held = this.venue.positionsHeld.get(instrument.id) ?? FLAT
    const moved = this.model.profits.get(instrument) ?? 0
    return moved + unrealisedOf(instrument, held, this.venue.mark)
  }

  check(isLookedAt: boolean): void {
    const status = accountStatus(this.desk, 1)
    const [sol, eth] = ['sol', 'eth'].map((id) =>
      status.instances.find(({ instance }) => instance === id),
    )
    assert.deepEqual([sol?.pnl, eth?.pnl], [this.profitOf(SOL), this.profitOf(ETH)])
    const { instances, unallocated, foreign, account } = status.sums
    assert.equal(instances, this.profitOf(SOL) + this.profitOf(ETH))
    assert.equal(unallocated, OPENING + this.model.cash)
    assert.equal(account, instances + (unallocated ?? 0) + foreign)
    assert.equal(status.flows, this.model.cash)
    // What a trade of others has won is in the balance alone: it is known when the venue has been asked.
    if (!isLookedAt) return
    assert.equal(foreign, this.model.profits.get(XRP))
    const onMark = unrealisedOf(SOL, this.venue.positionsHeld.get(SOL.id) ?? FLAT, this.venue.mark)
    const onMarkToo = unrealisedOf(
      ETH,
      this.venue.positionsHeld.get(ETH.id) ?? FLAT,
      this.venue.mark,
    )
    assert.equal(account, this.venue.balanceNow + onMark + onMarkToo)
  }
}

test('account = sum of the instances + unallocated + foreign, exact to the last unit at every step', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }),
      async (steps) => {
        const world = new World()
        await world.open()
        for (const one of steps) {
          await world.play(one)
          world.check(false)
          await world.look()
          world.check(true)
        }
        await world.desk.stop()
      },
    ),
    { numRuns: 40 },
  )
})

test('another average entry price at the venue is told, and stops nothing', async () => {
  const world = new World()
  await world.open()
  world.venue.trade(SOL, 'buy', 50, 0)
  await world.look()
  assert.deepEqual(accountStatus(world.desk, 1).average_mismatches, [])
  const held = world.venue.positionsHeld.get(SOL.id) ?? FLAT
  world.venue.positionsHeld.set(SOL.id, { ...held, cost: money(Math.round(held.cost * 1.0002)) })
  await world.look()
  const { average_mismatches: told, instances } = accountStatus(world.desk, 1)
  assert.deepEqual([told, instances[0]?.mode], [[SOL.id], 'running'])
})

test('cash, and what others did, stand in the journal once, beside the events of the instances', async () => {
  const world = new World()
  await world.open()
  world.venue.cash(500)
  world.venue.trade(XRP, 'buy', 3, 7)
  world.venue.fund(XRP, -2)
  world.venue.repeat()
  world.venue.trade(SOL, 'buy', 1, 1)
  await world.clock.advance(50)
  await world.play({ kind: 'restart' })
  const booked = new MemoryJournal(world.disk).unowned(10).map(({ kind }) => kind)
  assert.deepEqual(booked, ['funding', 'fill', 'cash'])
  assert.equal(world.disk.events.length, 1)
  const { flows, sums } = accountStatus(world.desk, 1)
  assert.deepEqual([flows, sums.unallocated, sums.foreign], [500, OPENING + 500, -9])
})
