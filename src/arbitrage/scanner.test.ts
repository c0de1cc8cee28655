import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bookOf, solAt } from '../../test/support/arbitrage.ts'
import { scanSettingsOf } from '../../test/support/scan-settings.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import type { ScanSettings } from '../domain/arbitrage/scan.ts'
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { MarketBook } from '../domain/market.ts'
import { ratio } from '../domain/money.ts'
import type { BookFeed, BookListener } from '../ports/book-feed.ts'
import { silentLogger } from '../ports/logger.ts'
import type { OpportunityHistoryRow } from '../protocol/arbitrage-messages.ts'
import { HistoryFile } from './history-file.ts'
import { Scanner } from './scanner.ts'

const free = { makerFee: ratio(0), takerFee: ratio(0) }
const sol = (venue: string): Instrument => ({ ...solAt(venue, 2, 1), ...free })
const btc = (venue: string): Instrument => ({
  ...sol(venue),
  id: `${venue}:BTC/USDC:USDC` as InstrumentId,
  symbol: 'BTC/USDC:USDC',
  base: 'BTC',
})

/** A venue that a test speaks for. */
class FakeFeed implements BookFeed {
  readonly venue: string
  readonly #clock: VirtualClock
  readonly contracts: Instrument[]
  /** Its clock is that far ahead of ours. */
  aheadMs = 0
  fails = false
  listener: BookListener | null = null
  watched: readonly Instrument[] = []

  constructor(venue: string, clock: VirtualClock, contracts = [sol(venue)]) {
    this.venue = venue
    this.#clock = clock
    this.contracts = contracts
  }
  venueNow(): number {
    return this.#clock.wallMs() + this.aheadMs
  }
  async instruments() {
    if (this.fails) throw new Error(`${this.venue} gave no answer.`)
    return this.contracts
  }
  watch(instruments: readonly Instrument[], listener: BookListener): void {
    this.watched = instruments
    this.listener = listener
  }
  link() {
    return { isOpen: this.listener !== null, reconnects: 0, lastMessageAt: null }
  }
  async close() {}

  /** A book of one level a side, 50,000 lots deep. */
  tell(bid: number, ask: number, { base = 'SOL', at = this.venueNow() } = {}): void {
    this.say(bookOf([[bid, 50_000]], [[ask, 50_000]]), base, at)
  }
  say(book: MarketBook, base: string, at: number): void {
    this.listener?.onBook(this.idOf(base), book, at)
  }
  idOf(base: string): InstrumentId {
    return `${this.venue}:${base}/USDC:USDC` as InstrumentId
  }
}

interface Scene {
  readonly clock: VirtualClock
  readonly feeds: readonly [FakeFeed, FakeFeed, FakeFeed]
  readonly scanner: Scanner
  readonly kept: OpportunityHistoryRow[]
}

async function sceneOf(
  parts: Partial<ScanSettings> = {},
  prepare: (feeds: Scene['feeds']) => void = () => {},
): Promise<Scene> {
  const clock = new VirtualClock()
  const feeds = ['a', 'b', 'c'].map(
    (name) => new FakeFeed(name, clock),
  ) as unknown as Scene['feeds']
  prepare(feeds)
  const kept: OpportunityHistoryRow[] = []
  const scanner = new Scanner({
    settings: scanSettingsOf(parts),
    market: 'live',
    ...{ feeds, clock, logger: silentLogger, keep: (row) => kept.push(row) },
  })
  await scanner.start()
  return { clock, feeds, scanner, kept }
}

const shown = ({ scanner }: Scene) =>
  scanner.opportunities().map(({ pair, edge_bps }) => `${pair} ${edge_bps}`)
const codes = ({ scanner }: Scene) =>
  scanner.pairs().map(({ pair, reasons }) => `${pair} ${reasons.map(({ code }) => code).join()}`)

