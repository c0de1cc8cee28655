/** The desk program: `node dist/main/desk.js --launch FILE` (see protocol/launch.ts). */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { openJournal } from '../adapters/stores/sqlite-journal-file.ts'
import type { SqliteJournalStore } from '../adapters/stores/sqlite-journal-store.ts'
import { SystemClock } from '../adapters/system/clock.ts'
import { KillOrderFolder } from '../adapters/system/kill-orders.ts'
import { writePidFile } from '../adapters/system/pid-file.ts'
import { createFileLogger } from '../adapters/telemetry/file-logger.ts'
import { PaperVenue } from '../adapters/venues/paper/paper-venue.ts'
import { useTimeZone } from '../config/machine-time-zone.ts'
import { accountKey, DeskServer, type DeskSocket, type VenueNeeds } from '../desk/desk-server.ts'
import type { VenueAccount } from '../ports/venue.ts'
import type { DeskLaunch } from '../protocol/launch.ts'
import type { LiveAccount } from './live-desk.ts'

const launchFile = process.argv[process.argv.indexOf('--launch') + 1]
if (!process.argv.includes('--launch') || launchFile === undefined) {
  process.stderr.write('the desk is started by the control plane: perpfleet up\n')
  process.exit(2)
}
const launch = JSON.parse(readFileSync(launchFile, 'utf8')) as DeskLaunch
useTimeZone(launch.log.timeZone)
const logger = createFileLogger({ ...launch.log, name: launch.name, isMachineZone: true })
logger.mask(launch.token)
logger.mask(launch.exchangeToken)
const clock = new SystemClock()

function asDeskSocket(socket: Socket): DeskSocket {
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  return {
    write: (text) => void socket.write(text),
    destroy: () => void socket.destroy(),
    onData: (listener) => void socket.on('data', (chunk) => listener(String(chunk))),
    onClose: (listener) => void socket.on('close', listener),
  }
}

const journalPath = (mode: string, venue: string, account: string): string =>
  join(launch.databaseDir, `account-${accountKey(mode, venue, account)}.db`)

/** The one account at a venue that this desk speaks for; null = it speaks for all paper accounts. */
const live = launch.live ?? null
const liveAccount: LiveAccount | null = live === null ? null : await openLiveAccount(live)

/** A paper desk loads no adapter of a venue. */
async function openLiveAccount(wanted: NonNullable<DeskLaunch['live']>): Promise<LiveAccount> {
  try {
    const { liveAccount: open } = await import('./live-desk.ts')
    return await open(wanted, { clock, logger })
  } catch (error) {
    return fail(error)
  }
}

const isOurs = (venue: string, account: string, mode: string): boolean =>
  live === null
    ? mode === 'paper'
    : mode === live.mode && venue === live.venue && account === live.account

/** Of the accounts of this desk, by their paths. */
const journals = new Map<string, SqliteJournalStore>()

function openVenue(
  venue: string,
  account: string,
  mode: string,
  { budget }: VenueNeeds,
): VenueAccount {
  if (!isOurs(venue, account, mode))
    throw new Error(
      `${launch.name} does not speak for account ${account} of ${venue} (${mode}): start the instance anew, so that it finds its desk`,
    )
  const journal = journals.get(journalPath(mode, venue, account))
  if (liveAccount !== null && journal !== undefined) return liveAccount.open(journal, budget)
  return new PaperVenue({
    socket: launch.exchangeSocket,
    token: launch.exchangeToken,
    account: `${venue}/${account}`,
    clock,
    logger,
  })
}

const server = new DeskServer({
  token: launch.token,
  clock,
  logger,
  defer: (callback) => void setImmediate(callback),
  openVenue,
  openJournal: (venue, account, mode) => {
    const path = journalPath(mode, venue, account)
    const journal = openJournal(path, () => clock.wallMs())
    journals.set(path, journal)
    return journal
  },
  killOrders: new KillOrderFolder(join(dirname(launch.pidFile), 'kill')),
  onShutdown: () => void shutDown('asked to'),
  onLost: endWith,
})

/** An account whose venue refuses it is tried again after this: keys are mended there, not here. */
const TAKE_UP_AGAIN_MS = 30_000

/** Accounts with a journal are taken up at once: recording and resolving does not wait for a bot. */
function takeUpAccounts(): void {
  for (const file of readdirSync(launch.databaseDir)) {
    const match = /^account-(paper|testnet|live|sandbox)-([^-]+)-(.+)\.db$/.exec(file)
    if (!match?.[1] || !match[2] || !match[3] || !isOurs(match[2], match[3], match[1])) continue
    void takeUp(file, match[1], match[2], match[3])
  }
}

async function takeUp(file: string, mode: string, venue: string, account: string): Promise<void> {
  for (let said = ''; ; ) {
    try {
      await server.account(mode, venue, account)
      return
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      if (text !== said)
        logger.error('desk', `the account in ${file} could not be taken up: ${text}`)
      said = text
      await new Promise<void>((resolve) => void clock.after(TAKE_UP_AGAIN_MS, resolve))
    }
  }
}

const listener = createServer((socket) => server.accept(asDeskSocket(socket)))

async function shutDown(reason: string): Promise<void> {
  logger.info('desk', `stopping: ${reason}`)
  listener.close()
  await server.stop()
  logger.flush()
  rmSync(launch.socket, { force: true })
  process.exit(0)
}

/** The fleet knows the pid itself; a full disk must not keep the desk from its orders. */
function notePid(): void {
  try {
    writePidFile(launch.pidFile, process.pid)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    logger.error('desk', `${launch.pidFile} is not written: ${text}`)
  }
}

function fail(error: unknown): never {
  endWith(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

/** At once, in the middle of whatever is done: what would be sent next must not leave. */
function endWith(text: string): never {
  logger.error('desk', text)
  logger.flush()
  // The control plane reads it here and tells it where the instances are listed.
  process.stderr.write(`${text.split('\n', 1)[0]}\n`)
  process.exit(1)
}

process.on('SIGTERM', () => void shutDown('SIGTERM'))
process.on('SIGINT', () => {})
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)

mkdirSync(launch.databaseDir, { recursive: true })
mkdirSync(dirname(launch.socket), { recursive: true })
rmSync(launch.socket, { force: true })
listener.listen(launch.socket, () => {
  notePid()
  logger.info('desk', `ready on ${launch.socket}`)
  takeUpAccounts()
})
