/** What Backpack's answers and messages mean, and what they do not prove. Recorded ones need MARKET_DATA. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { dialectParts, Heard } from '../../../../test/support/live-parts.ts'
import { Wire, type WireAnswer, type WireRequest } from '../../../../test/support/wire.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import { price, quantity, ratio } from '../../../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { WireOrder } from '../live/dialect.ts'
import { BackpackDialect } from './dialect.ts'
import { signingKey, verifyingKey } from './exchange.ts'
import { instrumentOf } from './instruments.ts'
import { orderPayload, placedBatch } from './orders.ts'
import {
  balanceReport,
  fillFact,
  fundingFact,
  orderEventFacts,
  orderReport,
  positionReport,
  transferFact,
} from './reports.ts'
import type { MarketRow, OrderRow } from './rows.ts'

const folder = process.env['MARKET_DATA'] || undefined
const recorded = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const NOW_MS = 1_700_000_000_000
const SYMBOL = 'SOL/USDC:USDC'
const MARKET: MarketRow = {
  symbol: 'SOL_USDC_PERP',
  baseSymbol: 'SOL',
  quoteSymbol: 'USDC',
  marketType: 'PERP',
  orderBookState: 'Open',
  fundingInterval: 3_600_000,
  imfFunction: { base: '0.02', factor: '0.00006', type: 'sqrt' },
  mmfFunction: { base: '0.0125', factor: '0.0000361', type: 'sqrt' },
  filters: {
    price: { tickSize: '0.01', minPrice: '0.01' },
    quantity: { stepSize: '0.01', minQuantity: '0.03' },
  },
}
const sol: Instrument = instrumentOf(MARKET, { maker: ratio(20_000), taker: ratio(50_000) })
const id = (text: string) => text as ClientOrderId

const request: OrderRequest = {
  instrument: sol.id,
  side: 'buy',
  kind: 'limit',
  price: price(14_150),
  quantity: quantity(1200),
  timeInForce: 'gtc',
  isPostOnly: false,
  isReduceOnly: false,
  trigger: null,
}
const wire = (part: Partial<OrderRequest> = {}, clientId = '7'): WireOrder => ({
  clientId: id(clientId),
  instrument: sol,
  request: { ...request, ...part },
  expiresAt: NOW_MS + 2500,
})
const payload = (part: Partial<OrderRequest>) => orderPayload('SOL_USDC_PERP', wire(part))

describe('orders for backpack', () => {
  test('what is sent for each kind', () => {
    const base = { symbol: 'SOL_USDC_PERP', clientId: 7, side: 'Bid' }
    const resting = { ...base, orderType: 'Limit', price: '141.5', quantity: '12' }
    assert.deepEqual(payload({}), resting)
    assert.deepEqual(payload({ isPostOnly: true }), { ...resting, postOnly: true })
    assert.deepEqual(payload({ timeInForce: 'ioc' }), { ...resting, timeInForce: 'IOC' })
    const market = { kind: 'market', price: null, timeInForce: 'ioc' } as const
    assert.deepEqual(payload({ ...market, side: 'sell', isReduceOnly: true }), {
      ...base,
      side: 'Ask',
      orderType: 'Market',
      quantity: '12',
      reduceOnly: true,
    })
    const trigger = { kind: 'stop', price: price(13_000), by: 'mark' } as const
    assert.deepEqual(payload({ ...market, side: 'sell', quantity: 'position', trigger }), {
      ...base,
      side: 'Ask',
      orderType: 'Market',
      triggerPrice: '130',
      triggerBy: 'MarkPrice',
      triggerQuantity: '100%',
      reduceOnly: true,
    })
  })

  test('ids beyond 32 bits, and a whole position without a trigger, never leave', () => {
    for (const bad of ['4294967296', '-1', '1.5', 'pf1', '007'])
      assert.throws(() => orderPayload('SOL_USDC_PERP', wire({}, bad)), VenueError, bad)
    assert.equal(orderPayload('SOL_USDC_PERP', wire({}, '4294967295'))['clientId'], 4_294_967_295)
    assert.throws(() => payload({ quantity: 'position' }), VenueError)
  })

  test('of a batch, a row that is missing says nothing of anybody', () => {
    const row = { operation: 'Ok', id: '1', clientId: 7, status: 'New', executedQuantity: '0' }
    const error = { operation: 'Err', code: 'INSUFFICIENT_MARGIN', message: '' }
    const orders = [wire({}, '7'), wire({}, '8')]
    const kinds = (answer: unknown) => placedBatch(orders, answer).map(({ kind }) => kind)
    assert.deepEqual(kinds([row, error]), ['accepted', 'rejected'])
    assert.deepEqual(kinds([error, { ...row, clientId: 8 }]), ['rejected', 'accepted'])
    assert.deepEqual(kinds([error]), ['unknown', 'unknown'])
    assert.deepEqual(kinds([row]), ['accepted', 'unknown'])
    assert.deepEqual(kinds('<html>'), ['unknown', 'unknown'])
    assert.deepEqual(kinds([row, { ...error, code: 'TIMEOUT' }]), ['accepted', 'unknown'])
    assert.deepEqual(kinds([row, { ...error, code: 'A_NEW_ONE' }]), ['accepted', 'unknown'])
  })
})

describe('reports of backpack', () => {
  test('a fill by stream and by history is one fill, liquidations are told', () => {
    const event = {
      e: 'orderFill',
      E: '1694687692980000',
      T: 1_694_687_692_979_000,
      s: 'SOL_USDC_PERP',
      c: 7,
      S: 'Bid',
      X: 'PartiallyFilled',
      i: '8886774',
      l: '0.1',
      L: '141.5',
      N: 'USDC',
      n: '0.00707501',
      t: 42,
      z: '0.3',
      m: false,
      O: 'LIQUIDATION_AUTOCLOSE',
    }
    const { facts, isComplete } = orderEventFacts(sol, event)
    const row = {
      symbol: 'SOL_USDC_PERP',
      orderId: '8886774',
      clientId: '7',
      tradeId: 42,
      side: 'Bid',
      price: '141.5',
      quantity: '0.1',
      fee: '0.00707501',
      feeSymbol: 'USDC',
      isMaker: false,
      systemOrderType: 'LiquidatePositionOnBook',
      timestamp: '2023-09-14T10:34:52.979',
    }
    assert.ok(isComplete)
    assert.deepEqual(facts[0], fillFact(sol, row))
    const [, order] = facts
    assert.equal(order?.key, 'order:7:open:30')
    // Both sides of a trade with oneself have one trade id.
    assert.notEqual(facts[0]?.key, fillFact(sol, { ...row, orderId: '1' }).key)
    const without = orderEventFacts(sol, { ...event, t: 0 })
    assert.equal(without.isComplete, false)
    assert.ok(without.facts.every(({ kind }) => kind === 'order'))
  })

  test('an order shrunk by the venue, and one that never was', () => {
    const base = { E: 1, s: 'SOL_USDC_PERP', c: 7, S: 'Ask', i: '9' }
    const shrunk = orderEventFacts(sol, { ...base, e: 'orderModified', X: 'New', z: '0' })
    assert.deepEqual(
      shrunk.facts.map(({ key }) => key),
      ['order:7:open:0'],
    )
    assert.ok(shrunk.isComplete)
    const partly = { ...base, e: 'orderModified', X: 'PartiallyFilled', z: '0.3' }
    assert.equal(orderEventFacts(sol, partly).facts[0]?.key, 'order:7:open:30')
    // One that cannot be read is asked about instead of being passed over.
    for (const unreadable of [{ X: 'New' }, { X: 'Modified', z: '0' }]) {
      const { facts, isComplete } = orderEventFacts(sol, {
        ...base,
        e: 'orderModified',
        ...unreadable,
      })
      assert.deepEqual([facts, isComplete], [[], false])
    }
    const expired = { ...base, e: 'orderExpired', X: 'Expired', R: 'PostOnlyTaker', z: '0' }
    const [fact] = orderEventFacts(sol, expired).facts
    assert.ok(fact?.kind === 'order' && fact.status === 'expired' && fact.reason === 'would_cross')
    const failed = { ...base, e: 'triggerFailed', X: 'TriggerFailed', z: '0' }
    assert.equal(orderEventFacts(sol, failed).facts[0]?.key, 'order:7:rejected:0')
  })

  test('a waiting trigger has its size elsewhere', () => {
    const row: OrderRow = {
      id: '1',
      clientId: null,
      symbol: 'SOL_USDC_PERP',
      side: 'Ask',
      orderType: 'Market',
      status: 'TriggerPending',
      quantity: '0',
      triggerQuantity: '20.03',
      triggerPrice: '178.05',
      triggerBy: 'MarkPrice',
      createdAt: 1,
    }
    const report = orderReport(sol, row)
    assert.equal(report.clientId, 'venue:1')
    assert.equal(report.request.quantity, 2003)
    assert.deepEqual(report.request.trigger, { kind: 'stop', price: 17_805, by: 'mark' })
    const whole = orderReport(sol, { ...row, triggerQuantity: '100%' })
    assert.equal(whole.request.quantity, 'position')
  })

  test('cash counts when it is there, and other coins are told without an amount', () => {
    const row = {
      id: 5,
      symbol: 'USDC',
      quantity: '12.5',
      status: 'confirmed',
      createdAt: '2026-01-25T18:00:00',
    }
    assert.equal(transferFact('deposit', { ...row, status: 'pending' }, 'USDC'), null)
    const out = transferFact('withdrawal', row, 'USDC')
    assert.ok(
      out?.kind === 'cash' && out.amount === -1_250_000_000 && out.key === 'cash:withdrawal:5',
    )
    const coin = transferFact('deposit', { ...row, symbol: 'SOL' }, 'USDC')
    assert.ok(coin?.kind === 'cash' && coin.amount === 0 && coin.reason === 'deposit of 12.5 SOL')
  })

  test('messages of a connector are understood', recorded, () => {
    const file = `${folder}/payloads/backpack/connector_cases.json`
    const { samples } = JSON.parse(readFileSync(file, 'utf8')) as {
      samples: { name: string; payload: Record<string, never> }[]
    }
    const named = (name: string): unknown[] =>
      samples.filter((one) => one.name === name).map((one) => one.payload)
    const [[position]] = named('positions') as [[Record<string, string>]]
    const report = positionReport(sol, position as never)
    assert.deepEqual(
      { ...report, instrument: '' },
      { instrument: '', quantity: -1, cost: -126_970_000 },
    )
    const [[income]] = named('income_history') as [[never]]
    const paid = fundingFact(sol, income)
    assert.ok(paid.kind === 'funding' && paid.amount === -3400 && paid.rate === -2730)
    assert.equal(paid.at, Date.UTC(2026, 0, 25, 18))
    const [[fill]] = named('trades') as [[object]]
    const row = { symbol: 'SOL_USDC_PERP', side: 'Bid', isMaker: true, ...fill, feeSymbol: 'USDC' }
    const fact = fillFact(sol, row as never)
    assert.equal(fact.key, 'fill:SOL_USDC_PERP:698759:8886774')
    const [balance] = named('response') as [object]
    assert.equal(
      balanceReport('USDC', { pnlUnrealized: '0', ...balance } as never).equity,
      15_100_000_000,
    )
    const [market] = named('mocked_exchange_info')[0] as [object]
    assert.ok(market)
    for (const sample of [...named('partial_fill'), ...named('order_update')] as {
      data: object
    }[]) {
      const { facts } = orderEventFacts(sol, { ...sample.data, s: 'SOL_USDC_PERP', c: 1 } as never)
      assert.ok(facts.every(({ key }) => key.length > 5))
    }
  })
})

// Over a socket

const SEED = Buffer.alloc(32, 7).toString('base64')
const API_KEY = verifyingKey(signingKey(SEED))

const json = (body: unknown, status = 200): WireAnswer => ({ status, body: JSON.stringify(body) })
const NOT_FOUND = json({ code: 'RESOURCE_NOT_FOUND', message: 'Order not found' }, 404)

const ANSWERS: Readonly<Record<string, WireAnswer>> = {
  'GET /api/v1/time': { status: 200, body: String(NOW_MS) },
  'GET /api/v1/markets': json([MARKET]),
  'GET /api/v1/account': json({
    futuresMakerFee: '2',
    futuresTakerFee: '-0.5',
    leverageLimit: '10',
  }),
  'GET /api/v1/capital/collateral': json({ netEquity: '0', pnlUnrealized: '0' }),
  'GET /wapi/v1/capital/deposit/address': json({ address: 'SoLaNa' }),
  'GET /api/v1/ticker': json({ lastPrice: '141.5' }),
  'GET /api/v1/markPrices': json([{ markPrice: '141.498765' }]),
  'GET /api/v1/order': NOT_FOUND,
}

/** Told last, so that everything before it has been heard with it. */
const MARK = {
  stream: 'markPrice.SOL_USDC_PERP',
  data: { e: 'markPrice', E: 1e15, T: 1e15, s: 'SOL_USDC_PERP', p: '141.5' },
}