test('opportunities are ranked by their edge; pairs show why they are none', async () => {
  const scene = await sceneOf()
  const [a, b, c] = scene.feeds
  a.tell(9_990, 10_000)
  b.tell(10_100, 10_110)
  c.tell(10_060, 10_070)
  // Bought at 100.00: sold at 101.00 (less 0.10 twice to leave), and at 100.60; from c to b 30 cents.
  const rows = scene.scanner.opportunities()
  assert.deepEqual(
    rows.map(({ pair, buy, sell }) => `${pair} ${buy.exchange}>${sell.exchange}`),
    ['SOL:a+b a>b', 'SOL:a+c a>c', 'SOL:b+c c>b'],
  )
  const [best] = rows
  assert.equal(best?.buy.price, '100')
  assert.equal(best?.sell.price, '101')
  assert.equal(best?.size, '10')
  assert.equal(best?.costs.entry_difference, '10')
  // Half of 0.10 at each venue, 10 SOL.
  assert.equal(best?.costs.exit_spread, '1')
  assert.equal(best?.edge, '9')
  // 9 of 1,005 = 89.55 bps.
  assert.equal(best?.edge_bps, '89.5522')
  c.tell(9_990, 10_000)
  assert.deepEqual(codes(scene), ['SOL:a+b ', 'SOL:b+c ', 'SOL:a+c edge'])
})

test('what does not reach min_edge_bps is no opportunity', async () => {
  const scene = await sceneOf({ edgeMin: ratio(900_000) })
  const [a, b] = scene.feeds
  a.tell(9_990, 10_000)
  b.tell(10_100, 10_110)
  assert.deepEqual(shown(scene), [])
  const reason = scene.scanner.pairs()[0]?.reasons[0]
  assert.deepEqual([reason?.code, reason?.found, reason?.needed], ['edge', '89.5522 bps', '90 bps'])
})

test('a book that its venue has not updated for too long never counts', async () => {
  const scene = await sceneOf()
  const [a, b] = scene.feeds
  a.aheadMs = -3_600_000
  b.aheadMs = 3_600_000
  a.tell(9_990, 10_000)
  b.tell(10_100, 10_110)
  assert.deepEqual(shown(scene), ['SOL:a+b 89.5522'])
  await scene.clock.advance(5_000)
  assert.equal(shown(scene).length, 1)
  // The other venue goes on; its update finds the partner stale at once.
  await scene.clock.advance(1)
  b.tell(10_100, 10_110)
  assert.deepEqual(shown(scene), [])
  assert.equal(codes(scene)[0], 'SOL:a+b stale')
  a.tell(9_990, 10_000, { at: a.venueNow() - 6_000 })
  assert.deepEqual(shown(scene), [], 'an update with an old stamp makes it no younger')
  a.tell(9_990, 10_000)
  assert.equal(shown(scene).length, 1)
  // Without any update time alone takes it out.
  await scene.clock.advance(5_001)
  assert.deepEqual(shown(scene), [])
})

test('a crossed, empty or lost book never counts', async () => {
  const scene = await sceneOf()
  const [a, b] = scene.feeds
  a.tell(9_990, 10_000)
  b.tell(10_120, 10_110)
  assert.deepEqual(shown(scene), [])
  assert.equal(codes(scene)[0], 'SOL:a+b crossed')
  b.tell(10_110, 10_110)
  assert.deepEqual(shown(scene), [])
  b.say(bookOf([], [[10_110, 1]]), 'SOL', b.venueNow())
  assert.equal(codes(scene)[0], 'SOL:a+b empty_book')
  b.tell(10_100, 10_110)
  assert.equal(shown(scene).length, 1)
  b.listener?.onDown(b.idOf('SOL'), 'a gap')
  assert.deepEqual(shown(scene), [])
  assert.equal(codes(scene)[0], 'SOL:a+b down')
})

