/** Unmodified ccxt against the sandbox's front of Hyperliquid: what it signs is taken, what it reads it understands. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createHyperliquidFront } from '../../src/exchange/sandbox/hyperliquid/hyperliquid-front.ts'
import { TestSandbox } from '../support/sandbox.ts'
import { sandboxVenue, Wire, type WireVenue } from '../support/wire.ts'

const SYMBOL = 'BTC/USDC:USDC'
const cloid = (last: number) => `0x${String(last).padStart(32, '0')}`

// biome-ignore lint/suspicious/noExplicitAny: the class of a package without types of its own for this path
let exchange: any
let sandbox: TestSandbox
let wire: Wire

describe('unmodified ccxt against the sandbox', { timeout: 30_000 }, () => {
  before(async () => {
    sandbox = new TestSandbox({
      venue: 'hyperliquid',
      front: createHyperliquidFront,
      wallMs: Date.now() - 600_000,
    })
    sandbox.advance(600_000)
    wire = await Wire.open(listened(sandboxVenue(sandbox)))
    const path = new URL('./src/pro/hyperliquid.js', import.meta.resolve('ccxt'))
    const { default: Hyperliquid } = await import(path.href)
    const { walletAddress, privateKey } = sandbox.account.credentials
    exchange = new Hyperliquid({ walletAddress, privateKey, enableRateLimit: false })
    exchange.urls.api = {
      ...exchange.urls.api,
      public: wire.restUrl,
      private: wire.restUrl,
      ws: { ...exchange.urls.api.ws, public: `${wire.wsUrl}/ws` },
    }
    await exchange.loadHttpProxyAgent()
    await exchange.loadMarkets()
  })
  after(async () => {
    await exchange?.close()
    await wire?.close()
  })

  test('markets: perps with their rules, the spot pair, and another dex', () => {
    const btc = exchange.markets[SYMBOL]
    assert.equal(btc.active, true)
    assert.equal(btc.precision.amount, 0.00001)
    assert.equal(btc.limits.leverage.max, 50)
    assert.ok(exchange.markets['PURR/USDC'])
    assert.ok(exchange.markets['XYZ-GOLD/USDC:USDC'])
  })

  test('an order, found by its client id, told by the stream, canceled', async () => {
    const watched = exchange.watchOrders(SYMBOL)
    await untilSubscribed('orderUpdates')
    const clientOrderId = cloid(1)
    const placed = await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 29_000, {
      clientOrderId,
    })
    const found = await exchange.fetchOrder(undefined, SYMBOL, { clientOrderId })
    assert.equal(found.id, placed.id)
    assert.equal(found.status, 'open')
    assert.equal(found.price, 29_000)
    const [told] = await watched
    assert.equal(told.clientOrderId, clientOrderId)
    assert.equal((await exchange.fetchOpenOrders(SYMBOL)).length, 1)
    const edited = await exchange.editOrder(placed.id, SYMBOL, 'limit', 'buy', 0.02, 29_100)
    assert.notEqual(edited.id, placed.id)
    await exchange.cancelOrder(edited.id, SYMBOL)
    assert.equal((await exchange.fetchOpenOrders(SYMBOL)).length, 0)
  })

  test('a trade: by stream and by question, and the position it makes', async () => {
    const watched = exchange.watchMyTrades(SYMBOL)
    await untilSubscribed('userFills')
    const order = await exchange.createOrder(SYMBOL, 'market', 'buy', 0.01, 30_000, {
      clientOrderId: cloid(2),
    })
    assert.equal(order.filled, 0.01)
    const [told] = await watched
    const [asked] = await exchange.fetchMyTrades(SYMBOL)
    assert.equal(told.id, asked.id)
    assert.equal(told.order, order.id)
    assert.equal(asked.side, 'buy')
    assert.ok(asked.fee.cost > 0)
    const [position] = await exchange.fetchPositions([SYMBOL])
    assert.equal(position.contracts, 0.01)
    assert.equal(position.side, 'long')
    assert.equal(position.marginMode, 'cross')
    const balance = await exchange.fetchBalance()
    assert.ok(balance.USDC.total > 9_990)
  })

  test('market data: book, candles, funding, ticker', async () => {
    const book = await exchange.fetchOrderBook(SYMBOL)
    assert.ok(book.bids[0][0] < book.asks[0][0])
    const candles = await exchange.fetchOHLCV(SYMBOL, '1m', sandbox.backend.marketAt() - 600_000)
    assert.ok(candles.length > 0)
    const funding = await exchange.fetchFundingRate(SYMBOL)
    assert.equal(typeof funding.fundingRate, 'number')
    const ticker = await exchange.fetchTicker(SYMBOL)
    assert.ok(ticker.close > 0)
  })

  test('refusals reach it as errors of their kind', async () => {
    const order = (price: number, amount: number, parts = {}) =>
      exchange.createOrder(SYMBOL, 'limit', 'buy', amount, price, parts)
    await assert.rejects(order(29_000, 0.0001), { name: 'InvalidOrder' })
    await assert.rejects(order(29_000, 90), { name: 'InsufficientFunds' })
    await assert.rejects(order(31_000, 0.01, { postOnly: true }), { name: 'InvalidOrder' })
    await assert.rejects(exchange.cancelOrder('1', SYMBOL), { name: 'OrderNotFound' })
    await assert.rejects(exchange.fetchOrder('1', SYMBOL), { name: 'OrderNotFound' })
  })
})

/** Streams that the sandbox has been asked for. */
const subscribed = new Set<string>()

async function untilSubscribed(type: string): Promise<void> {
  for (let tries = 0; tries < 300 && !subscribed.has(type); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.ok(subscribed.has(type), `no subscription to ${type} has reached the sandbox`)
}

/** The venue of a test sandbox, and what clients subscribe to there. */
function listened(venue: WireVenue): WireVenue {
  return {
    ...venue,
    socket: (socket, target) => {
      venue.socket?.(socket, target)
      socket.on('message', (data) => {
        const { method, subscription } = JSON.parse(String(data))
        if (method === 'subscribe') subscribed.add(subscription.type)
      })
    },
  }
}
