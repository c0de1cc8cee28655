/** An instance that several things hold at once, and a position in doubt that a bot hears of when it comes back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settings } from '../../test/desk/desk-simulation.ts'
import { DeskWorld } from '../../test/desk/desk-world.ts'
import { testInstrument } from '../../test/support/instruments.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { WantChange } from '../domain/strategy.ts'
import type { DeskInstanceSettings, DeskToBot } from '../protocol/desk-messages.ts'

const target = (lots: number): WantChange => ({
  kind: 'target',
  want: {
    instrument: testInstrument.id,
    quantity: quantity(lots),
    worstPrice: null,
    style: 'take',
    deadlineAt: null,
    isReduceOnly: false,
  },
})
async function opened(change: Partial<DeskInstanceSettings> = {}, lots = 100) {
  const world = new DeskWorld()
  await world.openDesk()
  const heard: DeskToBot[] = []
  const link = { send: (message: DeskToBot) => void heard.push(message), close: () => {} }
  const own = { ...settings, ...change }
  const entry = await world.desk.hello(link, {
    type: 'hello',
    version: 1,
    token: '',
    settings: own,
    afterSeq: 0,
  })
  await world.clock.advance(50)
  const say = async (changes: readonly WantChange[]) => {
    world.desk.wants(entry, {
      type: 'wants',
      basisSeq: entry.loop.handedSeq,
      step: null,
      replace: false,
      changes,
      wakes: null,
      finish: null,
    })
    await world.clock.advance(500)
  }
  if (lots !== 0) await say([target(lots)])
  return { world, heard, entry, say, own, link }
}
const figures = { base: money(0), equity: money(0), allowed: money(0), share: 0 }

test('a leg halted by its account is flattened when the limit on the sum of legs says flatten', async () => {
  const { world, entry } = await opened()
  assert.equal(entry.loop.position, 100)
  entry.loop.onAccountLimit('limit_account_daily_loss', 'halt') // as account-guard.#breach
  assert.equal(entry.loop.risk.mode, 'halted')
  world.desk.legsLimit(entry, {
    type: 'limit',
    code: 'limit_drawdown',
    onBreach: 'flatten',
    figures,
  } as never)
  for (let i = 0; i < 20; i++) {
    world.books.at += 1000
    world.venue.tick()
    await world.clock.advance(1000)
  }
  assert.equal(
    entry.loop.position,
    0,
    `left alone: ${entry.loop.position} lots, mode ${entry.loop.risk.mode}, override ${entry.override}`,
  )
})

test('an instance halted by its own limit is flattened when its account says flatten; and entry and loop agree', async () => {
  const accountLimits = {
    positionsMax: 0,
    capitalUtilizationMax: 1e8,
    dailyLossMax: 0,
    drawdownMax: 0,
    notionalMax: null,
    onBreach: 'flatten' as const,
  }
  const { world, entry } = await opened({ accountLimits } as never)
  entry.loop.onAccountLimit('limit_daily_loss', 'halt') // its own, as it would by a price
  world.desk.operator.onFleet({ number: 1, latch: 'limit_account_drawdown', grant: null } as never)
  for (let i = 0; i < 20; i++) {
    world.books.at += 1000
    world.venue.tick()
    await world.clock.advance(1000)
  }
  const before = entry.loop.position
  world.bot = { isDead: false } as never
  world.killDesk()
  await world.openDesk()
  for (let i = 0; i < 20; i++) {
    world.books.at += 1000
    world.venue.tick()
    await world.clock.advance(1000)
  }
  assert.equal(before, 0, `not flattened, but ${world.entry().loop.position} after a restart`)
})

test('somebody else trades while the daily loss holds: on_foreign halt holds after the day too', async () => {
  const { world, entry } = await opened(
    {
      onForeign: 'halt',
      limits: { ...settings.limits, dailyLossMax: ratio(100_000), onBreach: 'reduce_only' },
    },
    100,
  )
  world.books.price = 5_000
  world.books.at += 1000
  world.venue.tick()
  await world.clock.advance(2000)
  assert.equal(entry.loop.risk.latch, 'limit_daily_loss')
  world.strange('x1', 'buy', 4000, 10)
  await world.clock.advance(40_000)
  assert.ok(world.desk.watches.policy.newsOf('bot_01') > 0)
  world.books.at += 86_400_000
  world.venue.tick()
  await world.clock.advance(1000)
  assert.notEqual(entry.loop.risk.mode, 'running', 'nobody has resumed it')
})

test('a missed fill in doubt: the bot that attaches anew hears of the doubt before the fill', async () => {
  const { world, heard, entry, own, link } = await opened({ onForeign: 'adopt' }, 0)
  const tradedAt = world.books.at
  world.books.position += 50
  await world.clock.advance(36_000)
  assert.equal(entry.loop.position, 50)
  const afterSeq = entry.loop.handedSeq
  world.desk.gone(entry, link)
  const fill = {
    id: 'late',
    at: tradedAt,
    instrument: testInstrument.id,
    clientId: null,
    side: 'buy' as const,
    price: 15_000 as never,
    quantity: quantity(50),
    fee: money(0),
    isMaker: false,
  }
  world.books.add({ kind: 'fill', fill, isLiquidation: false })
  await world.clock.advance(5)
  assert.equal(entry.loop.outside.isDoubted, true)
  heard.length = 0
  await world.desk.hello(link, { type: 'hello', version: 1, token: '', settings: own, afterSeq })
  await world.clock.advance(5)
  const order = heard.flatMap((one) =>
    one.type === 'open'
      ? [`sure ${one.isPositionSure}`]
      : one.type === 'account' || one.type === 'welcome'
        ? [one.type]
        : [],
  )
  assert.ok(
    order.indexOf('sure false') >= 0 && order.indexOf('sure false') < order.indexOf('account'),
    order.join(', '),
  )
})

test('a fill of an order that is still open here and was taken over with the position is doubted', async () => {
  const { world, heard, entry, say } = await opened({ onForeign: 'adopt' }, 0)
  // The venue holds the fill of our order; its event does not come, the order is told as filled.
  const rest: WantChange = {
    kind: 'rest',
    want: {
      slot: 'a',
      instrument: testInstrument.id,
      side: 'buy',
      price: price(14_900),
      quantity: quantity(50),
      isPostOnly: true,
      isReduceOnly: false,
      trigger: null,
    },
  }
  await say([rest])
  const [order] = [...world.books.orders.values()]
  assert.ok(order)
  const tradedAt = world.books.at
  order.status = 'filled'
  order.filled = 50
  world.books.position += 50
  await world.clock.advance(63_000)
  heard.length = 0
  const fill = {
    id: 'own',
    at: tradedAt,
    instrument: testInstrument.id,
    clientId: order.clientId,
    side: 'buy' as const,
    price: price(14_900),
    quantity: quantity(50),
    fee: money(0),
    isMaker: true,
  }
  world.books.add({ kind: 'fill', fill, isLiquidation: false })
  await world.clock.advance(20)
  const seen = heard.flatMap((one) =>
    one.type === 'open' ? [`sure ${one.isPositionSure}`] : one.type === 'account' ? [one.type] : [],
  )
  let wrongMs = 0
  while (entry.loop.position !== world.books.position && wrongMs < 120_000) {
    await world.clock.advance(500)
    wrongMs += 500
  }
  assert.deepEqual(seen, ['sure false', 'account'], `booked 100, held 50, wrong for ${wrongMs} ms`)
})

test('a strategy that failed while a limit halted it is not started again by a new day', async () => {
  const { world, entry } = await opened(
    { limits: { ...settings.limits, dailyLossMax: ratio(100_000), onBreach: 'halt' } },
    100,
  )
  world.books.price = 5_000
  world.books.at += 1000
  world.venue.tick()
  await world.clock.advance(2000)
  assert.deepEqual([entry.loop.risk.mode, entry.loop.risk.latch], ['halted', 'limit_daily_loss'])
  world.desk.operator.strategyFailed(entry, 'it threw')
  world.books.at += 86_400_000
  world.venue.tick()
  await world.clock.advance(1000)
  assert.equal(entry.loop.risk.mode, 'halted', 'only resume releases it')
})
