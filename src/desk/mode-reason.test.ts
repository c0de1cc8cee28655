/** Why an instance is held and since when: kept with its mode, told to its bot, over restarts of the desk. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BotDouble, newBotDisk } from '../../test/desk/bot-double.ts'
import { settings, silent } from '../../test/desk/desk-simulation.ts'
import { FaultVenue, noFaults, testInstrument, VenueBooks } from '../../test/support/fault-venue.ts'
import { Disk, MemoryJournal } from '../../test/support/memory-journal.ts'
import { Random } from '../../test/support/random.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { causeText, type ModeCause } from '../domain/mode-cause.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { ClientOrderId, Fill } from '../domain/order.ts'
import { OrderLoop } from '../engine/order-loop.ts'
import type { DeskToBot } from '../protocol/desk-messages.ts'
import { AccountDesk } from './account-desk.ts'
import { AccountGuard } from './account-guard.ts'
import type { InstanceEntry } from './instance-entry.ts'
import type { Instances } from './instances.ts'

const NOON = Date.parse('2026-11-21T12:00:00Z')
const DAY = 86_400_000

test('a kill keeps its reason and its time over a restart of the desk, and a second one changes neither', async () => {
  const clock = new VirtualClock()
  const disk = new Disk()
  const books = new VenueBooks()
  const botDisk = newBotDisk()
  const open = async () => {
    const journal = new MemoryJournal(disk)
    const venue = new FaultVenue(books, clock, new Random(7), { ...noFaults }, () => true)
    const defer = (callback: () => void) => void clock.after(0, callback)
    const parts = { key: 'paper-test-main', venue, journal, clock, logger: silent, defer }
    const desk = new AccountDesk(parts)
    await desk.start()
    await new BotDouble(botDisk, settings, clock).connect(desk)
    await clock.advance(500)
    const entry = desk.entries.get(settings.instance)
    assert.ok(entry)
    return { desk, entry, venue }
  }
  const { desk, entry, venue } = await open()
  const since = clock.wallMs()
  await desk.operator.command(entry, 'kill')
  await clock.advance(1000)
  await desk.operator.command(entry, 'kill')
  await desk.operator.command(entry, 'pause')
  assert.deepEqual([entry.loop.risk.cause?.kind, entry.loop.risk.cause?.since], ['kill', since])
  await clock.advance(1000)
  clock.forget()
  venue.isDead = true
  const again = await open()
  const { cause, mode } = again.entry.loop.risk
  assert.deepEqual([mode, cause?.kind, cause?.since], ['killed', 'kill', since])
})

test('a strategy that failed halts its instance: told over a restart, released by resume', async () => {
  const clock = new VirtualClock()
  const disk = new Disk()
  const books = new VenueBooks()
  const botDisk = newBotDisk()
  const open = async () => {
    const journal = new MemoryJournal(disk)
    const venue = new FaultVenue(books, clock, new Random(7), { ...noFaults }, () => true)
    const defer = (callback: () => void) => void clock.after(0, callback)
    const parts = { key: 'paper-test-main', venue, journal, clock, logger: silent, defer }
    const desk = new AccountDesk(parts)
    await desk.start()
    await new BotDouble(botDisk, settings, clock).connect(desk)
    await clock.advance(2000)
    const entry = desk.entries.get(settings.instance)
    assert.ok(entry)
    return { desk, entry, venue }
  }
  const { desk, entry, venue } = await open()
  desk.operator.strategyFailed(entry, 'own.ts failed: boom\nforged, in on().')
  await clock.advance(2000)
  clock.forget()
  venue.isDead = true
  const again = await open()
  const { cause, mode, latch } = again.entry.loop.risk
  assert.equal(mode, 'halted')
  const why = 'its strategy failed: own.ts failed: boom forged, in on()'
  assert.equal(causeText(mode, cause, latch), why)
  await again.desk.operator.command(again.entry, 'resume')
  assert.equal(again.entry.loop.risk.mode, 'running')
  await again.desk.operator.command(again.entry, 'kill')
  again.desk.operator.strategyFailed(again.entry, 'own.ts failed.')
  assert.equal(again.entry.loop.risk.mode, 'killed')
})

/** One instance under a daily limit of 1 %, long by 100 lots at 15,000. */
function limited() {
  const said: DeskToBot[] = []
  const limits = {
    ...settings.limits,
    dailyLossMax: 1e6,
    drawdownMax: 0,
    onBreach: 'halt' as const,
  }
  const own = { ...settings, limits }
  const mark = { last: price(15_000), mark: price(15_000) }
  const loop = new OrderLoop({ ...own, instrument: testInstrument }, NOON, mark)
  const link = { send: (message: DeskToBot) => void said.push(message), close() {} }
  const entry = {
    settings: own,
    instrument: testInstrument,
    loop,
    override: null,
    ending: null,
    link,
  }
  const entries = [entry as unknown as InstanceEntry]
  const instances = { all: () => entries.values() } as unknown as Instances
  const clock = new VirtualClock()
  const journal = new MemoryJournal(new Disk())
  const guard = new AccountGuard({ key: 'k', clock, journal, instances, logger: silent })
  const fill: Fill = {
    id: 'f1',
    at: NOON,
    instrument: testInstrument.id,
    clientId: 'x' as ClientOrderId,
    side: 'buy',
    price: price(15_000),
    quantity: quantity(100),
    fee: money(0),
    isMaker: true,
  }
  loop.risk.bookFill(fill)
  const move = (at: number, to: number) => {
    const event = { kind: 'price', at, instrument: testInstrument.id } as const
    const value = { last: price(to), mark: price(to) }
    guard.onPrice(entry as unknown as InstanceEntry, { ...event, price: value })
  }
  return { loop, said, clock, move }
}

test('a limit is told with its figures, to the bot too, and a new day forgets it', () => {
  const { loop, said, clock, move } = limited()
  const lossOfAll = 15_000 * 100 * testInstrument.moneyPerUnit
  assert.ok(lossOfAll > settings.capital / 100, 'the position can lose more than the limit')
  move(NOON, 1)
  const { cause, mode } = loop.risk
  assert.equal(mode, 'halted')
  assert.deepEqual(
    [cause?.kind, cause?.since, cause?.limit?.whose],
    ['limit', clock.wallMs(), 'instance'],
  )
  const { figures } = cause?.limit ?? {}
  assert.equal(figures?.base, settings.capital)
  assert.equal(figures?.allowed, Math.floor(settings.capital / 100))
  assert.equal(figures?.equity, loop.risk.equity())
  assert.deepEqual(said, [{ type: 'mode', mode: 'halted', reason: causeText(mode, cause) }])
  move(NOON + DAY, 1)
  assert.deepEqual([loop.risk.mode, loop.risk.cause], ['running', null])
})

test('what an operator closes stays closed over the day, also when a limit is reached in the closing', () => {
  const { loop, move } = limited()
  const cause: ModeCause = { kind: 'close', since: 1, marketAt: NOON, limit: null }
  loop.setMode('halted', cause)
  move(NOON, 1)
  assert.deepEqual([loop.risk.mode, loop.risk.cause], ['halted', cause])
  move(NOON + DAY, 1)
  assert.deepEqual([loop.risk.mode, loop.risk.cause], ['halted', cause])
})

test('a close of what a limit has halted is the reason from then on', () => {
  const { loop, move } = limited()
  move(NOON, 1)
  loop.setMode('halted', { kind: 'close', since: 5, marketAt: NOON, limit: null })
  assert.equal(loop.risk.cause?.kind, 'close')
})
