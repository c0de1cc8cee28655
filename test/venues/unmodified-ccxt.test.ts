/** The sandbox's fronts of Backpack and Aster against unmodified ccxt over real sockets: what others wrote must understand them. */
import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { createAsterFront } from '../../src/exchange/sandbox/aster/aster-front.ts'
import { addressOf } from '../../src/exchange/sandbox/aster/signature.ts'
import { createBackpackFront } from '../../src/exchange/sandbox/backpack/backpack-front.ts'
import type {
  FrontFactory,
  SandboxCredentials,
  SandboxVenue,
} from '../../src/exchange/sandbox/front.ts'
import { TestSandbox, wave } from '../support/sandbox.ts'
import { sandboxVenue, Wire } from '../support/wire.ts'

type Row = Record<string, unknown>

/** What the test uses of ccxt's unified interface. */
interface Ccxt {
  options: Record<string, unknown>
  loadHttpProxyAgent(): Promise<unknown>
  loadMarkets(): Promise<Record<string, Row>>
  fetchOrderBook(symbol: string): Promise<{ bids: [number, number][]; asks: [number, number][] }>
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<number[][]>
  fetchFundingRate(symbol: string): Promise<Row>
  fetchBalance(): Promise<Record<string, Row>>
  createOrder(...args: readonly unknown[]): Promise<Row>
  fetchOpenOrders(symbol: string): Promise<Row[]>
  fetchMyTrades(symbol: string): Promise<Row[]>
  fetchPositions(symbols: readonly string[]): Promise<Row[]>
  cancelOrder(id: unknown, symbol: string): Promise<Row>
  watchOrders(symbol: string): Promise<Row[]>
  watchOrderBook(symbol: string): Promise<{ bids: [number, number][] }>
  close(): Promise<unknown>
}

async function makeCcxt(name: SandboxVenue, options: Row): Promise<Ccxt> {
  const root = import.meta.resolve('ccxt')
  const module = (await import(new URL(`./src/pro/${name}.js`, root).href)) as {
    default: new (options: Row) => Ccxt
  }
  const exchange = new module.default({ enableRateLimit: false, ...options })
  await exchange.loadHttpProxyAgent()
  // Its timer for the next hour would keep the test's process alive.
  Object.assign(exchange, { delay: () => undefined })
  return exchange
}

let wire: Wire | null = null
let exchange: Ccxt | null = null

async function open(
  venue: SandboxVenue,
  front: FrontFactory,
  symbol: string,
  credentials: Partial<SandboxCredentials> = {},
): Promise<TestSandbox> {
  const rows = { [symbol]: wave(10_000, 20) }
  const sandbox = new TestSandbox({ venue, front, rows, wallMs: Date.now(), credentials })
  sandbox.advance(300_000, 0)
  wire = await Wire.open(sandboxVenue(sandbox))
  return sandbox
}

/** Places, watches, looks up, cancels, trades: the same for every venue. */
async function trade(ccxt: Ccxt, sandbox: TestSandbox, symbol: string): Promise<void> {
  const markets = await ccxt.loadMarkets()
  assert.equal(markets[symbol]?.['swap'], true)
  const book = await ccxt.fetchOrderBook(symbol)
  assert.ok((book.bids[0]?.[0] ?? 0) < (book.asks[0]?.[0] ?? 0))
  const candles = await ccxt.fetchOHLCV(symbol, '1m', sandbox.wallMs - 600_000, 5)
  assert.ok(candles.length > 0)
  assert.equal(typeof (await ccxt.fetchFundingRate(symbol))['fundingRate'], 'number')
  const settle = symbol.split(':')[1] ?? ''
  assert.equal((await ccxt.fetchBalance())[settle]?.['total'], 10_000)

  const watched = ccxt.watchOrders(symbol)
  await until(() => (wire?.sockets.size ?? 0) > 0)
  await settled()
  const placed = await ccxt.createOrder(symbol, 'limit', 'buy', 1, 99)
  const [told] = await watched
  assert.equal(told?.['id'], placed['id'])
  assert.equal(told?.['status'], 'open')
  const [resting] = await ccxt.fetchOpenOrders(symbol)
  assert.equal(resting?.['id'], placed['id'])
  await ccxt.cancelOrder(placed['id'], symbol)
  assert.deepEqual(await ccxt.fetchOpenOrders(symbol), [])

  await ccxt.createOrder(symbol, 'market', 'buy', 2)
  const [position] = await ccxt.fetchPositions([symbol])
  assert.equal(Number(position?.['contracts']), 2)
  assert.equal(position?.['side'], 'long')
  const [fill] = await ccxt.fetchMyTrades(symbol)
  assert.equal(Number(fill?.['amount']), 2)
  const fee = fill?.['fee'] as Row | undefined
  assert.ok(Number(fee?.['cost']) > 0)
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets what was sent on sockets arrive: a question and its answer go the same way. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await fetch(`${wire?.restUrl}/api/v1/ping`)
}

describe('unmodified ccxt against the sandbox', { timeout: 60_000 }, () => {
  afterEach(async () => {
    await exchange?.close()
    await wire?.close()
    exchange = null
    wire = null
  })

  it('trades on Backpack', async () => {
    const symbol = 'SOL/USDC:USDC'
    const sandbox = await open('backpack', createBackpackFront, symbol)
    const { apiKey, secretKey: secret } = sandbox.account.credentials
    const { restUrl = '', wsUrl = '' } = wire ?? {}
    const ws = { public: wsUrl, private: wsUrl }
    const urls = { api: { public: restUrl, private: restUrl, ws } }
    exchange = await makeCcxt('backpack', { apiKey, secret, urls })
    await trade(exchange, sandbox, symbol)
  })

  it('trades on Aster, after it has approved its builder by itself', async () => {
    const symbol = 'SOL/USDT:USDT'
    // Unmodified ccxt knows no agents: its key is the wallet's own.
    const privateKey = `0x${'11'.repeat(32)}`
    const address = addressOf(privateKey)
    const sandbox = await open('aster', createAsterFront, symbol, {
      privateKey,
      walletAddress: address,
      agentAddress: address,
    })
    const { restUrl = '', wsUrl = '' } = wire ?? {}
    const api = {
      fapiPublic: `${restUrl}/fapi`,
      fapiPrivate: `${restUrl}/fapi`,
      sapiPublic: `${restUrl}/api`,
      sapiPrivate: `${restUrl}/api`,
      ws: {
        public: { spot: `${wsUrl}/stream`, swap: `${wsUrl}/stream` },
        private: { spot: `${wsUrl}/ws`, swap: `${wsUrl}/ws` },
      },
    }
    exchange = await makeCcxt('aster', { privateKey, urls: { api } })
    await trade(exchange, sandbox, symbol)
  })
})
