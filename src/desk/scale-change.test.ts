/** A venue that counts a contract in other steps while a position is held: nobody loses a lot, and everybody gets flat. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'
import { testInstrument } from '../../test/support/instruments.ts'
import type { Instrument } from '../domain/instrument.ts'
import { quantity } from '../domain/money.ts'
import { rescaledLots, rescaledOrder, scaleDifference } from '../domain/scale-change.ts'
import { SCALE_CHANGED, VenueError } from '../ports/venue.ts'

/** Ten times finer. */
const finer: Instrument = {
  ...testInstrument,
  quantityDecimals: testInstrument.quantityDecimals + 1,
  moneyPerUnit: testInstrument.moneyPerUnit / 10,
}

/** A desk that holds something, dies, and finds the venue counting ten times finer. */
async function changed(): Promise<{ world: DeskWorld; lots: number; equity: number }> {
  const world = await deskWorld()
  await world.clock.advance(2000)
  world.books.move(14_750, world.random)
  world.venue.tick()
  await world.clock.advance(2000)
  for (const id of world.open()) world.books.cancel(id as never)
  const { loop } = world.entry()
  const { position } = loop
  assert.notEqual(position, 0)
  await world.clock.advance(6000)
  const equity = loop.risk.equity()
  world.killDesk()
  for (const [id, order] of world.books.orders) if (order.status === 'open') world.books.cancel(id)
  world.books.position *= 10
  world.venueParts = { instrument: finer } as never
  await world.openDesk()
  return { world, lots: world.entry().loop.position, equity }
}

describe('a venue that counts in other steps', () => {
  test('the desk goes on with the same amount, and nothing was lost by it', async () => {
    const { world, lots, equity } = await changed()
    assert.equal(lots, world.books.position)
    assert.equal(world.entry().loop.risk.equity(), equity)
    assert.ok(
      world.said(/counts SOL\/USDC:USDC in other steps \(quantityDecimals was 2 and is 3\)/),
    )
    await world.clock.advance(3000)
    assert.equal(world.entry().loop.outside.gap, 0)
  })

  for (const command of ['kill', 'close'] as const)
    test(`${command} gets it flat without its bot, which was refused and released`, async () => {
      const { world } = await changed()
      await world.clock.advance(2000)
      world.desk.end(world.entry(), 'its bot was refused', 'cancel', 'keep', () => {})
      await world.clock.advance(2000)
      assert.equal(world.entry().override, 'released')
      await world.desk.operator.command(world.entry(), command)
      await world.clock.advance(10_000)
      assert.deepEqual([world.books.position, world.open()], [0, []])
    })

  test('so does a stop that closes', async () => {
    const { world } = await changed()
    await world.clock.advance(2000)
    world.desk.end(world.entry(), 'its bot was refused', 'cancel', 'keep', () => {})
    await world.clock.advance(2000)
    let hasEnded = false
    world.desk.end(world.entry(), 'stop', 'cancel', 'close', () => {
      hasEnded = true
    })
    await world.clock.advance(10_000)
    assert.deepEqual([hasEnded, world.books.position], [true, 0])
  })
})

test('a desk whose contract is counted anew while it runs sends nothing more and ends: the next one counts right', async () => {
  const world = await deskWorld()
  await world.clock.advance(2000)
  const text = 'test counts SOL/USDC:USDC in other steps than when this desk began.'
  world.venue.attach = () => Promise.reject(new VenueError('unavailable', SCALE_CHANGED, text))
  world.venue.disconnect()
  await world.clock.advance(3000)
  assert.deepEqual(world.lost, [text])
  const sent = world.disk.rows.size
  world.books.move(14_650, world.random)
  await world.clock.advance(5000)
  assert.equal(world.disk.rows.size, sent)
})

describe('amounts in other steps', () => {
  test('are the same where lots divide, else the whole part and a word', () => {
    assert.equal(
      scaleDifference(testInstrument, { ...testInstrument, priceStep: 5 } as never),
      null,
    )
    assert.equal(scaleDifference(testInstrument, finer), 'quantityDecimals')
    assert.deepEqual(rescaledLots(-17, testInstrument, finer), { lots: -170, isExact: true })
    assert.deepEqual(rescaledLots(-17, finer, testInstrument), { lots: -1, isExact: false })
    const thirds = { ...testInstrument, lotSize: 3 }
    assert.deepEqual(rescaledLots(9, testInstrument, thirds), { lots: 3, isExact: true })
  })

  test('an order is said in them, or not at all', () => {
    const request = {
      ...{ instrument: testInstrument.id, side: 'buy', kind: 'limit', timeInForce: 'gtc' },
      ...{ price: 15_000, quantity: 40, isPostOnly: true, isReduceOnly: false, trigger: null },
    }
    const order = {
      clientId: 'a',
      origin: { kind: 'target' },
      request,
      quantityFilled: 10,
      expiresAt: 1,
    }
    const dear = { ...finer, priceDecimals: testInstrument.priceDecimals + 1 }
    const said = rescaledOrder(order as never, testInstrument, dear)
    assert.deepEqual(
      [said?.request.price, said?.request.quantity, said?.quantityFilled],
      [150_000, 400, 100],
    )
    const odd = { ...order, quantityFilled: quantity(15) }
    assert.equal(rescaledOrder(odd as never, finer, testInstrument), null)
    assert.equal(rescaledOrder(order as never, dear, testInstrument)?.request.price, 1500)
  })
})