describe('a dialect of backpack', { timeout: 20_000 }, () => {
  let venue: Wire
  let dialect: BackpackDialect
  let heard: Heard
  /** What waits for fills that explain a position. */
  let settling: Set<() => void>
  let answers: Record<string, WireAnswer | ((one: WireRequest) => WireAnswer)>

  beforeEach(async () => {
    answers = { ...ANSWERS }
    venue = await Wire.open({
      http: (one) => {
        const answer = answers[`${one.method} ${one.target.split('?')[0]}`] ?? json([])
        return typeof answer === 'function' ? answer(one) : answer
      },
    })
    settling = new Set()
    const parts = dialectParts(venue, { apiKey: API_KEY, secretKey: SEED }, () => NOW_MS)
    const after = (delayMs: number, callback: () => void) => {
      if (delayMs !== 1500) return parts.clock.after(delayMs, callback)
      settling.add(callback)
      return () => settling.delete(callback)
    }
    dialect = new BackpackDialect({ ...parts, clock: { ...parts.clock, after } })
    await dialect.open()
    heard = new Heard()
  })
  afterEach(async () => {
    await dialect.close()
    await venue.close()
  })

  const listen = async () => {
    await dialect.instrument(SYMBOL)
    dialect.watch(sol)
    dialect.listen(heard)
    await heard.until(() => heard.live.length > 0)
  }

  /** Everything told so far has been heard, and the time for what belongs to it is over. */
  const settle = async () => {
    const before = heard.prices.length
    venue.tell(MARK)
    await heard.until(() => heard.prices.length > before)
    for (const late of settling) late()
    settling.clear()
  }

  test('an empty account is warned of; another address is another account', async () => {
    const facts = await dialect.open()
    assert.equal(facts.warnings.length, 1)
    answers['GET /wapi/v1/capital/deposit/address'] = json({ address: 'other' })
    assert.notEqual((await dialect.open()).fingerprint, facts.fingerprint)
    answers['GET /wapi/v1/capital/deposit/address'] = json({ code: 'FORBIDDEN', message: '' }, 403)
    assert.match((await dialect.open()).fingerprint, /^key:/)
  })

  test('keys that do not belong together are refused before anything is sent', async () => {
    const other = { apiKey: 'key', secretKey: SEED }
    const wrong = new BackpackDialect(dialectParts(venue, other, () => NOW_MS))
    const before = venue.requests.length
    await assert.rejects(
      wrong.open(),
      (error) => error instanceof VenueError && error.kind === 'credential',
    )
    const testnet = { ...dialectParts(venue, other, () => NOW_MS), isTestnet: true }
    await assert.rejects(new BackpackDialect(testnet).open(), VenueError)
    assert.equal(venue.requests.length, before)
  })

  test('a cancel that is only accepted is pending, and not found is absent; an outage is neither', async () => {
    const cancel = async (answer: WireAnswer) => {
      answers['DELETE /api/v1/order'] = answer
      return (await dialect.cancel(sol, [id('7')]))[0]?.kind
    }
    assert.equal(await cancel({ status: 202, body: '' }), 'pending')
    assert.equal(await cancel(NOT_FOUND), 'absent')
    assert.equal(await cancel({ status: 404, body: '<html>' }), 'unknown')
    assert.equal(await cancel(json({ code: 'SERVER_ERROR', message: '' }, 500)), 'unknown')
    assert.equal(await cancel({ status: 200, body: '<html>' }), 'unknown')
  })

  test('not found needs the venue word and both histories; an error is never an absence', async () => {
    assert.equal(await dialect.lookup(sol, id('7')), null)
    for (const path of ['/api/v1/order', '/wapi/v1/history/orders', '/wapi/v1/history/fills'])
      for (const answer of [
        json({ code: 'SERVER_ERROR', message: '' }, 500),
        { status: 404, body: 'not here' },
        { status: 200, body: '<html>' },
      ]) {
        answers = { ...ANSWERS, [`GET ${path}`]: answer }
        await assert.rejects(dialect.lookup(sol, id('7')), VenueError, path)
      }
    answers = {
      ...ANSWERS,
      'GET /wapi/v1/history/fills': json([{ orderId: '1', clientId: '7' }]),
    }
    await assert.rejects(dialect.lookup(sol, id('7')), VenueError)
  })

  test('histories are read to their end', async () => {
    const row = (clientId: number) => ({
      id: String(clientId),
      clientId,
      symbol: 'SOL_USDC_PERP',
      side: 'Bid',
      orderType: 'Limit',
      status: 'Cancelled',
      price: '1',
      quantity: '1',
      createdAt: '2023-11-14T22:13:20',
    })
    const rows = Array.from({ length: 1500 }, (_, index) => row(100_000 + index))
    answers['GET /wapi/v1/history/orders'] = ({ target }) => {
      const offset = Number(new URLSearchParams(target.split('?')[1]).get('offset'))
      return json(rows.slice(offset, offset + 1000))
    }
    assert.equal((await dialect.lookup(sol, id('101499')))?.status, 'canceled')
    assert.equal(await dialect.lookup(sol, id('7')), null)
    assert.equal(venue.sent('GET', '/wapi/v1/history/orders').length, 4)
  })

  test('a position that no fill explains, and a message that cannot be read, are gaps', async () => {
    await listen()
    const position = (q: string) => ({
      stream: 'account.positionUpdate',
      data: { s: 'SOL_USDC_PERP', q },
    })
    venue.tell(position('1.00'))
    await settle()
    venue.tell(position('2.00'))
    venue.tell(MARK)
    await heard.until(() => heard.prices.length === 2)
    assert.deepEqual(heard.gaps, [])
    for (const late of settling) late()
    assert.equal(heard.gaps.length, 1)
    assert.match(heard.gaps[0] ?? '', /without a fill/)
    const data = { e: 'orderFill', E: 1, s: 'SOL_USDC_PERP', t: 1, l: 'x', L: '1', n: '0' }
    venue.tell({ stream: 'account.orderUpdate', data })
    await heard.until(() => heard.gaps.length === 2)
    assert.match(heard.gaps[1] ?? '', /could not be read/)
  })

  test('a fill and the position that it made agree, in either order', async () => {
    await listen()
    const data = {
      e: 'orderFill',
      E: 1e15,
      s: 'SOL_USDC_PERP',
      c: 7,
      S: 'Bid',
      X: 'Filled',
      i: '1',
    }
    const fill = { ...data, l: '1', L: '141.5', N: 'USDC', n: '0', z: '1', m: true, O: 'USER' }
    const tell = (t: number) => venue.tell({ stream: 'account.orderUpdate', data: { ...fill, t } })
    const position = (q: string) =>
      venue.tell({ stream: 'account.positionUpdate', data: { s: 'SOL_USDC_PERP', q } })
    position('0')
    await settle()
    tell(1)
    position('1')
    position('2')
    tell(2)
    venue.tell(MARK)
    await heard.until(() => heard.prices.length === 2)
    assert.equal(heard.keys('fill').length, 2)
    assert.equal(settling.size, 0)
    assert.deepEqual(heard.gaps, [])
  })

  test('a refused subscription is a lost stream', async () => {
    await listen()
    venue.tell({ id: null, error: { code: 4006, message: 'Invalid signature' } })
    await heard.until(() => heard.gaps.length === 1 && heard.live.length === 2)
    assert.match(heard.gaps[0] ?? '', /4006/)
  })

  test('best prices of an older update, and of an empty side, are not shown', async () => {
    await listen()
    const best = (u: number, b: string) => ({
      stream: 'bookTicker.SOL_USDC_PERP',
      data: {
        e: 'bookTicker',
        E: 2e15,
        s: 'SOL_USDC_PERP',
        b,
        B: '3',
        a: '141.6',
        A: '2.5',
        u,
        T: 2e15,
      },
    })
    venue.tell(best(5, '141.4'))
    venue.tell(best(4, '100'))
    venue.tell(best(6, '0'))
    await heard.until(() => heard.prices.length === 2)
    assert.deepEqual(heard.prices, [
      { last: 14_150, mark: 14_150, bid: 14_140, ask: 14_160, bidQuantity: 300, askQuantity: 250 },
      { last: 14_150, mark: 14_150 },
    ])
  })
})
