/** The adapter of Hyperliquid against the sandbox's front of it, over real sockets through the real ccxt. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { HyperliquidDialect } from '../../src/adapters/venues/hyperliquid/dialect.ts'
import type { Credentials } from '../../src/adapters/venues/live/dialect.ts'
import { clientIdSchemes } from '../../src/domain/client-id.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { type Price, quantity } from '../../src/domain/money.ts'
import type { ClientOrderId } from '../../src/domain/order.ts'
import { createHyperliquidFront } from '../../src/exchange/sandbox/hyperliquid/hyperliquid-front.ts'
import { dialectParts, type Heard } from '../support/live-parts.ts'
import type { TestSandbox } from '../support/sandbox.ts'
import { heardSol, isKind, solOrders, solSandbox } from '../support/sol-dialect.ts'
import type { Wire, WireRequest } from '../support/wire.ts'

const SYMBOL = 'SOL/USDC:USDC'
const HOUR_MS = 3_600_000

let sandbox: TestSandbox
let wire: Wire
let dialect: HyperliquidDialect
let heard: Heard
let sol: Instrument
let last: Price
let serial = 1

const keys = (): Credentials => {
  const { walletAddress, privateKey } = sandbox.account.credentials
  return { walletAddress, privateKey }
}

const partsOf = (credentials = keys()) => ({
  ...dialectParts(wire, credentials, () => sandbox.wallMs),
  wsUrl: `${wire.wsUrl}/ws`,
})

const makeDialect = (credentials = keys()) => new HyperliquidDialect(partsOf(credentials))

const nextId = (): ClientOrderId => clientIdSchemes.hex128.make(1, serial++)
const { near, limit, order, placeOne } = solOrders(
  () => ({ dialect, sol, last, now: sandbox.wallMs }),
  { lots: 100, deadlineMs: 2500, nextId },
)

/** Signed actions of a type that reached the wire. */
const acted = (type: string) =>
  wire
    .sent('POST', '/exchange')
    .map(({ body }) => JSON.parse(body) as Sent)
    .filter(({ action }) => action.type === type)

interface Sent {
  readonly action: { readonly type: string; readonly builder?: unknown; readonly time?: number }
  readonly nonce: number
  readonly expiresAfter?: number
}

