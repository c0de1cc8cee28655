/**
 * A local double of venues that hand out their history: the HTTP interfaces of OKX, Hyperliquid, Binance, Aster and Backpack as
 * far as candles, mark candles, settled funding and the list of contracts go, over a real socket, with the paging of
 * each (OKX and Backpack's funding newest first, the others oldest first), and with the faults that a test asks for.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const HOUR_MS = 3_600_000
const LENGTHS: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '1H': HOUR_MS,
  '1h': HOUR_MS,
  '1Dutc': 24 * HOUR_MS,
  '1d': 24 * HOUR_MS,
}

/** What happens to the next request instead of an answer. */
export type Fault = 'too_many' | 'banned' | 'dropped' | 'cut' | 'broken' | 'unavailable'

export interface VenueHistory {
  /** When the contract was listed, ms. */
  readonly listedAt: number
  /** [from, to) without candles, ms. */
  readonly outage?: readonly [number, number]
  /** No answer holds more rows, whatever is asked for. */
  readonly rowsMax?: number
}

type Query = Readonly<Record<string, string>>
/** Time, open, high, low, close, volume in base. */
type Candle = readonly [number, number, number, number, number, number]

const round = (value: number) => Math.round(value * 1000) / 1000
const priceAt = (at: number) => 100 + ((at / 60_000) % 977) / 8

/** The candle that every venue here has at a time. */
export function candleAt(at: number, lengthMs: number): Candle {
  const [open, close] = [priceAt(at), priceAt(at + lengthMs)]
  const volume = ((at / lengthMs) % 7) + 0.25
  const [high, low] = [Math.max(open, close) + 0.5, Math.min(open, close) - 0.5]
  return [at, round(open), round(high), round(low), round(close), volume]
}
export const markAt = (at: number): number => round(priceAt(at) - 0.125)
/** Settled each hour, stamped some ms late. */
export const fundingAt = (hour: number): readonly [number, number] => [
  hour * HOUR_MS + (hour % 50),
  ((hour % 9) - 4) / 100_000,
]

export class HistoryVenue {
  /** Each is spent by one request for rows. */
  readonly faults: Fault[] = []
  /** Paths and parameters of what was asked for. */
  readonly asked: string[] = []
  /** Called before each answer with rows; a test waits or kills in it. */
  onRows: (count: number) => Promise<void> | void = () => undefined
  readonly #history: VenueHistory
  readonly #server = createServer((request, response) => this.#serve(request, response))
  #count = 0

  constructor(history: VenueHistory) {
    this.#history = history
  }

  /** Listens and returns the address. */
  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const body = request.method === 'POST' ? await readBody(request) : null
    const query = Object.fromEntries(url.searchParams)
    this.asked.push(`${url.pathname} ${JSON.stringify(body ?? query)}`)
    const isOkx = url.pathname.startsWith('/api/v5/')
    const answer = this.#answerTo(url.pathname, query, body)
    const isList = answer.isList === true
    const fault = isList ? undefined : this.faults.shift()
    if (!isList) {
      this.#count += 1
      await this.onRows(this.#count)
    }
    if (fault === undefined) send(response, 200, answer.value)
    else fail(response, fault, isOkx)
  }

