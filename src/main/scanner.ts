/** The scanner program: `node dist/main/scanner.js --launch FILE` (see protocol/launch.ts, docs/concepts/arbitrage.md). */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SystemClock } from '../adapters/system/clock.ts'
import { removePidFile, writePidFile } from '../adapters/system/pid-file.ts'
import { createFileLogger } from '../adapters/telemetry/file-logger.ts'
import { HISTORY_MAX } from '../arbitrage/episodes.ts'
import { HistoryFile } from '../arbitrage/history-file.ts'
import { Scanner } from '../arbitrage/scanner.ts'
import { ScannerServer } from '../arbitrage/scanner-server.ts'
import { useTimeZone } from '../config/machine-time-zone.ts'
import type { OpportunityHistoryRow } from '../protocol/arbitrage-messages.ts'
import type { ScannerLaunch } from '../protocol/launch.ts'
import { localSocketPath } from '../protocol/lines.ts'
import { openScanFeeds } from './scan-feeds.ts'

const EXIT_REFUSED = 4
const FLUSH_MS = 1000

const launchFile = process.argv[process.argv.indexOf('--launch') + 1]
if (!process.argv.includes('--launch') || launchFile === undefined) {
  process.stderr.write('the scanner is started by the control plane: perpfleet up\n')
  process.exit(2)
}
const launch = JSON.parse(readFileSync(launchFile, 'utf8')) as ScannerLaunch
useTimeZone(launch.log.timeZone)
const logger = createFileLogger({ ...launch.log, name: 'scanner', isMachineZone: true })
logger.mask(launch.token)
const clock = new SystemClock()

function leave(code: number, sentence: string): never {
  if (code === 0) logger.info('scanner', sentence)
  else {
    logger.error('scanner', sentence)
    process.stderr.write(`${sentence}\n`)
  }
  logger.close()
  removePidFile(launch.pidFile, process.pid)
  process.exit(code)
}

function onFatal(error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return leave(1, `The scanner stops: ${text}`)
}

process.on('uncaughtException', onFatal)
process.on('unhandledRejection', onFatal)

/** A disk that takes nothing is told once; what was found waits for it. */
function keepHistory(file: HistoryFile): (open: readonly OpportunityHistoryRow[]) => void {
  let hasFailed = false
  return (open) => {
    try {
      file.flush()
      file.noteOpen(open, clock.wallMs())
      hasFailed = false
    } catch (error) {
      if (hasFailed) return
      hasFailed = true
      const text = error instanceof Error ? error.message : String(error)
      logger.error('scanner', `opportunities cannot be written down: ${text}`)
    }
  }
}

async function run(): Promise<void> {
  const { settings, market, sandboxFile, token } = launch
  const socket = localSocketPath(launch.socket, process.cwd())
  mkdirSync(dirname(launch.socket), { recursive: true })
  const wish = { venues: settings.venues, market, sandboxFile }
  const feeds = openScanFeeds(wish, { clock, logger })
  const history = new HistoryFile(join(launch.databaseDir, 'opportunities.jsonl'))
  const flush = keepHistory(history)
  const keep = history.add.bind(history)
  try {
    history.recover(history.last(HISTORY_MAX))
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    logger.error('scanner', `what an earlier scanner had open cannot be written down: ${text}`)
  }
  const earlier = history.last(HISTORY_MAX)
  const scanner = new Scanner({ settings, market, feeds, clock, logger, earlier, keep })
  const server = new ScannerServer({ token, scanner, logger, onShutdown: () => stop('asked to') })
  clock.every(FLUSH_MS, () => flush(scanner.open()))
  let isStopping = false
  const end = async (reason: string): Promise<void> => {
    await server.close()
    await scanner.close()
    flush([])
    rmSync(launch.socket, { force: true })
    leave(0, `the scanner ends: ${reason}`)
  }
  const stop = (reason: string): void => {
    if (isStopping) return
    isStopping = true
    void end(reason)
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => {})
  rmSync(launch.socket, { force: true })
  await server.listen(socket)
  writePidFile(launch.pidFile, process.pid)
  logger.info('scanner', 'ready', { socket: launch.socket, market, venues: settings.venues })
  await scanner.start()
}

try {
  await run()
} catch (error) {
  leave(
    error instanceof RangeError ? EXIT_REFUSED : 1,
    error instanceof Error ? error.message : String(error),
  )
}
