/**
 * Four venues of the bench of the scanner, in a process of their own: REST answers and WebSocket messages in the words of each,
 * 50 contracts each, so many updates a second. Started by bench/arbitrage.ts; says its ports, later a sample of what it sent.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import {
  type BenchedVenue,
  benchedVenues,
  CONTRACTS,
  type VenuesOrder,
  type VenuesWord,
} from './arbitrage-terms.ts'

const LEVELS = 20
const SNAPSHOT_LEVELS = 400
/** Levels whose size changes with an update, of each side, where changes are told. */
const CHANGES = 8
const TICK_MS = 2
const BURST_MAX_S = 0.02
const SAMPLE = 8000
const HOUR_MS = 3_600_000

const bases = Array.from({ length: CONTRACTS }, (_, index) => `B${String(index).padStart(2, '0')}`)

/** One contract at one venue; prices count tenths. */
interface Market {
  readonly venue: BenchedVenue
  readonly base: string
  readonly index: number
  mid: number
  sequence: number
  isSnapshotDue: boolean
  socket: WebSocket | null
}

/** The price that the venues of a base hover around. */
const centres = bases.map((_, index) => 10_000 + index * 5_000)

const markets: readonly Market[] = bases.flatMap((base, index) =>
  benchedVenues.map((venue) => ({
    ...{ venue, base, index, mid: centres[index] ?? 0, sequence: 1000 },
    ...{ isSnapshotDue: true, socket: null },
  })),
)
for (const one of markets) one.mid += gapOf(one)
const byName = new Map(markets.map((one) => [`${one.venue} ${one.base}`, one]))

const price = (tenths: number): string => (tenths / 10).toFixed(1)
const size = (): string => (Math.random() * 40 + 1).toFixed(2)
const pair = (at: number): string => `["${price(at)}","${size()}"]`
const okxLevel = (at: number, lots: number): string => `["${price(at)}","${lots}","0","3"]`
const lots = (): number => Math.ceil(Math.random() * 4000)

function side(market: Market, sign: 1 | -1, count: number, one: (at: number) => string): string {
  const texts: string[] = []
  for (let index = 1; index <= count; index += 1) texts.push(one(market.mid + sign * index))
  return `[${texts.join(',')}]`
}

/** Of every tenth base one venue is dearer by more than a round trip costs: there are opportunities, too. */
function gapOf({ venue, index }: Market): number {
  return venue === 'okx' && index % 10 === 0 ? Math.round((centres[index] ?? 0) * 0.006) : 0
}

/** The next step of a price: it wanders around that of its base, which wanders too. */
function step(market: Market): -1 | 0 | 1 {
  if (Math.random() < 0.1)
    centres[market.index] = (centres[market.index] ?? 0) + (Math.random() < 0.5 ? -1 : 1)
  const away = (centres[market.index] ?? 0) + gapOf(market) - market.mid
  const draw = Math.random()
  if (draw < 0.5) return 0
  return draw < 0.75 + Math.max(-0.2, Math.min(0.2, away / 50)) ? 1 : -1
}

/** What changes of each side when the price moves so: the levels that go, the one that comes, and some sizes. */
function changes(
  market: Market,
  move: -1 | 0 | 1,
  gone: (at: number) => string,
  there: (at: number) => string,
) {
  const asks: string[] = []
  const bids: string[] = []
  if (move === 1) asks.push(gone(market.mid + 1))
  if (move === -1) bids.push(gone(market.mid - 1))
  market.mid += move
  if (move === 1) bids.push(there(market.mid - 1))
  if (move === -1) asks.push(there(market.mid + 1))
  for (let index = 0; index < CHANGES; index += 1) {
    const away = 1 + Math.floor(Math.random() * LEVELS)
    asks.push(there(market.mid + away))
    bids.push(there(market.mid - away))
  }
  return { asks: `[${asks.join(',')}]`, bids: `[${bids.join(',')}]` }
}

