/** Losing round trips reach the desk's limit by a fill, not by a price: latched, told, and kept with the event. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BotDouble, newBotDisk } from '../../test/desk/bot-double.ts'
import { settings, silent } from '../../test/desk/desk-simulation.ts'
import { FaultVenue, noFaults, testInstrument, VenueBooks } from '../../test/support/fault-venue.ts'
import { Disk, MemoryJournal } from '../../test/support/memory-journal.ts'
import { Random } from '../../test/support/random.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { Side } from '../domain/order.ts'
import { AccountDesk } from './account-desk.ts'

test('the second losing trip latches when one is allowed, and stays latched over a restart', async () => {
  const clock = new VirtualClock()
  const disk = new Disk()
  const books = new VenueBooks()
  const limited = { ...settings, limits: { ...settings.limits, consecutiveLossesMax: 1 } }
  const open = async () => {
    const journal = new MemoryJournal(disk)
    const random = new Random(7)
    const venue = new FaultVenue(books, clock, random, { ...noFaults }, (id) => disk.rows.has(id))
    const defer = (callback: () => void) => void clock.after(0, callback)
    const desk = new AccountDesk({ key: 'a', venue, journal, clock, logger: silent, defer })
    await desk.start()
    await new BotDouble(newBotDisk(), limited, clock).connect(desk)
    await clock.advance(500)
    const entry = desk.entries.get(limited.instance)
    assert.ok(entry)
    return { desk, risk: entry.loop.risk }
  }
  const { desk, risk } = await open()
  const fill = (side: Side, at: number) => {
    const venueSeq = desk.venueSeq + 1
    const one = { id: `f${venueSeq}`, at: 1, instrument: testInstrument.id, clientId: null, side }
    const terms = { price: price(at), quantity: quantity(10), fee: money(0), isMaker: true }
    const event = { kind: 'fill', venueSeq, at: 1, isLiquidation: false } as const
    desk.onAccount([{ ...event, fill: { ...one, ...terms } }])
  }
  for (const at of [14_990, 14_980]) {
    assert.equal(risk.mode, 'running')
    fill('buy', 15_000)
    fill('sell', at)
  }
  assert.deepEqual([risk.mode, risk.latch], ['reduce_only', 'limit_consecutive_losses'])
  assert.equal(risk.cause?.limit?.code, 'limit_consecutive_losses')
  await clock.advance(50)
  const again = await open()
  assert.deepEqual([again.risk.mode, again.risk.losses], ['reduce_only', 2])
})