const isNear = (one: number, other: number): boolean => Math.abs(one - other) < 1000
const isAction = ({ target }: WireRequest): boolean => target === '/exchange'
describe('hyperliquid against the sandbox', { timeout: 30_000 }, () => {
  beforeEach(async () => {
    ;({ sandbox, wire } = await solSandbox('hyperliquid', createHyperliquidFront, SYMBOL))
    dialect = makeDialect()
    ;({ heard, sol, last } = await heardSol(dialect, SYMBOL))
  })
  afterEach(async () => {
    await dialect.close()
    await wire.close()
  })

  test('connects with an agent; nothing but what was asked is signed', async () => {
    assert.deepEqual(
      wire.sent('POST', '/exchange').map(({ body }) => (JSON.parse(body) as Sent).action.type),
      ['updateLeverage'],
    )
    const again = makeDialect()
    const facts = await again.open()
    assert.equal(facts.fingerprint, keys().walletAddress)
    assert.equal(facts.canWithdraw, false)
    assert.ok(Math.abs(facts.clockOffsetMs) < 1000)
    assert.deepEqual(facts.warnings, [])
    assert.equal((await again.balance()).equity, 10_000 * 1e8)
    await assert.rejects(again.instrument('NO/USDC:USDC'), isKind('rejected', 'unknown_symbol'))
    await assert.rejects(again.instrument('XYZ-A/USDC:USDC'), isKind('rejected', 'builder_market'))
    await assert.rejects(again.setTerms(sol, 500, 'cross'), isKind('rejected', 'leverage'))
    await again.close()
  })

  test('keys that must not trade are refused before anything is signed', async () => {
    const before = wire.sent('POST', '/exchange').length
    const { walletAddress, privateKey } = keys()
    const { agentAddress } = sandbox.account.credentials
    const refused = async (credentials: Credentials, code: string) => {
      const other = makeDialect(credentials)
      await assert.rejects(other.open(), isKind('credential', code))
      await other.close()
    }
    const isMain = { walletAddress: agentAddress, privateKey: privateKey ?? '' }
    await refused(isMain, 'agent_as_wallet')
    await refused(
      { walletAddress: walletAddress ?? '', privateKey: '1'.repeat(64) },
      'not_an_agent',
    )
    await refused(
      { walletAddress: `0x${'9'.repeat(40)}`, privateKey: privateKey ?? '' },
      'unknown_account',
    )
    await refused({ walletAddress: '0x1', privateKey: privateKey ?? '' }, 'wallet_address')
    await refused({ walletAddress: walletAddress ?? '', privateKey: 'abc' }, 'private_key')
    assert.equal(wire.sent('POST', '/exchange').length, before)
  })

  test('a resting order is found, listed, canceled; the cancel of a missing one is absent', async () => {
    const request = limit({ isPostOnly: true })
    const id = await placeOne(request)
    const found = await dialect.lookup(sol, id)
    assert.equal(found?.status, 'open')
    assert.deepEqual(found?.request, request)
    assert.deepEqual(await dialect.openOrders(), [found])
    assert.deepEqual(await dialect.cancel(sol, [id]), [{ kind: 'pending', clientId: id }])
    await heard.until(() => heard.keys('order').includes(`order:${id}:canceled:0`))
    assert.equal((await dialect.lookup(sol, id))?.status, 'canceled')
    const ended = { kind: 'final', clientId: id, status: 'canceled', quantityFilled: 0 }
    assert.deepEqual(await dialect.cancel(sol, [id]), [ended])
    const never = nextId()
    assert.deepEqual(await dialect.cancel(sol, [never]), [{ kind: 'absent', clientId: never }])
    assert.equal(await dialect.lookup(sol, nextId()), null)
  })

  test('without streams the order itself tells how its cancel ended', async () => {
    const id = await placeOne(limit())
    // Nonces come from the clock, which stands still here: a process that starts later finds later ones.
    sandbox.advance(1000, 1000)
    const other = makeDialect()
    await other.open()
    const ended = { kind: 'final', clientId: id, status: 'canceled', quantityFilled: 0 }
    assert.deepEqual(await other.cancel(sol, [id]), [ended])
    await other.close()
  })

  test('every placement and cancel carries its deadline and a nonce of its own', async () => {
    const ids = [await placeOne(limit()), await placeOne(limit())]
    await dialect.cancel(sol, ids)
    const sent = [...acted('order'), ...acted('cancelByCloid')]
    assert.equal(sent.length, 3)
    // The venue's clock was measured, so that of a cancel may be off by half a round trip.
    assert.ok(sent.every(({ expiresAfter = 0 }) => isNear(expiresAfter, sandbox.wallMs + 2500)))
    assert.equal(new Set(sent.map(({ nonce }) => nonce)).size, 3)
    assert.ok(sent.every(({ action }) => action.builder === undefined))
  })

  test('a market order: fill by stream and by query are one and the same', async () => {
    const id = await placeOne(limit({ kind: 'market', price: null }))
    await heard.until(() => heard.keys('fill').length > 0)
    const [told] = heard.facts.filter(({ kind }) => kind === 'fill')
    const asked = (await dialect.factsSince(0)).filter(({ kind }) => kind === 'fill')
    assert.deepEqual(asked, [told])
    assert.ok(told?.kind === 'fill' && told.fill.clientId === id && told.fill.fee > 0)
    const [position] = await dialect.positions()
    assert.equal(position?.quantity, 100)
    assert.ok((position?.cost ?? 0) > 0)
    assert.equal((await dialect.lookup(sol, id))?.status, 'filled')
    assert.deepEqual(heard.gaps, [])
  })

  test('a partial fill, then a cancel: what was filled is told by all of them', async () => {
    const id = await placeOne(limit({ price: near(1), quantity: quantity(10_000) }))
    for (let minute = 0; minute < 3; minute++) sandbox.advance(60_000, 1000)
    await heard.until(() => heard.keys('fill').length > 0)
    const filled = (await dialect.lookup(sol, id))?.quantityFilled ?? 0
    assert.ok(filled > 0 && filled < 10_000)
    await dialect.cancel(sol, [id])
    await heard.until(() => heard.keys('order').includes(`order:${id}:canceled:${filled}`))
    const fills = (await dialect.factsSince(0)).flatMap((fact) =>
      fact.kind === 'fill' ? [fact.fill] : [],
    )
    assert.equal(
      fills.reduce((sum, fill) => sum + fill.quantity, 0),
      filled,
    )
    assert.deepEqual(new Set(fills.map((fill) => `fill:${fill.id}`)), new Set(heard.keys('fill')))
  })

  test('a batch with a bad order: the others rest, and each says so', async () => {
    const orders = [
      order(limit()),
      order(limit({ isPostOnly: true, price: near(1.1) })),
      order(limit({ price: near(0.91) })),
    ]
    const outcomes = await dialect.place(orders)
    assert.equal(acted('order').length, 1)
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['accepted', 'rejected', 'accepted'],
    )
    const [, bad] = outcomes
    assert.equal(bad?.kind === 'rejected' && bad.reason, 'would_cross')
    assert.equal((await dialect.openOrders()).length, 2)
  })

  test('an id that has left is not sent again: it stands for the order that has it', async () => {
    const one = order(limit())
    await dialect.place([one])
    const [second] = await dialect.place([
      order(limit({ side: 'sell', price: near(1.1) }), one.clientId),
    ])
    assert.equal(second?.kind === 'accepted' && second.status, 'open')
    assert.equal((await dialect.openOrders()).length, 1)
    assert.equal(acted('order').length, 1)
  })

  test('a lost answer: unknown, found by lookup, and its nonce is used up', async () => {
    wire.fault = (request) => (isAction(request) ? 'lose_answer' : 'pass')
    const one = order(limit())
    const [outcome] = await dialect.place([one])
    assert.equal(outcome?.kind, 'unknown')
    wire.fault = () => 'pass'
    assert.equal(await dialect.burn(one.clientId), 'consumed')
    assert.equal((await dialect.lookup(sol, one.clientId))?.status, 'open')
  })

  test('a lost request: unknown until its nonce is burned, then it can never execute', async () => {
    let lost: WireRequest | null = null
    wire.fault = (request) => {
      if (!isAction(request)) return 'pass'
      lost = request
      return 'lose_request'
    }
    const one = order(limit())
    const [outcome] = await dialect.place([one])
    assert.equal(outcome?.kind, 'unknown')
    wire.fault = ({ body }) => (body.includes('orderStatus') ? 'lose_request' : 'pass')
    await assert.rejects(dialect.lookup(sol, one.clientId), isKind('unavailable'))
    wire.fault = () => 'pass'
    assert.equal(await dialect.burn(one.clientId), 'burned')
    assert.equal(await dialect.burn(one.clientId), 'burned')
    assert.equal(acted('noop').length, 1)
    // What was lost arrives after all.
    assert.ok(lost)
    const { body } = lost as WireRequest
    const late = sandbox.http('POST', '/exchange', { body })
    assert.match(late.body, /nonce/i)
    assert.equal(await dialect.lookup(sol, one.clientId), null)
    assert.equal(await dialect.burn(nextId()), 'unsure')
  })

  test('a burn whose answer is lost does not pass for the arrival of the order', async () => {
    wire.fault = (request) => (isAction(request) ? 'lose_request' : 'pass')
    const one = order(limit())
    await dialect.place([one])
    wire.fault = (request) => (isAction(request) ? 'lose_answer' : 'pass')
    assert.equal(await dialect.burn(one.clientId), 'unsure')
    wire.fault = () => 'pass'
    assert.equal(await dialect.burn(one.clientId), 'unsure')
  })

  test('an order that is under way for too long is refused by the venue', async () => {
    wire.fault = (request) => {
      if (isAction(request)) sandbox.advance(0, 3000)
      return 'pass'
    }
    const one = order(limit())
    const [late] = await dialect.place([one])
    wire.fault = () => 'pass'
    assert.equal(late?.kind, 'rejected', JSON.stringify(late))
    assert.deepEqual(await dialect.openOrders(), [])
  })

  test('a stop rests with its trigger, with a size and for the whole position', async () => {
    await placeOne(limit({ kind: 'market', price: null }))
    const trigger = { kind: 'stop', price: near(0.8), by: 'mark' } as const
    const stop = limit({ side: 'sell', kind: 'market', price: null, isReduceOnly: true, trigger })
    for (const request of [stop, { ...stop, quantity: 'position' as const }]) {
      const id = await placeOne(request)
      const found = await dialect.lookup(sol, id)
      assert.equal(found?.status, 'open')
      assert.deepEqual(found?.request, request)
    }
  })

  test('the dead-man switch needs a volume that the account has not traded', async () => {
    await assert.rejects(dialect.armDeadMan(1000), isKind('rejected', 'dead_man_time'))
    assert.equal(acted('scheduleCancel').length, 0)
    await assert.rejects(dialect.armDeadMan(60_000), isKind('rejected', 'dead_man_volume'))
    await dialect.armDeadMan(null).catch(() => {})
    const [armed, lifted] = acted('scheduleCancel').map(({ action }) => action)
    assert.ok(isNear(armed?.time ?? 0, sandbox.wallMs + 60_000))
    assert.equal(lifted?.time, undefined)
  })

  test('funding and the deposit come as facts, once, and the same after a restart', async () => {
    await placeOne(limit({ kind: 'market', price: null }))
    sandbox.advance(2 * HOUR_MS, 1000)
    dialect.close().catch(() => {})
    dialect = makeDialect()
    await dialect.open()
    const facts = await dialect.factsSince(0)
    const cash = facts.filter(({ kind }) => kind === 'cash')
    assert.deepEqual(
      cash.map((fact) => fact.kind === 'cash' && fact.amount),
      [10_000 * 1e8],
    )
    const funding = facts.filter(({ kind }) => kind === 'funding')
    assert.ok(funding.length > 0)
    assert.ok(funding.every((fact) => fact.kind === 'funding' && fact.amount < 0))
    assert.equal(new Set(facts.map(({ key }) => key)).size, facts.length)
    await dialect.close()
    dialect = makeDialect()
    await dialect.open()
    assert.deepEqual(await dialect.factsSince(0), facts)
  })

  test('prices and candles of a watched market', async () => {
    await heard.until(() => {
      sandbox.advance(60_000, 1000)
      return heard.prices.some(({ bid }) => bid !== undefined) && heard.candles > 0
    })
    const priced = heard.prices.find(({ bid }) => bid !== undefined)
    assert.ok(priced && priced.last > 0 && priced.mark > 0 && (priced.index ?? 1) > 0)
    const candles = await dialect.candles(sol, sandbox.wallMs - HOUR_MS)
    assert.ok(candles.length > 0)
    assert.equal((candles[0]?.closeAt ?? 0) - (candles[0]?.openAt ?? 0), 60_000)
  })

  test('a lost socket is a gap, and the streams come back by themselves', async () => {
    for (const socket of wire.sockets) socket.terminate()
    await heard.until(() => heard.gaps.length > 0 && heard.live.length > 1)
    assert.equal(heard.gaps.length, 1)
    const id = await placeOne(limit())
    await heard.until(() => heard.keys('order').includes(`order:${id}:open:0`))
  })

  test('a gateway that fails after the action is unknown, one that limits has refused', async () => {
    wire.fault = (request) => (isAction(request) ? { status: 502, body: '<html>' } : 'pass')
    const [failed] = await dialect.place([order(limit())])
    assert.equal(failed?.kind, 'unknown')
    wire.fault = (request) => (isAction(request) ? { status: 429, body: 'null' } : 'pass')
    const [limited] = await dialect.place([order(limit())])
    assert.equal(limited?.kind, 'rejected')
    wire.fault = (request) => (isAction(request) ? { status: 200, body: 'Welcome' } : 'pass')
    const [odd] = await dialect.place([order(limit())])
    assert.equal(odd?.kind, 'unknown')
  })

  test('the budget of the address is read, and told', async () => {
    const parts = partsOf()
    const other = new HyperliquidDialect(parts)
    await other.open()
    const [first] = parts.budget.use
    assert.equal(first?.[0], 'hyperliquid:actions')
    await other.balance()
    assert.equal(parts.budget.use.length, 1)
    await other.close()
  })
})
