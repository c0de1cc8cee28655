/** A limit of the fleet is latched first, then the drawdown of the sum of legs; then the day ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settings, silent } from '../../test/desk/desk-simulation.ts'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { Disk, MemoryJournal } from '../../test/support/memory-journal.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { AccountGuard } from '../desk/account-guard.ts'
import type { InstanceEntry } from '../desk/instance-entry.ts'
import type { Instances } from '../desk/instances.ts'
import { money, price, ratio } from '../domain/money.ts'
import { LegsRisk } from '../engine/legs-risk.ts'
import { OrderLoop } from '../engine/order-loop.ts'
import { silentLogger } from '../ports/logger.ts'
import type { LegsLimit as LimitMessage } from '../protocol/desk-messages.ts'
import type { InstanceKeeper } from './instance-keeper.ts'
import type { LegChannel } from './leg-channel.ts'
import { LegsLimit } from './legs-limit.ts'

test('the drawdown of the sum of legs holds both legs until an operator resumes one, whatever the fleet released', () => {
  const accountLimits = {
    positionsMax: 0,
    capitalUtilizationMax: 1e8,
    dailyLossMax: 0,
    drawdownMax: 0,
    notionalMax: null,
    onBreach: 'reduce_only' as const,
  }
  const MARK = price(15_000)
  const risk = new LegsRisk(
    { dailyLossMax: 0, drawdownMax: ratio(10_000_000), onBreach: 'reduce_only' } as never,
    'UTC',
    money(1000),
    null,
  )
  let equity = money(1000)
  const keeper = {
    engine: { lastAt: 1, ledger: { equity: () => equity } },
    risk,
    prices: [],
    save: () => {},
  } as unknown as InstanceKeeper
  const legs = [0, 1].map((index) => {
    const entries: InstanceEntry[] = []
    const guard = new AccountGuard({
      key: `a${index}`,
      clock: new VirtualClock(),
      journal: new MemoryJournal(new Disk()),
      instances: { all: () => entries.values() } as unknown as Instances,
      logger: silent,
    })
    const own = { ...settings, instance: `arb_${index}`, accountLimits }
    const loop = new OrderLoop({ ...own, instrument: testInstrument }, 0, {
      last: MARK,
      mark: MARK,
    })
    const channel = {
      index,
      view: { mode: loop.risk.mode },
      tell: (message: LimitMessage) => guard.onLegsLimit(entry, message),
    }
    const entry = {
      settings: own,
      instrument: testInstrument,
      loop,
      override: null,
      link: {
        send: (message: { type: string; mode: never }) => {
          if (message.type !== 'mode') return
          channel.view.mode = message.mode
          limit.onMode(channel as never)
        },
        close: () => {},
      },
    } as unknown as InstanceEntry
    entries.push(entry)
    guard.configure(own as never)
    return { guard, loop, channel }
  })
  const channels = legs.map(({ channel }) => channel) as unknown as readonly LegChannel[]
  const limit = new LegsLimit({ keeper, logger: silentLogger, channels })
  for (const { guard } of legs)
    guard.onFleet({ number: 1, latch: 'limit_fleet_daily_loss', grant: null } as never)
  assert.deepEqual(
    legs.map(({ loop }) => loop.risk.mode),
    ['reduce_only', 'reduce_only'],
  )
  equity = money(850)
  for (const one of channels) limit.heard(one)
  limit.look()
  assert.equal(risk.latch, 'limit_drawdown')
  for (const { guard } of legs) guard.onFleet({ number: 2, latch: null, grant: null } as never) // the next day
  assert.deepEqual(
    [risk.latch, ...legs.map(({ loop }) => loop.risk.mode)],
    ['limit_drawdown', 'reduce_only', 'reduce_only'],
    'nobody resumed anything',
  )
})