const messages: Readonly<Record<BenchedVenue, (market: Market, at: number) => string>> = {
  okx: (market, at) => {
    const instId = `${market.base}-USDT-SWAP`
    const arg = `{"channel":"books","instId":"${instId}"}`
    const one = (level: number): string => okxLevel(level, lots())
    const before = market.sequence
    if (market.isSnapshotDue) {
      market.isSnapshotDue = false
      const [asks, bids] = ([1, -1] as const).map((sign) =>
        side(market, sign, SNAPSHOT_LEVELS, one),
      )
      return `{"arg":${arg},"action":"snapshot","data":[{"asks":${asks},"bids":${bids},"ts":"${at}","checksum":0,"seqId":${before},"prevSeqId":-1}]}`
    }
    market.sequence += 1
    const { asks, bids } = changes(market, step(market), (level) => okxLevel(level, 0), one)
    return `{"arg":${arg},"action":"update","data":[{"asks":${asks},"bids":${bids},"ts":"${at}","checksum":0,"seqId":${market.sequence},"prevSeqId":${before}}]}`
  },
  hyperliquid: (market, at) => {
    market.mid += step(market)
    const one = (level: number): string => `{"px":"${price(level)}","sz":"${size()}","n":4}`
    const [bids, asks] = ([-1, 1] as const).map((sign) => side(market, sign, LEVELS, one))
    return `{"channel":"l2Book","data":{"coin":"${market.base}","time":${at},"levels":[${bids},${asks}]}}`
  },
  backpack: (market, at) => {
    const symbol = `${market.base}_USDC_PERP`
    market.sequence += 1
    const { asks, bids } = changes(market, step(market), (level) => `["${price(level)}","0"]`, pair)
    const { sequence } = market
    return `{"stream":"depth.${symbol}","data":{"e":"depth","E":${at}000,"s":"${symbol}","a":${asks},"b":${bids},"U":${sequence},"u":${sequence},"T":${at}000}}`
  },
  aster: (market, at) => {
    market.mid += step(market)
    const name = `${market.base}USDT`
    const before = market.sequence
    market.sequence += 7
    const [bids, asks] = ([-1, 1] as const).map((sign) => side(market, sign, LEVELS, pair))
    return `{"stream":"${name.toLowerCase()}@depth20@100ms","data":{"e":"depthUpdate","E":${at},"T":${at},"s":"${name}","U":${before + 1},"u":${market.sequence},"pu":${before},"b":${bids},"a":${asks}}}`
  },
}

/** Funding as each venue streams it, once at the beginning. */
const fundings: Readonly<Record<BenchedVenue, (base: string, at: number) => string>> = {
  okx: (base, at) =>
    `{"arg":{"channel":"funding-rate","instId":"${base}-USDT-SWAP"},"data":[{"fundingRate":"0.0001","fundingTime":"${at + HOUR_MS}","nextFundingTime":"${at + 9 * HOUR_MS}","instId":"${base}-USDT-SWAP","instType":"SWAP","ts":"${at}"}]}`,
  hyperliquid: (base) =>
    `{"channel":"activeAssetCtx","data":{"coin":"${base}","ctx":{"funding":"0.0000125","markPx":"1000.0","oraclePx":"1000.0"}}}`,
  backpack: (base, at) =>
    `{"stream":"markPrice.${base}_USDC_PERP","data":{"e":"markPrice","E":${at}000,"s":"${base}_USDC_PERP","p":"1000.0","f":"0.00005","i":"1000.0","n":${at + HOUR_MS}000,"T":${at}000}}`,
  aster: (base, at) =>
    `{"stream":"${base.toLowerCase()}usdt@markPrice@1s","data":{"e":"markPriceUpdate","E":${at},"s":"${base}USDT","p":"1000.0","i":"1000.0","P":"1000.0","r":"0.0001","T":${at + HOUR_MS}}}`,
}

// What is asked over HTTP

const okxRows = bases.map((base) => ({
  ...{
    instType: 'SWAP',
    instId: `${base}-USDT-SWAP`,
    instFamily: `${base}-USDT`,
    ctType: 'linear',
  },
  ...{ ctVal: '0.01', ctMult: '1', ctValCcy: base, settleCcy: 'USDT', lotSz: '1', minSz: '1' },
  ...{ tickSz: '0.1', lever: '50', state: 'live' },
}))
const backpackRows = bases.map((base) => ({
  ...{ symbol: `${base}_USDC_PERP`, baseSymbol: base, quoteSymbol: 'USDC', marketType: 'PERP' },
  ...{ orderBookState: 'Open', fundingInterval: HOUR_MS, imfFunction: null, mmfFunction: null },
  filters: {
    price: { tickSize: '0.1', minPrice: '0.1' },
    quantity: { stepSize: '0.01', minQuantity: '0.01' },
  },
}))
const asterRows = bases.map((base) => ({
  ...{ symbol: `${base}USDT`, contractType: 'PERPETUAL', status: 'TRADING', baseAsset: base },
  ...{
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    requiredMarginPercent: '5',
    maintMarginPercent: '2.5',
  },
  filters: [
    { filterType: 'PRICE_FILTER', tickSize: '0.1' },
    { filterType: 'LOT_SIZE', stepSize: '0.01', minQty: '0.01' },
    { filterType: 'MIN_NOTIONAL', notional: '5' },
  ],
}))
const universe = bases.map((name) => ({ name, szDecimals: 2, maxLeverage: 20 }))