  #answerTo(path: string, query: Query, body: unknown): { isList?: boolean; value: unknown } {
    if (path === '/info') return this.#hyperliquid(body as InfoRequest)
    if (path.startsWith('/api/v5/')) return this.#okx(path.slice('/api/v5/'.length), query)
    if (path.startsWith('/api/v1/')) return this.#backpack(path.slice('/api/v1/'.length), query)
    if (path.startsWith('/api/v3/')) return { isList: true, value: { symbols: [] } }
    return this.#binance(path.replace(/^\/fapi\/v[13]\//, ''), query)
  }

  #okx(path: string, query: Query): { isList?: boolean; value: unknown } {
    const data = (rows: unknown) => ({ code: '0', msg: '', data: rows })
    if (path === 'public/instruments') return { isList: true, value: data([OKX_CONTRACT]) }
    const [after, before] = [Number(query['after'] ?? Date.now()), Number(query['before'] ?? 0)]
    const newest = <T>(rows: readonly T[], max: number) =>
      [...rows].reverse().slice(0, this.#limit(query['limit'] ?? '100', max))
    if (path === 'public/funding-rate-history') {
      const rows = this.#funding(before + 1, after).map(([at, rate]) => ({
        instType: 'SWAP',
        instId: 'SOL-USDT-SWAP',
        fundingRate: String(rate),
        realizedRate: String(rate),
        fundingTime: String(at),
      }))
      return { value: data(newest(rows, 100)) }
    }
    const length = LENGTHS[query['bar'] ?? ''] ?? 0
    const candles = this.#candles(before + 1, after, length)
    if (path.includes('mark-price')) {
      const rows = candles.map(([at]) => [String(at), ...marks(at), '1'])
      return { value: data(newest(rows, 100)) }
    }
    // Volume in contracts of 10, in base, in quote.
    const rows = candles.map(([at, open, high, low, close, volume]) =>
      [at, open, high, low, close, volume / 10, volume, volume * close, 1].map(String),
    )
    return { value: data(newest(rows, 300)) }
  }

  #hyperliquid(body: InfoRequest): { isList?: boolean; value: unknown } {
    if (body.type === 'metaAndAssetCtxs') {
      const universe = [{ name: 'SOL', szDecimals: 2, maxLeverage: 20 }]
      const contexts = [{ funding: '0.0000125', markPx: '100.1', midPx: '100.1', oraclePx: '100' }]
      return { isList: true, value: [{ universe }, contexts] }
    }
    if (body.type === 'fundingHistory') {
      const rates = this.#funding(body.startTime ?? 0, (body.endTime ?? Date.now()) + 1)
      const rows = rates.map(([time, rate]) => ({
        coin: 'SOL',
        fundingRate: String(rate),
        premium: '0',
        time,
      }))
      return { value: rows.slice(0, this.#limit('500', 500)) }
    }
    const { startTime = 0, endTime = 0, interval = '' } = body.req ?? {}
    const length = LENGTHS[interval] ?? 0
    // The latest 5000 candles, and no others.
    const oldest = Math.floor(Date.now() / length) * length - 4_999 * length
    const rows = this.#candles(Math.max(startTime, oldest), endTime + 1, length).map(
      ([t, o, h, l, c, v]) => ({
        t,
        T: t + length - 1,
        s: 'SOL',
        i: interval,
        o: String(o),
        h: String(h),
        l: String(l),
        c: String(c),
        v: String(v),
        n: 3,
      }),
    )
    return { value: rows.slice(0, this.#limit('5000', 5_000)) }
  }

  #binance(path: string, query: Query): { isList?: boolean; value: unknown } {
    if (path === 'exchangeInfo') return { isList: true, value: { symbols: [BINANCE_CONTRACT] } }
    const from = Number(query['startTime'] ?? 0)
    const to = Number(query['endTime'] ?? Date.now()) + 1
    if (path === 'fundingRate') {
      const rows = this.#funding(from, to).map(([fundingTime, rate]) => ({
        symbol: 'SOLUSDT',
        fundingRate: rate.toFixed(8),
        fundingTime,
        markPrice: '100.0',
      }))
      return { value: rows.slice(0, this.#limit(query['limit'] ?? '100', 1_000)) }
    }
    const length = LENGTHS[query['interval'] ?? ''] ?? 0
    const rows = this.#candles(from, to, length).map(([at, open, high, low, close, volume]) => {
      const prices = path === 'markPriceKlines' ? marks(at) : [open, high, low, close].map(String)
      const amount = path === 'markPriceKlines' ? '0' : String(volume)
      return [at, ...prices, amount, at + length - 1, '0', 3, '0', '0', '0']
    })
    return { value: rows.slice(0, this.#limit(query['limit'] ?? '500', 1_500)) }
  }

  #backpack(path: string, query: Query): { isList?: boolean; value: unknown } {
    if (path === 'markets') return { isList: true, value: [BACKPACK_CONTRACT] }
    const { symbol, interval = '', priceType } = query
    // Times are texts without an offset, those of the query are seconds.
    const text = (at: number) => new Date(at).toISOString().slice(0, 19)
    if (path === 'fundingRates') {
      const [offset, limit] = [Number(query['offset'] ?? 0), Number(query['limit'] ?? 100)]
      const rows = this.#funding(0, Date.now()).map(([at, rate]) => ({
        symbol,
        fundingRate: String(rate),
        intervalEndTimestamp: new Date(at).toISOString().slice(0, 23),
      }))
      return { value: rows.reverse().slice(offset, offset + Math.min(limit, 1_000)) }
    }
    const length = LENGTHS[interval] ?? 0
    const [from, to] = [Number(query['startTime']) * 1000, Number(query['endTime']) * 1000 + 1000]
    const rows = this.#candles(from, to, length).map(([at, open, high, low, close, volume]) => ({
      start: text(at).replace('T', ' '),
      end: text(at + length).replace('T', ' '),
      open: String(priceType === 'Mark' ? markAt(at) : open),
      high: String(high),
      low: String(low),
      close: String(close),
      volume: String(volume),
      quoteVolume: '0',
      trades: '3',
    }))
    return { value: rows.slice(0, this.#limit('1000', 1_000)) }
  }

  #limit(asked: string, max: number): number {
    return Math.min(Number(asked), max, this.#history.rowsMax ?? max)
  }

  /** Candles that open in [from, to) and have begun, ascending. */
  #candles(from: number, to: number, lengthMs: number): readonly Candle[] {
    const { listedAt, outage } = this.#history
    const rows: Candle[] = []
    const first = Math.floor(listedAt / lengthMs) * lengthMs
    const begin = Math.max(first, Math.ceil(from / lengthMs) * lengthMs)
    for (let at = begin; at < Math.min(to, Date.now()); at += lengthMs) {
      const isOut = outage !== undefined && at >= outage[0] && at < outage[1]
      if (!isOut) rows.push(candleAt(at, lengthMs))
    }
    return rows
  }

  #funding(from: number, to: number): readonly (readonly [number, number])[] {
    const rows: (readonly [number, number])[] = []
    const begin = Math.max(Math.ceil(this.#history.listedAt / HOUR_MS), Math.floor(from / HOUR_MS))
    for (let hour = begin; hour * HOUR_MS < Math.min(to, Date.now()); hour += 1) {
      const row = fundingAt(hour)
      if (row[0] >= from && row[0] < to) rows.push(row)
    }
    return rows
  }
}

