/** The adapter of Aster against the sandbox's front of it, over real sockets through the real ccxt. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { AsterDialect } from '../../src/adapters/venues/aster/dialect.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { type Price, price, quantity, ratio } from '../../src/domain/money.ts'
import type { ClientOrderId } from '../../src/domain/order.ts'
import { createAsterFront } from '../../src/exchange/sandbox/aster/aster-front.ts'
import { dialectParts, type Heard } from '../support/live-parts.ts'
import type { TestSandbox } from '../support/sandbox.ts'
import { heardSol, isKind, solOrders, solSandbox } from '../support/sol-dialect.ts'
import type { Wire } from '../support/wire.ts'

const SYMBOL = 'SOL/USDT:USDT'
const HOUR_MS = 3_600_000

let sandbox: TestSandbox
let wire: Wire
let dialect: AsterDialect
let heard: Heard
let sol: Instrument
let last: Price
let serial = 0

const makeDialect = (): AsterDialect => {
  const { walletAddress, privateKey } = sandbox.account.credentials
  return new AsterDialect(dialectParts(wire, { walletAddress, privateKey }, () => sandbox.wallMs))
}

const nextId = (): ClientOrderId => `pf00001${String(serial++).padStart(7, '0')}` as ClientOrderId

const { limit, order, placeOne } = solOrders(() => ({ dialect, sol, last, now: sandbox.wallMs }), {
  lots: 10,
  deadlineMs: 5000,
  nextId,
})

describe('aster against the sandbox', { timeout: 60_000 }, () => {
  beforeEach(async () => {
    ;({ sandbox, wire } = await solSandbox('aster', createAsterFront, SYMBOL))
    dialect = makeDialect()
    ;({ heard, sol, last } = await heardSol(dialect, SYMBOL, 2))
  })
  afterEach(async () => {
    await dialect.close()
    await wire.close()
  })

  test('connects: clock, fees, fingerprint, and what the venue does not tell', async () => {
    // The venue takes each nonce once, and clocks of tests stand still.
    sandbox.advance(0, 1000)
    const again = makeDialect()
    const facts = await again.open()
    assert.equal(facts.canWithdraw, null)
    assert.equal(facts.isAddressBound, null)
    assert.equal(facts.fingerprint, sandbox.account.credentials.walletAddress)
    assert.ok(Math.abs(facts.clockOffsetMs) < 1000)
    assert.deepEqual(facts.warnings, [])
    const { fees, instrument } = await again.instrument(SYMBOL)
    assert.deepEqual(fees, { maker: ratio(20_000), taker: ratio(50_000) })
    assert.equal(instrument.settle, 'USDT')
    assert.equal((await again.balance()).equity, 10_000 * 1e8)
    await assert.rejects(again.instrument('NO/USDT:USDT'), isKind('rejected'))
    await again.setTerms(sol, 3, 'isolated')
    await again.setTerms(sol, 3, 'isolated')
    await again.close()
  })

  test('a resting order is found, listed, canceled, and found in the history', async () => {
    const id = await placeOne(limit({ isPostOnly: true }))
    const found = await dialect.lookup(sol, id)
    assert.equal(found?.status, 'open')
    assert.deepEqual(found?.request, limit({ isPostOnly: true }))
    assert.deepEqual(await dialect.openOrders(), [found])
    const [canceled] = await dialect.cancel(sol, [id])
    assert.deepEqual(canceled, {
      kind: 'final',
      clientId: id,
      status: 'canceled',
      quantityFilled: 0,
    })
    assert.equal((await dialect.lookup(sol, id))?.status, 'canceled')
    assert.deepEqual(await dialect.cancel(sol, [id]), [canceled])
    const never = nextId()
    assert.deepEqual(await dialect.cancel(sol, [never]), [{ kind: 'absent', clientId: never }])
    await heard.until(() => heard.keys('order').includes(`order:${id}:canceled:0`))
  })

  test('an id that was never sent is not there', async () => {
    assert.equal(await dialect.lookup(sol, nextId()), null)
  })

  test('a market order: fill by stream and by query are one and the same', async () => {
    const id = await placeOne(limit({ kind: 'market', price: null }))
    await heard.until(() => heard.keys('fill').length > 0)
    const [told] = heard.facts.filter(({ kind }) => kind === 'fill')
    const asked = (await dialect.factsSince(sandbox.wallMs - HOUR_MS)).filter(
      ({ kind }) => kind === 'fill',
    )
    assert.equal(asked.length, 1)
    assert.deepEqual({ ...asked[0], at: 0 }, { ...told, at: 0 })
    assert.equal(told?.kind === 'fill' && told.fill.clientId, id)
    assert.ok(told?.kind === 'fill' && told.fill.fee > 0)
    const [position] = await dialect.positions()
    assert.equal(position?.quantity, 10)
    assert.ok((position?.cost ?? 0) > 0)
    assert.equal((await dialect.lookup(sol, id))?.status, 'filled')
    assert.deepEqual(heard.gaps, [])
  })

  test('a partial fill, then a cancel: what was filled is told by all of them', async () => {
    const id = await placeOne(limit({ price: price(last), quantity: quantity(5000) }))
    for (let minute = 0; minute < 3; minute++) sandbox.advance(60_000, 1000)
    await heard.until(() => heard.keys('fill').length > 0)
    const found = await dialect.lookup(sol, id)
    assert.equal(found?.status, 'open')
    const filled = found?.quantityFilled ?? 0
    assert.ok(filled > 0 && filled < 5000)
    const [canceled] = await dialect.cancel(sol, [id])
    assert.deepEqual(canceled, {
      kind: 'final',
      clientId: id,
      status: 'canceled',
      quantityFilled: filled,
    })
    const fills = (await dialect.factsSince(sandbox.wallMs - HOUR_MS)).flatMap((fact) =>
      fact.kind === 'fill' ? [fact.fill] : [],
    )
    assert.equal(
      fills.reduce((sum, fill) => sum + fill.quantity, 0),
      filled,
    )
    assert.deepEqual(new Set(fills.map((fill) => `fill:${fill.id}`)), new Set(heard.keys('fill')))
  })

  test('a batch with a bad order: each has an outcome of its own', async () => {
    const orders = [
      order(limit()),
      order(limit({ isPostOnly: true, price: price(Math.round(last * 1.1)) })),
      order(limit({ price: price(Math.round(last * 0.91)) })),
    ]
    const outcomes = await dialect.place(orders)
    const kinds = outcomes.map(({ kind }) => kind)
    const statuses = await Promise.all(
      orders.map(async ({ clientId }) => (await dialect.lookup(sol, clientId))?.status ?? null),
    )
    assert.equal(wire.sent('POST', '/fapi/v3/batchOrders').length, 1)
    assert.deepEqual([kinds[0], kinds[2]], ['accepted', 'accepted'])
    assert.deepEqual([statuses[0], statuses[2]], ['open', 'open'])
    const [, bad] = outcomes
    assert.ok(
      bad?.kind === 'rejected' || (bad?.kind === 'accepted' && bad.status === 'expired'),
      JSON.stringify(bad),
    )
  })

  test('a lost answer: the outcome is unknown and the order is found', async () => {
    wire.fault = ({ method }) => (method === 'POST' ? 'lose_answer' : 'pass')
    const one = order(limit())
    const [outcome] = await dialect.place([one])
    assert.equal(outcome?.kind, 'unknown')
    wire.fault = () => 'pass'
    assert.equal((await dialect.lookup(sol, one.clientId))?.status, 'open')
  })

  test('a lost request: unknown, then proven absent; while nobody answers it stays unknown', async () => {
    wire.fault = ({ method }) => (method === 'POST' ? 'lose_request' : 'pass')
    const one = order(limit())
    const [outcome] = await dialect.place([one])
    assert.equal(outcome?.kind, 'unknown')
    wire.fault = () => 'lose_request'
    await assert.rejects(dialect.lookup(sol, one.clientId), isKind('unavailable'))
    wire.fault = () => 'pass'
    assert.equal(await dialect.lookup(sol, one.clientId), null)
  })

  test('an order that is late is refused by the venue', async () => {
    const one = order(limit())
    sandbox.advance(0, 6000)
    const [outcome] = await dialect.place([{ ...one, expiresAt: sandbox.wallMs - 1 }])
    assert.deepEqual(outcome, {
      kind: 'rejected',
      clientId: one.clientId,
      reason: 'expired',
    })
    assert.equal(wire.sent('POST', '/fapi/v3/order').length, 0)
    // Signed in time and under way for too long.
    sandbox.advance(0, 1000)
    wire.fault = () => {
      sandbox.advance(0, 6000)
      return 'pass'
    }
    const [late] = await dialect.place([order(limit())])
    wire.fault = () => 'pass'
    // A nonce that is too old is answered like one that was used: only the lookup tells.
    assert.equal(late?.kind, 'unknown')
    assert.deepEqual(await dialect.openOrders(), [])
  })

  test('a stop rests with its trigger and its size', async () => {
    await placeOne(limit({ kind: 'market', price: null }))
    const trigger = { kind: 'stop', price: price(Math.round(last * 0.8)), by: 'mark' } as const
    const stop = limit({ side: 'sell', kind: 'market', price: null, isReduceOnly: true, trigger })
    const id = await placeOne(stop)
    const found = await dialect.lookup(sol, id)
    assert.equal(found?.status, 'open')
    assert.deepEqual(found?.request, stop)
  })

  test('funding and the deposit come as facts, once', async () => {
    await placeOne(limit({ kind: 'market', price: null }))
    sandbox.advance(2 * HOUR_MS, 1000)
    const facts = await dialect.factsSince(sandbox.wallMs - HOUR_MS)
    const cash = facts.filter(({ kind }) => kind === 'cash')
    assert.deepEqual(
      cash.map((fact) => fact.kind === 'cash' && fact.amount),
      [10_000 * 1e8],
    )
    const funding = facts.filter(({ kind }) => kind === 'funding')
    assert.ok(funding.length > 0)
    assert.ok(funding.every((fact) => fact.kind === 'funding' && fact.amount < 0))
    assert.equal(new Set(facts.map(({ key }) => key)).size, facts.length)
  })

  test('a restart tells the same facts under the same keys', async () => {
    await placeOne(limit({ kind: 'market', price: null }))
    const before = await dialect.factsSince(sandbox.wallMs - HOUR_MS)
    await dialect.close()
    sandbox.advance(0, 1000)
    dialect = makeDialect()
    await dialect.open()
    assert.deepEqual(await dialect.factsSince(sandbox.wallMs - HOUR_MS), before)
  })

  test('prices and candles of a watched market', async () => {
    await heard.until(() => {
      sandbox.advance(60_000, 1000)
      return heard.prices.length > 0 && heard.candles > 0
    })
    const [first] = heard.prices
    assert.ok(first && first.last > 0 && first.mark > 0)
    const candles = await dialect.candles(sol, sandbox.wallMs - HOUR_MS)
    assert.ok(candles.length > 0)
    assert.equal((candles[0]?.closeAt ?? 0) - (candles[0]?.openAt ?? 0), 60_000)
  })

  test('a lost socket is a gap, and the streams come back by themselves', async () => {
    for (const socket of wire.sockets) socket.terminate()
    const lives = () => heard.live.filter((name) => name === 'account').length
    await heard.until(() => heard.gaps.length > 0 && lives() > 1)
    const id = await placeOne(limit())
    await heard.until(() => heard.keys('order').includes(`order:${id}:open:0`))
  })

  test('a burned nonce: the order can never come, or it had come', async () => {
    wire.fault = ({ target }) => (target === '/fapi/v3/order' ? 'lose_request' : 'pass')
    const lost = order(limit())
    assert.equal((await dialect.place([lost]))[0]?.kind, 'unknown')
    wire.fault = () => 'pass'
    assert.equal(await dialect.burn(lost.clientId), 'burned')
    wire.fault = ({ method, target }) =>
      method === 'POST' && target === '/fapi/v3/order' ? 'lose_answer' : 'pass'
    const there = order(limit())
    assert.equal((await dialect.place([there]))[0]?.kind, 'unknown')
    assert.equal(await dialect.burn(there.clientId), 'consumed')
    assert.equal(await dialect.burn(nextId()), 'unsure')
    // The very bytes of the first order, late: the venue does not take them any more.
    const [request] = wire.sent('POST', '/fapi/v3/order')
    assert.ok(request)
    const answer = sandbox.http('POST', request.target, {
      headers: { ...request.headers },
      body: request.body,
    })
    assert.match(answer.body, /-4225/)
  })

  test('the dead-man switch of a market cancels its orders when we fall silent', async () => {
    const id = await placeOne(limit())
    await dialect.armDeadMan(5000, [sol])
    await dialect.armDeadMan(null, [sol])
    sandbox.advance(0, 6000)
    assert.equal((await dialect.lookup(sol, id))?.status, 'open')
    await dialect.armDeadMan(5000, [sol])
    sandbox.advance(0, 6000)
    assert.equal((await dialect.lookup(sol, id))?.status, 'canceled')
  })

  test('a stop for the whole position', async () => {
    await placeOne(limit({ kind: 'market', price: null }))
    const trigger = { kind: 'stop', price: price(Math.round(last * 0.8)), by: 'mark' } as const
    const stop = limit({
      side: 'sell',
      kind: 'market',
      price: null,
      quantity: 'position',
      isReduceOnly: true,
      trigger,
    })
    const id = await placeOne(stop)
    assert.deepEqual((await dialect.lookup(sol, id))?.request, stop)
  })

  test('more cancels than fit in a message', async () => {
    const orders = Array.from({ length: 12 }, () => order(limit()))
    const outcomes = await dialect.place(orders)
    assert.ok(outcomes.every(({ kind }) => kind === 'accepted'))
    assert.equal(wire.sent('POST', '/fapi/v3/batchOrders').length, 3)
    const missing = nextId()
    const ids = [...orders.map(({ clientId }) => clientId), missing]
    const canceled = await dialect.cancel(sol, ids)
    assert.deepEqual(
      canceled.map(({ kind }) => kind),
      [...orders.map(() => 'final'), 'absent'],
    )
  })

  test('maintenance: questions are unanswered, a placement proves nothing, a cancel neither', async () => {
    const id = await placeOne(limit())
    sandbox.fault({ kind: 'maintenance' })
    await assert.rejects(dialect.positions(), isKind('unavailable'))
    const [placed] = await dialect.place([order(limit())])
    assert.equal(placed?.kind, 'unknown')
    const [canceled] = await dialect.cancel(sol, [id])
    assert.equal(canceled?.kind, 'unknown')
  })
})
