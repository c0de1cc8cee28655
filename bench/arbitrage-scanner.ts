/**
 * The scanner of the bench, in a process of its own: real sockets, the adapters' parsers, the scanner as it runs in a fleet.
 * Started by bench/arbitrage.ts.
 */

import diagnostics from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { SystemClock } from '../src/adapters/system/clock.ts'
import { ScanFeed } from '../src/adapters/venues/public/scan-feed.ts'
import { Scanner } from '../src/arbitrage/scanner.ts'
import { scanSettings } from '../src/config/arbitrage-schema.ts'
import { silentLogger } from '../src/ports/logger.ts'
import { type BenchedVenue, benchedVenues } from './arbitrage-terms.ts'
import { median, quantile } from './measure.ts'

/** From the parent. */
export type ScannerOrder =
  | { readonly kind: 'open'; readonly ports: Readonly<Record<BenchedVenue, number>> }
  | { readonly kind: 'measure'; readonly forMs: number }
  | { readonly kind: 'parse'; readonly texts: readonly string[] }

export interface ScanFigures {
  readonly kind: 'figures'
  readonly updates: number
  readonly seconds: number
  /** From the bytes of a message being read to its pairs being up to date, ms. */
  readonly read: { readonly p50: number; readonly p99: number; readonly max: number }
  /** From the stamp of a message, which was made before it was sent, to the same, ms. */
  readonly sent: { readonly p50: number; readonly p99: number; readonly max: number }
  /** Share of one core. */
  readonly cpu: number
  readonly memoryMb: number
  readonly pairs: number
  readonly fresh: number
  readonly opportunities: number
}
/** To the parent. */
export type ScannerWord =
  | { readonly kind: 'open' }
  | ScanFigures
  | { readonly kind: 'parsed'; readonly nsPerMessage: number; readonly bytesPerMessage: number }

const TURNS = 5
const OPEN_WAIT_MS = 20_000

/** When the latest bytes came out of a socket; what follows of them happens before the next ones are read. */
let readAtMs = 0
diagnostics.subscribe('net.client.socket', (message) => {
  const { socket } = message as { socket: Socket }
  const push = socket.push.bind(socket)
  socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    readAtMs = performance.now()
    return push(chunk, encoding)
  }
})

let readMs: number[] = []
let sentMs: number[] = []
const clock = new SystemClock()
function onScanned(at: number): void {
  const now = performance.now()
  readMs.push(now - readAtMs)
  sentMs.push(performance.timeOrigin + now - at)
}

async function open(ports: Readonly<Record<BenchedVenue, number>>): Promise<Scanner> {
  const settings = scanSettings({
    venues: benchedVenues,
    ...{ symbols: [], min_edge_bps: '1', max_edge_bps: '10000', notional: '1000' },
    ...{ slippage_bps: '1', holding_s: 28_800 },
    ...{ stale_after_s: 5, quote_rates: ['USDT=1', 'USDC=1'], scan_interval_ms: 500 },
    market: 'sandbox',
  })
  if (settings === null) throw new Error('nothing to compare')
  const feeds = benchedVenues.map((venue) => {
    const place = `127.0.0.1:${ports[venue]}`
    const urls = { rest: `http://${place}`, ws: `ws://${place}` }
    return new ScanFeed({ venue, urls, clock, logger: silentLogger, random: Math.random })
  })
  const market = 'sandbox' as const
  const scanner = new Scanner({
    settings,
    market,
    feeds,
    clock,
    logger: silentLogger,
    keep() {},
    onScanned,
  })
  await scanner.start()
  const endMs = performance.now() + OPEN_WAIT_MS
  for (;;) {
    const missing = scanner.pairs().filter(({ edge_bps }) => edge_bps === null)
    if (missing.length === 0) break
    if (performance.now() > endMs) {
      const [{ pair = '', reasons = [] } = {}] = missing
      const why = reasons.map(({ code, exchange }) => `${exchange} ${code}`).join(', ')
      throw new Error(`${missing.length} pairs are not priced, the first is ${pair}: ${why}`)
    }
    await sleep(100)
  }
  return scanner
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const spread = (values: readonly number[]) => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  max: quantile(values, 1),
})

async function measure(scanner: Scanner, forMs: number): Promise<ScanFigures> {
  readMs = []
  sentMs = []
  const startedMs = performance.now()
  const before = process.cpuUsage()
  await sleep(forMs)
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - startedMs) / 1000
  const [read, sent] = [readMs, sentMs]
  readMs = []
  const rows = scanner.pairs()
  return {
    kind: 'figures',
    ...{ updates: read.length, seconds, read: spread(read), sent: spread(sent) },
    cpu: (user + system) / 1e6 / seconds,
    memoryMb: process.memoryUsage.rss() / 1_048_576,
    pairs: rows.length,
    fresh: rows.filter(({ edge_bps }) => edge_bps !== null).length,
    opportunities: scanner.opportunities().length,
  }
}

/** The least that anybody must do with these bytes. */
function parse(texts: readonly string[]): Extract<ScannerWord, { kind: 'parsed' }> {
  const times: number[] = []
  for (let turn = 0; turn <= TURNS; turn += 1) {
    const startedMs = performance.now()
    for (const text of texts) JSON.parse(text)
    if (turn > 0) times.push(performance.now() - startedMs)
  }
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  return {
    kind: 'parsed',
    nsPerMessage: (median(times) / texts.length) * 1e6,
    bytesPerMessage: bytes / texts.length,
  }
}

if (process.send !== undefined) {
  const tell = (word: ScannerWord): void => void process.send?.(word)
  let scanner: Scanner | null = null
  process.on('message', async (order: ScannerOrder) => {
    if (order.kind === 'open') {
      scanner = await open(order.ports)
      tell({ kind: 'open' })
    } else if (order.kind === 'parse') tell(parse(order.texts))
    else if (scanner !== null) tell(await measure(scanner, order.forMs))
  })
  process.on('disconnect', () => process.exit(0))
}