interface InfoRequest {
  readonly type: string
  readonly startTime?: number
  readonly endTime?: number
  readonly req?: {
    readonly startTime: number
    readonly endTime: number
    readonly interval: string
  }
}

const marks = (at: number): readonly string[] => {
  const mark = markAt(at)
  return [mark, mark + 1, mark - 1, mark].map(String)
}

const OKX_CONTRACT = {
  instType: 'SWAP',
  instId: 'SOL-USDT-SWAP',
  uly: 'SOL-USDT',
  instFamily: 'SOL-USDT',
  settleCcy: 'USDT',
  ctVal: '10',
  ctMult: '1',
  ctValCcy: 'SOL',
  ctType: 'linear',
  lotSz: '0.01',
  minSz: '0.01',
  tickSz: '0.001',
  lever: '50',
  state: 'live',
}

const BACKPACK_CONTRACT = {
  symbol: 'SOL_USDC_PERP',
  baseSymbol: 'SOL',
  quoteSymbol: 'USDC',
  marketType: 'PERP',
  filters: { price: { tickSize: '0.001' }, quantity: { minQuantity: '0.01', stepSize: '0.01' } },
  fundingInterval: 3_600_000,
  orderBookState: 'Open',
}

const BINANCE_CONTRACT = {
  symbol: 'SOLUSDT',
  pair: 'SOLUSDT',
  contractType: 'PERPETUAL',
  deliveryDate: 4133404800000,
  status: 'TRADING',
  baseAsset: 'SOL',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.001', maxPrice: '100000', tickSize: '0.001' },
    { filterType: 'LOT_SIZE', minQty: '0.01', maxQty: '100000', stepSize: '0.01' },
  ],
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

function send(response: ServerResponse, status: number, value: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

function fail(response: ServerResponse, fault: Fault, isOkx: boolean): void {
  const tooMany = isOkx
    ? { code: '50011', msg: 'Requests too frequent.', data: [] }
    : { code: -1003, msg: 'Too many requests.' }
  if (fault === 'too_many') send(response, 429, tooMany, { 'retry-after': '0' })
  else if (fault === 'banned') send(response, 429, tooMany, { 'retry-after': '900' })
  else if (fault === 'unavailable') send(response, 503, { msg: 'Service unavailable' })
  else if (fault === 'dropped') response.socket?.destroy()
  else if (fault === 'broken') response.end('<html>gateway</html>')
  else {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' })
    response.write('{"code":"0","data":[["17')
    setTimeout(() => response.socket?.destroy(), 20)
  }
}