test('an update compares the pairs of its contract and no other', async () => {
  const scene = await sceneOf({}, (feeds) => {
    for (const feed of feeds) feed.contracts.push(btc(feed.venue))
  })
  const [a, b] = scene.feeds
  a.tell(9_990, 10_000)
  b.tell(10_100, 10_110)
  const at = scene.scanner.opportunities()[0]?.at
  await scene.clock.advance(100)
  a.tell(20_000, 20_010, { base: 'BTC' })
  b.tell(20_000, 20_010, { base: 'BTC' })
  assert.equal(scene.scanner.opportunities().find(({ base }) => base === 'SOL')?.at, at)
  b.tell(10_100, 10_110)
  assert.notEqual(scene.scanner.opportunities().find(({ base }) => base === 'SOL')?.at, at)
})

test('funding of the holding time is part of the edge, each venue by its own interval', async () => {
  const scene = await sceneOf({ holdingMs: 8 * 3_600_000 })
  const [a, b] = scene.feeds
  a.tell(9_990, 10_000)
  b.tell(10_000, 10_010)
  assert.deepEqual(shown(scene), [])
  const now = a.venueNow()
  const hour = { rate: ratio(50_000), intervalMs: 3_600_000, nextAt: now + 60_000 }
  b.listener?.onFunding(b.idOf('SOL'), hour, now)
  const [row] = scene.scanner.opportunities()
  // 1,000 sold at b: 8 times 5 bps received.
  assert.equal(row?.costs.funding, '4')
  assert.equal(row?.funding_per_day, '12')
  // 1.0 of exit spreads is missing, 12 a day flow in.
  assert.equal(row?.break_even_s, 7_200)
  const [funding] = scene.scanner.funding()
  assert.deepEqual(
    [funding?.exchange, funding?.rate, funding?.rate_per_second, funding?.rate_per_day],
    ['b', '0.0005', '0.0000001388888888', '0.012'],
  )
})

test('a quote currency without a rate is not compared', async () => {
  const scene = await sceneOf({ rates: {} })
  const [a, b] = scene.feeds
  a.tell(9_990, 10_000)
  b.tell(10_100, 10_110)
  assert.deepEqual(shown(scene), [])
  assert.equal(codes(scene)[0], 'SOL:a+b no_rate,no_rate')
})

test('the history tells each opportunity once, from its beginning to its end', async () => {
  const scene = await sceneOf()
  const { clock, scanner, kept } = scene
  const [a, b] = scene.feeds
  a.tell(9_990, 10_000)
  b.tell(10_100, 10_110)
  await clock.advance(500)
  b.tell(10_200, 10_210)
  a.tell(9_990, 10_000)
  await clock.advance(500)
  b.tell(10_000, 10_010)
  await clock.advance(500)
  a.tell(9_990, 10_000)
  b.tell(10_100, 10_110)
  await clock.advance(500)
  const [second, first, ...others] = scanner.history()
  assert.deepEqual(others, [])
  assert.equal(second?.closed_at, null)
  assert.equal(first?.edge, '19', 'the best of its life')
  assert.equal(first?.reason, 'edge')
  const started = clock.wallMs() - 2_000
  assert.equal(first?.opened_at, new Date(started + 500).toISOString())
  assert.equal(first?.closed_at, new Date(started + 1_500).toISOString())
  assert.deepEqual(kept, [first])
  assert.deepEqual(scanner.status().opportunities_total, { 'SOL:a+b': 2 })
  await scanner.close()
  assert.equal(kept.at(-1)?.reason, 'scanner_ended')
})

test('a scanner that starts anew goes on with the history that was kept', async () => {
  const clock = new VirtualClock()
  const [a, b] = [new FakeFeed('a', clock), new FakeFeed('b', clock)]
  // The one that ended last need not be the one that began last.
  const earlier = [6, 7].map((id) => ({ id, pair: 'ETH:a+b' }) as OpportunityHistoryRow)
  const scanner = new Scanner({
    ...{ settings: scanSettingsOf(), market: 'live', feeds: [a, b], clock, logger: silentLogger },
    ...{ earlier, keep: () => {} },
  })
  await scanner.start()
  a.tell(9_990, 10_000)
  b.tell(10_100, 10_110)
  const history = scanner.history().map(({ id, pair }) => `${id} ${pair}`)
  assert.deepEqual(history, ['8 SOL:a+b', '6 ETH:a+b', '7 ETH:a+b'])
})

