/** The exchange program: `node dist/main/exchange.js --launch FILE` (see protocol/launch.ts, docs/concepts/exchange.md). */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { SqliteExchangeStore } from '../adapters/stores/sqlite-exchange-store.ts'
import { SystemClock } from '../adapters/system/clock.ts'
import { removePidFile, writePidFile } from '../adapters/system/pid-file.ts'
import { createFileLogger } from '../adapters/telemetry/file-logger.ts'
import { useTimeZone } from '../config/machine-time-zone.ts'
import { parseSetName } from '../domain/history.ts'
import { ExchangeBooks } from '../exchange/exchange-books.ts'
import { ExchangeServer } from '../exchange/exchange-server.ts'
import {
  DEMO_FEED,
  demoFeed,
  type Feed,
  feedName,
  LIVE_FEED,
  replayFeed,
  replaySetOf,
  withGaps,
} from '../exchange/feed.ts'
import { LiveFeed } from '../exchange/live-feed.ts'
import { PriceGaps } from '../exchange/price-gaps.ts'
import { ExchangeRefused } from '../exchange/refused.ts'
import type { Sandbox } from '../exchange/sandbox/sandbox.ts'
import type { ExchangeStore } from '../ports/exchange-store.ts'
import { HistoryError } from '../ports/history.ts'
import type { ExchangeLaunch } from '../protocol/launch.ts'
import { localSocketPath } from '../protocol/lines.ts'
import { ReplaySource } from '../simulation/replay-source.ts'

const EXIT_REFUSED = 4

const launchFile = process.argv[process.argv.indexOf('--launch') + 1]
if (!process.argv.includes('--launch') || launchFile === undefined) {
  process.stderr.write('the exchange is started by the control plane: perpfleet up\n')
  process.exit(2)
}
const launch = JSON.parse(readFileSync(launchFile, 'utf8')) as ExchangeLaunch
useTimeZone(launch.log.timeZone)
const logger = createFileLogger({ ...launch.log, name: 'exchange', isMachineZone: true })
logger.mask(launch.token)
const clock = new SystemClock()

/** @throws ExchangeRefused, HistoryError or RangeError, each with one sentence */
async function openFeed(store: ExchangeStore): Promise<Feed> {
  const name = feedName(launch.feed)
  if (name === LIVE_FEED) {
    const { openLiveFeed } = await import('./live-prices.ts')
    return openLiveFeed(launch, store, { clock, logger })
  }
  const set = replaySetOf(name)
  // A demo market goes on as it began, whatever seed is given later.
  if (set === null) return demoFeed(store.feed(DEMO_FEED)?.seed ?? launch.seed)
  const parsed = parseSetName(set)
  // A demo market reads no files of history: their readers need 3 MB.
  const { HistoryFolder } = await import('../adapters/history/history-folder.ts')
  const market = new HistoryFolder(launch.historyDir).load(parsed)
  const source = new ReplaySource([{ market, window: parsed }])
  return replayFeed(set, { source, startAt: source.startAt, endAt: source.endAt })
}

/** @throws ExchangeRefused with one sentence */
async function openSandbox(books: ExchangeBooks): Promise<Sandbox | null> {
  const wanted = launch.sandbox ?? null
  if (wanted === null) return null
  if (launch.feed === LIVE_FEED) {
    const text =
      'The sandbox serves a market of its own, not live prices: switch it off, or use another home.'
    throw new ExchangeRefused('bad_request', text)
  }
  if (launch.pace !== 'free') {
    const text = 'The sandbox needs a market that runs by itself: start with pace free.'
    throw new ExchangeRefused('bad_request', text)
  }
  // Signatures, HTTP and WebSocket are of no use to an exchange that serves desks alone.
  const { Sandbox } = await import('../exchange/sandbox/sandbox.ts')
  const { SqliteSandboxStore } = await import('../adapters/stores/sqlite-sandbox-store.ts')
  const store = new SqliteSandboxStore(wanted.dbPath)
  const sandbox = new Sandbox({ launch: wanted, books, store, clock, logger, onFatal })
  await sandbox.start()
  return sandbox
}

function leave(code: number, sentence: string): never {
  if (code === 0) logger.info('exchange', sentence)
  else {
    logger.error('exchange', sentence)
    process.stderr.write(`${sentence}\n`)
  }
  logger.close()
  removePidFile(launch.pidFile, process.pid)
  process.exit(code)
}

/** Whether a living process listens on the socket. */
function isTaken(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}

function onFatal(error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return leave(1, `The exchange stops, nothing that was told is lost: ${text}`)
}

process.on('uncaughtException', onFatal)
process.on('unhandledRejection', onFatal)

async function run(): Promise<void> {
  const socket = localSocketPath(launch.socket, process.cwd())
  mkdirSync(dirname(launch.socket), { recursive: true })
  if (await isTaken(socket)) {
    leave(
      EXIT_REFUSED,
      `Another exchange already serves ${launch.socket}: use that one, or perpfleet down it.`,
    )
  }
  const store = new SqliteExchangeStore(launch.dbPath)
  const { pace, fillRule, token, speed, expectedInstances, wireLatencyMs } = launch
  const feed = await openFeed(store)
  const isRehearsed = (launch.sandbox ?? null) !== null && launch.feed !== LIVE_FEED
  const books = new ExchangeBooks({
    feed: isRehearsed ? withGaps(feed, new PriceGaps()) : feed,
    ...{ store, pace, fillRule },
  })
  const liveFeed = feed instanceof LiveFeed ? feed : null
  liveFeed?.resume(() => books.at)
  let isStopping = false
  const stop = async (reason: string): Promise<void> => {
    if (isStopping) return
    isStopping = true
    await server.close()
    await sandbox?.close()
    liveFeed?.close()
    books.commit()
    store.close()
    rmSync(launch.socket, { force: true })
    leave(0, `the exchange ends: ${reason}`)
  }
  const sandbox = await openSandbox(books)
  const control = sandbox === null ? {} : { sandbox }
  const server = new ExchangeServer(
    { token, pace, speed, expectedInstances, wireLatencyMs },
    { books, clock, logger, ...control, onShutdown: () => void stop('asked to'), onFatal },
  )
  process.on('SIGTERM', () => void stop('SIGTERM'))
  process.on('SIGINT', () => {})
  rmSync(launch.socket, { force: true })
  await server.listen(socket)
  writePidFile(launch.pidFile, process.pid)
  const { name, seed } = feed
  logger.info('exchange', 'ready', {
    socket: launch.socket,
    feed: name,
    seed,
    pace,
    speed,
    marketAt: books.at,
  })
}

try {
  await run()
} catch (error) {
  const isRefusal =
    error instanceof ExchangeRefused || error instanceof HistoryError || error instanceof RangeError
  leave(isRefusal ? EXIT_REFUSED : 1, error instanceof Error ? error.message : String(error))
}
