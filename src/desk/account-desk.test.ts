import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BotDouble, newBotDisk } from '../../test/desk/bot-double.ts'
import { newCounters, settings, silent } from '../../test/desk/desk-simulation.ts'
import { FaultVenue, noFaults, testInstrument, VenueBooks } from '../../test/support/fault-venue.ts'
import { Disk, MemoryJournal } from '../../test/support/memory-journal.ts'
import { Random } from '../../test/support/random.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { price, quantity } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { AccountDesk } from './account-desk.ts'

async function world() {
  const clock = new VirtualClock()
  const disk = new Disk()
  const books = new VenueBooks()
  const random = new Random(7)
  const botDisk = newBotDisk()
  const open = async () => {
    const journal = new MemoryJournal(disk)
    const venue = new FaultVenue(books, clock, random, { ...noFaults }, (id) => disk.rows.has(id))
    const desk = new AccountDesk({
      key: 'paper-test-main',
      venue,
      journal,
      clock,
      logger: silent,
      defer: (callback) => void clock.after(0, callback),
    })
    await desk.start()
    const bot = new BotDouble(botDisk, settings, clock)
    await bot.connect(desk)
    await clock.advance(500)
    return { journal, venue, desk, bot }
  }
  return { clock, disk, books, random, open, ...(await open()) }
}

const openOrders = (books: VenueBooks) =>
  [...books.orders.values()].filter((order) => order.status === 'open')
const entryOf = (desk: AccountDesk) => {
  const entry = desk.entries.get('bot_01')
  assert.ok(entry)
  return entry
}

describe('account desk', () => {
  test('six cells rest six orders, each with an intent before it left', async () => {
    const { books, disk } = await world()
    assert.equal(openOrders(books).length, 6)
    assert.equal(disk.rows.size, 6)
    assert.ok(newCounters().orders === 0)
  })

  test('a full disk sends nothing, keeps what came in, and goes on when there is room', async () => {
    const { books, journal, clock, random, venue, disk } = await world()
    journal.isFull = true
    books.move(14_850, random)
    venue.tick()
    await clock.advance(3000)
    const before = books.orders.size
    assert.equal(disk.fillIds.size, 0, 'nothing was booked')
    await clock.advance(5000)
    assert.equal(books.orders.size, before, 'no order left')
    journal.isFull = false
    await clock.advance(15_000)
    assert.ok(disk.fillIds.size > 0)
    assert.ok(books.orders.size > before)
  })

  test('a full disk does not keep orders from being cancelled', async () => {
    const { books, journal, clock, desk } = await world()
    journal.isFull = true
    desk.setMode(entryOf(desk), 'killed', 'flatten')
    await clock.advance(2000)
    assert.equal(openOrders(books).length, 0)
  })

  test('stop cancels every order and answers when the venue has none left', async () => {
    const { books, clock, desk } = await world()
    let canceled = -1
    desk.end(entryOf(desk), 'stop', 'cancel', 'keep', (count) => {
      canceled = count
    })
    await clock.advance(1000)
    assert.equal(canceled, 6)
    assert.equal(openOrders(books).length, 0)
  })

  test('what a bot said before it heard of its end places nothing', async () => {
    const { books, clock, desk } = await world()
    const entry = entryOf(desk)
    let isEnded = false
    desk.end(entry, 'stop', 'cancel', 'keep', () => {
      isEnded = true
    })
    while (!isEnded) await clock.advance(1)
    const want = {
      slot: 'B14700',
      instrument: testInstrument.id,
      side: 'buy',
      price: price(14_700),
      quantity: quantity(100),
      isPostOnly: true,
      isReduceOnly: false,
      trigger: null,
    } as const
    const changes = [{ kind: 'rest', want } as const]
    const rest = { step: null, replace: true, wakes: null, finish: null }
    desk.wants(entry, { type: 'wants', basisSeq: entry.loop.handedSeq, changes, ...rest })
    await clock.advance(3000)
    assert.equal(openOrders(books).length, 0)
  })

  test('stop with keep leaves the orders, and a lost bot does not withdraw them', async () => {
    const { books, clock, desk, bot } = await world()
    desk.end(entryOf(desk), 'stop', 'keep', 'keep', () => {})
    bot.isDead = true
    await clock.advance(40_000)
    assert.equal(openOrders(books).length, 6)
  })

  test('a bot that is silent for 15 s loses what could raise the position', async () => {
    const { books, clock, bot } = await world()
    bot.isDead = true
    await clock.advance(14_000)
    assert.equal(openOrders(books).length, 6)
    await clock.advance(4000)
    assert.equal(openOrders(books).length, 0)
  })

  test('an announced restart gives the bot 60 s', async () => {
    const { books, clock, bot, desk } = await world()
    desk.announceRestart(60_000)
    bot.isDead = true
    await clock.advance(30_000)
    assert.equal(openOrders(books).length, 6)
    await clock.advance(45_000)
    assert.equal(openOrders(books).length, 0)
  })

  test('an order at the venue that is not ours is reported and left alone', async () => {
    const { books, clock, desk } = await world()
    const request = openOrders(books)[0]?.request
    assert.ok(request)
    books.place('someone-else' as ClientOrderId, request)
    await clock.advance(61_000)
    assert.deepEqual(
      desk.differences.foreign.map(({ clientId }) => clientId),
      ['someone-else'],
    )
    assert.equal(books.orders.get('someone-else' as ClientOrderId)?.status, 'open')
  })

  test('a fill that is told twice is booked once', async () => {
    const { books, clock, desk, random, disk } = await world()
    books.move(14_850, random)
    await clock.advance(1000)
    const position = entryOf(desk).loop.position
    desk.onAccount(books.events)
    await clock.advance(1000)
    assert.equal(entryOf(desk).loop.position, position)
    assert.equal(disk.fillIds.size, books.events.filter((event) => event.kind === 'fill').length)
  })

  test('not found is no proof before the venue deadline has passed', async () => {
    const { books, clock, desk, venue, random } = await world()
    venue.faults = { ...noFaults, lostRequest: 1 }
    books.move(14_850, random)
    venue.tick()
    await clock.advance(2500)
    const unknown = () =>
      entryOf(desk)
        .loop.orders()
        .filter((order) => order.status === 'unknown').length
    assert.ok(unknown() > 0, 'the outcome is unknown')
    venue.faults = { ...noFaults }
    await clock.advance(200)
    assert.ok(unknown() > 0, 'still unknown: the order could still arrive')
    // Sent with a deadline of 2.5 s; after the margin of 0.5 s the next look is due, not up to a second later.
    await clock.advance(500)
    assert.equal(unknown(), 0)
  })

  test('paused survives a restart of the desk', async () => {
    const first = await world()
    first.desk.setMode(entryOf(first.desk), 'paused', null)
    await first.clock.advance(1000)
    assert.equal(openOrders(first.books).length, 0)
    first.clock.forget()
    first.venue.isDead = true
    const second = await first.open()
    await first.clock.advance(3000)
    assert.equal(entryOf(second.desk).loop.risk.mode, 'paused')
    assert.equal(openOrders(first.books).length, 0)
  })
})