function depthOf(symbol: string): unknown {
  const market = byName.get(`backpack ${symbol.split('_')[0]}`)
  if (market === undefined) return {}
  const levels = (sign: 1 | -1): unknown =>
    JSON.parse(side(market, sign, SNAPSHOT_LEVELS, pair)) as unknown
  const lastUpdateId = String(market.sequence)
  return { asks: levels(1), bids: levels(-1), lastUpdateId, timestamp: Date.now() * 1000 }
}

function answerOf(url: string): unknown {
  if (url.startsWith('/api/v5/public/instruments')) return { code: '0', data: okxRows }
  if (url.startsWith('/info')) return { universe }
  if (url.startsWith('/api/v1/markets')) return backpackRows
  if (url.startsWith('/api/v1/depth'))
    return depthOf(new URL(url, 'http://x').searchParams.get('symbol') ?? '')
  if (url.endsWith('/exchangeInfo')) return { symbols: asterRows }
  return []
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(answerOf(request.url ?? '')))
}

// What is subscribed over WebSockets

interface Frame {
  readonly args?: readonly { readonly channel: string; readonly instId: string }[]
  readonly subscription?: { readonly type: string; readonly coin: string }
  readonly params?: readonly string[]
}

/** Bases whose books the frame asks for. */
function booksIn({ args = [], subscription, params = [] }: Frame): readonly string[] {
  const okx = args.flatMap(({ channel, instId }) => (channel === 'books' ? [instId] : []))
  const hyperliquid = subscription?.type === 'l2Book' ? [subscription.coin] : []
  const backpack = params.flatMap((one) => (one.startsWith('depth.') ? [one.slice(6)] : []))
  const aster = params.flatMap((one) => (one.includes('@depth') ? [one] : []))
  const names = [...okx, ...hyperliquid, ...backpack, ...aster]
  return names.map((name) => name.slice(0, 3).toUpperCase())
}

function serve(venue: BenchedVenue): Server {
  const server = createServer(answer)
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on('connection', (socket) =>
    socket.on('message', (data) => {
      const text = String(data)
      if (text === 'ping') return socket.send('pong')
      if (text === '{"method":"ping"}') return socket.send('{"channel":"pong"}')
      for (const base of booksIn(JSON.parse(text) as Frame)) {
        const market = byName.get(`${venue} ${base}`)
        if (market === undefined) continue
        market.socket = socket
        market.isSnapshotDue = true
        socket.send(messages[venue](market, Date.now()))
        socket.send(fundings[venue](base, Date.now()))
      }
    }),
  )
  server.listen(0, '127.0.0.1')
  return server
}

// The flow

const sample: string[] = []
let sent = 0
let next = 0

function send(): void {
  const market = markets[next % markets.length]
  next += 1
  if (market?.socket?.readyState !== 1) return
  const text = messages[market.venue](market, Date.now())
  market.socket.send(text)
  sample[sent % SAMPLE] = text
  sent += 1
}

function flow(perSecond: number): void {
  const startedMs = performance.now()
  let done = 0
  setInterval(() => {
    const due = ((performance.now() - startedMs) / 1000) * perSecond
    // A process that stood still does not catch up in one burst: venues do not either.
    done = Math.max(done, Math.floor(due - perSecond * BURST_MAX_S))
    for (; done < due; done += 1) send()
  }, TICK_MS)
}

if (process.send !== undefined) {
  const tell = (word: VenuesWord): void => void process.send?.(word)
  const servers = benchedVenues.map((venue) => ({ venue, server: serve(venue) }))
  await Promise.all(
    servers.map(({ server }) => new Promise<void>((resolve) => server.once('listening', resolve))),
  )
  const ports = servers.map(({ venue, server }) => [venue, (server.address() as AddressInfo).port])
  process.on('message', (order: VenuesOrder) => {
    if (order.kind === 'start') flow(order.updatesPerS * markets.length)
    else tell({ kind: 'sample', texts: sample, sent })
  })
  process.on('disconnect', () => process.exit(0))
  tell({ kind: 'ports', ports: Object.fromEntries(ports) })
}
