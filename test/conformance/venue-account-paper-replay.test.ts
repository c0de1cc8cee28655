import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { HistoryFolder } from '../../src/adapters/history/history-folder.ts'
import { importSeries } from '../../src/adapters/history/importer.ts'
import type { PaperVenue } from '../../src/adapters/venues/paper/paper-venue.ts'
import { askExchangeCandles } from '../../src/client/local-socket.ts'
import { parseSetName } from '../../src/domain/history.ts'
import type { AttachRequest } from '../../src/domain/venue-report.ts'
import type { ExchangeLaunch } from '../../src/protocol/launch.ts'
import { approve, limitOrder, paperTerms, Recorder, until } from './venue-account-harness.ts'
import { ExchangeProcess } from './venue-account-paper.ts'

const SET = 'hyperliquid/SOL_USDC_PERP/5m'
const FIRST_AT = Date.UTC(2025, 3, 1)
const CANDLES = 12

let exchange: ExchangeProcess
let open: PaperVenue[] = []

afterEach(async () => {
  for (const venue of open) await venue.close()
  open = []
  await exchange.close()
})

/** A home with twelve rising candles. */
async function prepare(changes: Partial<ExchangeLaunch>): Promise<void> {
  exchange = new ExchangeProcess({ feed: `replay:${SET}`, ...changes })
  const file = join(exchange.home, 'candles.csv')
  const rows = Array.from({ length: CANDLES }, (_, i) => {
    const from = 150 + i * 0.1
    const prices = [from, from + 0.15, from - 0.05, from + 0.1].map((one) => one.toFixed(3))
    return [FIRST_AT + i * 300_000, ...prices, '1000.5'].join(',')
  })
  writeFileSync(file, `timestamp_ms,open,high,low,close,volume\n${rows.join('\n')}\n`)
  const { venue, symbol, timeframe } = parseSetName(SET)
  await importSeries(new HistoryFolder(exchange.launch.historyDir), {
    file,
    kind: 'candles',
    venue,
    symbol,
    timeframe,
    isDroppingDuplicates: false,
    isReplacing: false,
    importedAt: '2026-01-01T00:00:00Z',
    onProgress: () => {},
  })
  exchange.start()
}

const request: AttachRequest = {
  instance: 'a',
  symbol: 'SOL/USDC:USDC',
  leverage: 5,
  marginMode: 'isolated',
  paper: paperTerms,
  feed: `replay:hyperliquid/SOL/USDC:USDC/5m`,
}

async function connect(account: string): Promise<{ venue: PaperVenue; recorder: Recorder }> {
  const recorder = new Recorder()
  const venue = await exchange.connect(account, recorder)
  open.push(venue)
  return { venue, recorder }
}

test('a lockstep replay tells every candle, ends, stays, and starts no other feed', async () => {
  await prepare({ pace: 'lockstep', expectedInstances: ['a'] })
  const { venue, recorder } = await connect('hyperliquid/main')
  const attached = await venue.attach(request)
  assert.equal(attached.at, FIRST_AT)
  assert.equal(attached.feed, `replay:${SET}`)
  for (let step = 1; step <= CANDLES + 1; step++) {
    await until(`step ${step} comes`, () => recorder.steps.length === step)
    venue.stepDone(step)
  }
  const candles = recorder.market.filter((event) => event.kind === 'candle')
  assert.equal(candles.length, CANDLES)
  assert.equal(candles.at(-1)?.at, FIRST_AT + CANDLES * 300_000)
  // The market has ended: orders are still taken and canceled.
  const order = limitOrder(attached, 'buy', -5000)
  await venue.place([approve(attached, 'pf1', order)])
  const [canceled] = await venue.cancel(attached.instrument.id, ['pf1' as never])
  assert.equal(canceled?.kind, 'final')
  assert.equal(recorder.steps.length, CANDLES + 1)

  await exchange.kill()
  exchange.start({ feed: 'demo' })
  await until('the connection is back', () => recorder.calls.includes('ready'))
  await assert.rejects(venue.attach({ ...request, feed: null }), (error: Error) => {
    assert.match(
      error.message,
      /hyperliquid\/main .*replay:hyperliquid\/SOL_USDC_PERP\/5m.*demo.*--home/,
    )
    return (error as { code?: string }).code === 'feed_mismatch'
  })
})

test('a replay offers its set alone, and says what and how to mend it', async () => {
  await prepare({})
  const { venue } = await connect('hyperliquid/main')
  const other = venue.attach({ ...request, symbol: 'ETH/USDC:USDC', feed: null })
  await assert.rejects(other, (error: Error) => {
    assert.match(
      error.message,
      /^ETH\/USDC:USDC on hyperliquid is not in the replay set hyperliquid\/SOL_USDC_PERP\/5m/,
    )
    assert.match(error.message, /SOL\/USDC:USDC on hyperliquid/)
    assert.match(error.message, /--feed replay:SET/)
    return (error as { code?: string }).code === 'unknown_symbol'
  })
})

test('a free replay waits for its first instance, runs at its speed and ends', async () => {
  await prepare({ speed: 3000 })
  const { venue, recorder } = await connect('hyperliquid/main')
  await new Promise((resolve) => setTimeout(resolve, 300))
  const attached = await venue.attach(request)
  assert.equal(attached.at, FIRST_AT, 'nothing passed before the first attach')
  const startedMs = performance.now()
  const closes = () => recorder.market.filter((event) => event.kind === 'candle').length
  await until('every candle is told', () => closes() === CANDLES)
  const tookMs = performance.now() - startedMs
  assert.ok(tookMs > 1000 && tookMs < 3000, `an hour at speed 3000 takes 1.2 s, took ${tookMs}`)
  const ticks = recorder.market.filter((event) => event.kind === 'price').length
  assert.ok(ticks > 3 && ticks <= 11 * (tookMs / 1000), `${ticks} ticks in ${tookMs} ms`)
  const times = recorder.market.map((event) => event.at)
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  )
})

test('candles of a replay are told up to its market time, of its own length where it is the longer', async () => {
  await prepare({ pace: 'lockstep', expectedInstances: ['a'] })
  const { venue, recorder } = await connect('hyperliquid/main')
  await venue.attach(request)
  for (let step = 1; step <= 4; step++) {
    await until(`step ${step} comes`, () => recorder.steps.length === step)
    if (step < 4) venue.stepDone(step)
  }
  const { socket, token } = exchange.launch
  const address = { name: 'exchange', socket, token }
  const question = { venue: 'hyperliquid', symbol: 'SOL/USDC:USDC', before: null, limit: 10 }
  const ask = (timeframeMs: number) =>
    askExchangeCandles(address, { ...question, timeframeMs }, 5000)
  const own = await ask(60_000)
  assert.deepEqual([own.timeframeMs, own.candles.length], [300_000, 3])
  assert.equal(own.candles.at(-1)?.closeAt, own.marketAt)
  const hours = await ask(3_600_000)
  assert.deepEqual(
    hours.candles.map(({ openAt, isFinished }) => [openAt, isFinished]),
    [[FIRST_AT, false]],
  )
  assert.equal(hours.candles[0]?.close, own.candles.at(-1)?.close)
  await assert.rejects(askExchangeCandles(address, { ...question, timeframeMs: 0 }, 5000), {
    code: 'bad_request',
  })
})