test('a venue that does not answer is asked again; the others are compared meanwhile', async () => {
  const scene = await sceneOf({}, ([, , c]) => {
    c.fails = true
  })
  const { clock, scanner } = scene
  const [a, b, c] = scene.feeds
  a.tell(9_990, 10_000)
  b.tell(10_100, 10_110)
  assert.equal(shown(scene).length, 1)
  assert.equal(scanner.status().venues[2]?.trouble, 'c gave no answer.')
  c.fails = false
  await clock.advance(15_000)
  assert.equal(scanner.status().pairs, 3)
  assert.equal(c.watched.length, 1)
  assert.equal(scanner.status().venues[2]?.trouble, null)
})

test('symbols choose by contract or base; what has no partner is not watched', async () => {
  const prepare = ([a, b]: Scene['feeds']): void => {
    for (const feed of [a, b]) feed.contracts.push(btc(feed.venue))
  }
  const all = await sceneOf({}, prepare)
  assert.equal(all.scanner.status().pairs, 4)
  const base = await sceneOf({ symbols: ['btc'] }, prepare)
  assert.deepEqual(
    base.feeds.map(({ watched }) => watched.map(({ id }) => id)),
    [['a:BTC/USDC:USDC'], ['b:BTC/USDC:USDC'], []],
  )
  const contract = await sceneOf({ symbols: ['SOL_USDC_PERP'] }, prepare)
  assert.equal(contract.scanner.status().pairs, 3)
})

test('the file of history is only readable by its owner, and nothing is lost when the disk refuses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scanner-'))
  try {
    const path = join(folder, 'database', 'opportunities.jsonl')
    const file = new HistoryFile(path)
    const row = { id: 1 } as OpportunityHistoryRow
    file.add(row)
    file.flush()
    rmSync(join(folder, 'database'), { recursive: true })
    file.add({ ...row, id: 2 })
    assert.throws(() => file.flush())
    const again = new HistoryFile(path)
    again.add(row)
    again.flush()
    file.flush()
    assert.deepEqual(new HistoryFile(path).last(1), [{ id: 2 }])
    assert.deepEqual(new HistoryFile(path).last(9), [{ id: 2 }, { id: 1 }])
    assert.equal(readFileSync(path, 'utf8'), '{"id":1}\n{"id":2}\n')
    assert.equal(statSync(path).mode & 0o777, 0o600)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('what was open when the scanner was killed is history of the next one, once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scanner-'))
  try {
    const path = join(folder, 'opportunities.jsonl')
    const row = (id: number) => ({ id, closed_at: null, reason: null }) as OpportunityHistoryRow
    const ended = { ...row(1), closed_at: '2026-01-01T00:00:01.000Z', reason: 'edge' }
    const killed = new HistoryFile(path)
    killed.noteOpen([row(1), row(2)], 0)
    killed.noteOpen([row(1), row(2)], 3_000)
    killed.noteOpen([row(1), row(2)], 12_000)
    // It ended, and the scanner was killed before that was noted.
    killed.add(ended)
    killed.flush()
    const next = new HistoryFile(path)
    next.recover(next.last(9))
    const seen = { ...row(2), closed_at: '1970-01-01T00:00:12.000Z', reason: 'scanner_killed' }
    assert.deepEqual(next.last(9), [seen, ended])
    next.recover(next.last(9))
    // One that ended as it should has nothing left to be found.
    next.noteOpen([row(3)], 20_000)
    next.noteOpen([], 21_000)
    const last = new HistoryFile(path)
    last.recover(last.last(9))
    assert.equal(last.last(9).length, 2)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
