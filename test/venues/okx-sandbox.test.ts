/** OKX from connect to restart over real HTTP and WebSocket through the real ccxt, against the sandbox's front of it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { OkxDialect } from '../../src/adapters/venues/okx/dialect.ts'
import { price, quantity, ratio } from '../../src/domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../src/domain/order.ts'
import { keyOf, type VenueAccountEvent } from '../../src/domain/venue-report.ts'
import type { Attached, VenueAccount } from '../../src/ports/venue.ts'
import { approve, limitOrder, Recorder, until } from '../conformance/venue-account-harness.ts'
import { SandboxProcess } from '../conformance/venue-account-sandbox.ts'

const sandbox = new SandboxProcess({
  venue: 'okx',
  symbol: 'SOL/USDT:USDT',
  idScheme: 'text',
  make: (parts) => OkxDialect.create(parts),
  adoptsDuplicates: true,
  latencyMs: 20,
  speed: 60,
  // A candle's volume is shared, so that a large order fills in parts.
  account: { volumeShare: ratio(1_000_000) },
})
const recorder = new Recorder()
let venue: VenueAccount
let attached: Attached

const place = async (
  side: 'buy' | 'sell',
  distance: number,
  changes: Partial<OrderRequest> = {},
  id = sandbox.newId(),
): Promise<ClientOrderId> => {
  const expiresAt = Date.now() + 2500
  const request = limitOrder(attached, side, distance, { quantity: quantity(100), ...changes })
  const [outcome] = await venue.place([approve(attached, id, request, expiresAt)])
  assert.equal(outcome?.kind, 'accepted', JSON.stringify(outcome))
  return id
}
const told = (id: ClientOrderId, kind: VenueAccountEvent['kind']) =>
  recorder.account.filter(
    (event) =>
      event.kind === kind &&
      (event.kind === 'fill'
        ? event.fill.clientId
        : event.kind === 'order'
          ? event.clientId
          : null) === id,
  )
const filled = (id: ClientOrderId): number =>
  told(id, 'fill').reduce(
    (sum, event) => sum + (event.kind === 'fill' ? event.fill.quantity : 0),
    0,
  )

describe('okx over the sandbox', { timeout: 60_000 }, () => {
  before(async () => {
    sandbox.start()
    venue = await sandbox.connect(recorder)
    attached = await venue.attach(sandbox.request)
  })
  after(() => sandbox.close())

  test('an order fills in parts; the parts add up, and the rest is cancelled', async () => {
    const id = await place('buy', 30, { quantity: quantity(20_000) })
    await until('two parts are filled', () => told(id, 'fill').length > 1, 20_000)
    await venue.cancel(attached.instrument.id, [id])
    await until('the end is told', () =>
      told(id, 'order').some((event) => event.kind === 'order' && event.status !== 'open'),
    )
    const found = await venue.lookup(attached.instrument.id, id)
    assert.equal(found?.quantityFilled, filled(id))
    const [position] = await venue.positions()
    assert.equal(position?.quantity, filled(id))
  })

  test('a stop for the whole position rests, is found and listed, and is withdrawn', async () => {
    const trigger = { kind: 'stop', price: price(attached.price.last - 5000), by: 'mark' } as const
    const id = await place('sell', 0, {
      ...{ kind: 'market', price: null, quantity: 'position', isReduceOnly: true, trigger },
    })
    assert.equal((await venue.lookup(attached.instrument.id, id))?.request.quantity, 'position')
    const listed = (await venue.openOrders()).find((order) => order.clientId === id)
    assert.deepEqual(listed?.request.trigger, trigger)
    await venue.cancel(attached.instrument.id, [id])
    await until('its end is told', () => told(id, 'order').length > 1)
    assert.equal((await venue.lookup(attached.instrument.id, id))?.status, 'canceled')
  })

  test('a stop that fires is told under its own id, with the fills of the order that it placed', async () => {
    const [held] = await venue.positions()
    assert.ok(held && held.quantity > 0)
    const near = recorder.market.at(-1)?.price.last ?? attached.price.last
    const trigger = { kind: 'stop', price: price(near - 2), by: 'last' } as const
    const id = await place('sell', 0, {
      ...{ kind: 'market', price: null, quantity: 'position', isReduceOnly: true, trigger },
    })
    await until('it has sold everything', () => filled(id) === held.quantity, 30_000)
    const found = await venue.lookup(attached.instrument.id, id)
    assert.deepEqual([found?.status, found?.quantityFilled], ['filled', held.quantity])
    assert.deepEqual(await venue.positions(), [])
  })

  test('a lost answer is unknown, and the order is found under its id', async () => {
    await sandbox.fault('drop_after', { endpoint: 'place', count: 1 })
    const id = sandbox.newId()
    const request = limitOrder(attached, 'buy', -2000, { quantity: quantity(100) })
    const [outcome] = await venue.place([approve(attached, id, request, Date.now() + 2500)])
    assert.equal(outcome?.kind, 'unknown')
    assert.equal((await venue.lookup(attached.instrument.id, id))?.status, 'open')
    await venue.cancel(attached.instrument.id, [id])
  })

  test('a status that the venue does not know itself is unknown; a rate limit is a refusal', async () => {
    const attempt = async (fault: string) => {
      await sandbox.fault(fault, { endpoint: 'place', count: 1 })
      const request = limitOrder(attached, 'buy', -2000, { quantity: quantity(100) })
      const id = sandbox.newId()
      const [outcome] = await venue.place([approve(attached, id, request, Date.now() + 2500)])
      await venue.cancel(attached.instrument.id, [id])
      return outcome?.kind
    }
    assert.equal(await attempt('status_unknown'), 'unknown')
    assert.equal(await attempt('rate_limited'), 'rejected')
    assert.equal(await attempt('html'), 'unknown')
    assert.equal(await attempt('maintenance'), 'unknown')
  })

  test('after a restart what was not committed is told again, numbered on, and nothing twice', async () => {
    const bookings = recorder.account.flatMap((event) => (event.kind === 'order' ? [] : [event]))
    assert.ok(bookings.length >= 2)
    const [first] = bookings
    const kept = new Set(first ? [keyOf(first)] : [])
    const again = new Recorder()
    const started = recorder.account[0]?.at ?? 0
    const second = await sandbox.connect(again, {
      lastVenueSeq: 1,
      isBooked: (key) => kept.has(key),
      eventsFrom: started,
      journalFrom: started,
    })
    await second.attach(sandbox.request)
    const events = await second.eventsSince(1)
    const fills = events.flatMap((event) => (event.kind === 'order' ? [] : [keyOf(event)]))
    assert.deepEqual(new Set(fills).size, fills.length)
    for (const booking of bookings.slice(1)) assert.ok(fills.includes(keyOf(booking)))
    assert.ok(first && !fills.includes(keyOf(first)))
    assert.equal(events[0]?.venueSeq, 2)
  })

  test('sockets that are cut are one gap, and prices come again', async () => {
    recorder.calls.length = 0
    await sandbox.fault('ws_close', { count: 3 })
    await until('the gap has ended', () => recorder.calls.includes('ready'), 20_000)
    assert.equal(recorder.calls[0], 'gap')
    recorder.market.length = 0
    await until('a price comes', () => recorder.market.length > 0)
  })

  test('a key that gains the right to withdraw is refused at the next connect', async () => {
    await sandbox.fault('withdraw_right')
    await assert.rejects(sandbox.connect(new Recorder()), { code: 'can_withdraw' })
  })
})
