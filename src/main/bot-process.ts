/** Joins the parts of a bot process: one launch file, one instance, one life of the process. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SqliteBotStore } from '../adapters/stores/sqlite-bot-store.ts'
import { SystemClock } from '../adapters/system/clock.ts'
import { removePidFile, writePidFile } from '../adapters/system/pid-file.ts'
import { createFileLogger, type FileLogger } from '../adapters/telemetry/file-logger.ts'
import { legsOf } from '../bot/bot-leg.ts'
import { askDesks } from '../bot/desk-control.ts'
import { DeskLink } from '../bot/desk-link.ts'
import { InstanceKeeper } from '../bot/instance-keeper.ts'
import type { Configuration } from '../bot/reconfigure.ts'
import { type BotEnd, BotSession } from '../bot/session.ts'
import { figuresOf, type ProcessFacts, stateOf, statusOf } from '../bot/status.ts'
import { roleOfToken } from '../bot/user-token.ts'
import { readControlToken, readControlUrl } from '../bot/web-guard.ts'
import { PortTakenError, WebServer } from '../bot/web-server.ts'
import { useTimeZone } from '../config/machine-time-zone.ts'
import { InvariantError } from '../domain/money.ts'
import type { Json } from '../domain/strategy.ts'
import type { AnyStrategy } from '../engine/instance.ts'
import type { Clock } from '../ports/clock.ts'
import { type BotLaunch, botExit, type ExitNote, exitNotePath } from '../protocol/launch.ts'

const STATUS_INTERVAL_MS = 5000
const MEBIBYTE = 1_048_576

/** Reads a launch file. @throws Error with one sentence when it is none of a bot */
export function readBotLaunch(file: string): BotLaunch {
  const launch = JSON.parse(readFileSync(file, 'utf8')) as Partial<BotLaunch>
  if (launch.program === 'bot' && launch.settings !== undefined) return launch as BotLaunch
  throw new Error(
    `${file} is no launch file of a bot: the fleet writes them, start bots by perpfleet start.`,
  )
}

/**
 * Runs one bot until it ends; the process exits by itself with a code of `botExit`.
 * @param strategyOf the strategies by their id, null for an unknown one; `failed` is told, once, with a sentence when one
 * does not go on @throws Error with a sentence when its file cannot be opened
 */
export async function runBot(
  launch: BotLaunch,
  strategyOf: (id: string, failed: (text: string) => void) => AnyStrategy | null,
): Promise<void> {
  const logger = openLog(launch)
  const exit = (end: BotEnd) => leave(launch, logger, end)
  watchFailures(logger, exit)
  const pidFault = tryTo(() => writePidFile(launch.pidFile, process.pid))
  // The fleet knows the pid itself; a full disk below the log folder must not keep an instance from trading.
  if (pidFault !== null) logger.error('process', `${launch.pidFile} is not written: ${pidFault}`)
  const failure = new StrategyFailure()
  const strategy = openStrategy(launch, failure, strategyOf)
  if (typeof strategy === 'string') return exit({ code: botExit.refused, sentences: [strategy] })
  const store = new SqliteBotStore(launch.dbPath)
  const keeper = openKeeper(launch, strategy, store)
  if (typeof keeper === 'string') return exit({ code: botExit.refused, sentences: [keeper] })
  if (keeper.ended !== null) {
    const { reason } = keeper.ended
    const text = `It has finished by its own rule (${reason}): start it again to begin anew, or archive it.`
    return exit({ code: botExit.finished, sentences: [text] })
  }
  const bot = new BotProcess(launch, keeper, logger, (end) => {
    store.close()
    exit(end)
  })
  failure.onFailed((text) => bot.strategyFailed(text))
  await bot.start()
}

/** A strategy may fail before there is anybody to tell. */
class StrategyFailure {
  #text: string | null = null
  #listener: ((text: string) => void) | null = null

  readonly failed = (text: string): void => {
    this.#text ??= text
    this.#listener?.(text)
  }

  onFailed(listener: (text: string) => void): void {
    this.#listener = listener
    if (this.#text !== null) listener(this.#text)
  }
}

/** @returns a sentence when it cannot be */
function openStrategy(
  launch: BotLaunch,
  { failed }: StrategyFailure,
  strategyOf: Parameters<typeof runBot>[1],
): AnyStrategy | string {
  try {
    return strategyOf(launch.strategy, failed) ?? `There is no strategy "${launch.strategy}".`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A state that this program cannot go on from is a refusal, not a crash: a restart would meet it again. */
function openKeeper(
  launch: BotLaunch,
  strategy: AnyStrategy,
  store: SqliteBotStore,
): InstanceKeeper | string {
  try {
    return new InstanceKeeper(launch, strategy, store)
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error
    return `${launch.dbPath} cannot be taken up (${error.message}): give the new strategy an instance of its own, or archive the file.`
  }
}

class BotProcess {
  readonly #launch: BotLaunch
  readonly #keeper: InstanceKeeper
  readonly #logger: FileLogger
  readonly #exit: (end: BotEnd) => void
  readonly #clock: Clock = new SystemClock()
  readonly #links: readonly DeskLink[]
  readonly #session: BotSession
  readonly #web: WebServer
  readonly #startedAt: string
  readonly #startedMs: number
  #port: number

  constructor(
    launch: BotLaunch,
    keeper: InstanceKeeper,
    logger: FileLogger,
    exit: (end: BotEnd) => void,
  ) {
    this.#launch = launch
    this.#keeper = keeper
    this.#logger = logger
    this.#exit = exit
    this.#port = launch.web.port
    this.#startedMs = this.#clock.monotonicMs()
    this.#startedAt = new Date(this.#clock.wallMs()).toISOString()
    this.#links = legsOf(launch).map(({ deskSocket }) => new DeskLink(deskSocket, this.#clock))
    this.#session = this.#makeSession()
    this.#web = this.#makeWeb()
  }

  async start(): Promise<void> {
    const { settings, strategy, web } = this.#launch
    this.#logger.info('process', 'bot starts', {
      pid: process.pid,
      strategy,
      symbol: settings.symbol,
    })
    try {
      this.#port = await this.#web.listen()
    } catch (error) {
      return this.#cannotListen(error)
    }
    this.#logger.info('web', 'listening', { host: web.host, port: this.#port })
    process.on('SIGTERM', () => this.#session.stop('SIGTERM'))
    process.on('SIGINT', () => this.#session.stop('SIGINT'))
    this.#clock.every(STATUS_INTERVAL_MS, () => this.#saveStatus())
    this.#session.start()
    for (const [leg, link] of this.#links.entries())
      link.open({
        connected: () => this.#session.connected(leg),
        disconnected: (reason) => this.#session.disconnected(leg, reason),
        receive: (messages) => this.#session.receive(leg, messages),
      })
  }

  /** The strategy does not go on, see BotSession. */
  strategyFailed(text: string): void {
    this.#session.strategyFailed(text)
  }

  #makeSession(): BotSession {
    return new BotSession({
      launch: this.#launch,
      keeper: this.#keeper,
      clock: this.#clock,
      logger: this.#logger,
      send: (leg, message) => this.#links[leg]?.send(message),
      reconnect: (leg) => this.#links[leg]?.reconnect(),
      end: (end) => this.#end(end),
    })
  }

  #makeWeb(): WebServer {
    const { settings, web, controlFile } = this.#launch
    return new WebServer({
      instance: settings.instance,
      host: web.host,
      port: web.port,
      keeper: this.#keeper,
      logger: this.#logger,
      requestPrefix: `${settings.instance}-${this.#clock.wallMs().toString(36)}`,
      wallMs: () => this.#clock.wallMs(),
      token: () => readControlToken(controlFile),
      roleOf: (token) => roleOfToken(readControlUrl(controlFile), token),
      status: () => this.#status(),
      figures: () =>
        figuresOf({ keeper: this.#keeper, view: this.#session.view, legs: this.#session.legs }),
      health: () => this.#health(),
      ask: (action) => askDesks(legsOf(this.#launch), action),
      adjust: (adjusted) => {
        const { parameters, isTemporary } = adjusted
        this.#logger.info('instance', 'the grid was adjusted', {
          ...rangeOf(parameters),
          isTemporary,
        })
        this.#session.adjusted(this.#keeper.adjust(adjusted))
        if (!isTemporary) this.#noteAdjustment(parameters)
      },
      configure: (configuration) => this.#configure(configuration),
    })
  }

  /** For the fleet, which writes the range into the file, now or when it is there again. */
  #noteAdjustment(parameters: BotLaunch['parameters']): void {
    const { controlFile, configFile, settings } = this.#launch
    if (configFile === null) return
    const path = join(dirname(controlFile), `adjusted-${settings.instance}.json`)
    const { grid_lower_price, grid_upper_price, grid_num } = parameters
    const note = JSON.stringify({ grid_lower_price, grid_upper_price, grid_num })
    const fault = tryTo(() => {
      writeFileSync(`${path}.new`, note, { mode: 0o600 })
      renameSync(`${path}.new`, path)
    })
    if (fault !== null) this.#logger.error('instance', `${path} is not written: ${fault}`)
  }

  #configure({ parameters, settings, legs, logLevel }: Configuration): readonly string[] {
    const { output, refusals } = this.#keeper.reconfigure(parameters, this.#keeper.lastAt)
    if (refusals.length > 0) {
      const text = 'the changed configuration is refused, the old one goes on'
      this.#logger.error('instance', text, { refusals })
      return refusals
    }
    this.#logger.info('instance', 'the changed configuration was taken over')
    this.#logger.setLevel(logLevel)
    if (output !== null) this.#session.adjusted(output)
    this.#session.takeSettings(settings, legs)
    return []
  }

  #cannotListen(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    this.#logger.error('web', text)
    const code = error instanceof PortTakenError ? botExit.portTaken : botExit.failed
    this.#exit({ code, sentences: [text] })
  }

  /** For those who read the file while no bot runs; the session tells when the database cannot be written. */
  #saveStatus(): void {
    tryTo(() => this.#keeper.saveStatus(this.#status()))
  }

  #end(end: BotEnd): void {
    this.#saveStatus()
    for (const link of this.#links) link.close()
    // One turn of the loop for what stands in the sockets.
    void this.#web.close().then(() => setImmediate(() => this.#exit(end)))
  }

  #parts() {
    return {
      launch: this.#launch,
      keeper: this.#keeper,
      view: this.#session.view,
      legs: this.#session.legs,
      isFinishing: this.#session.isFinishing,
      facts: this.#facts(),
    }
  }

  #status(): Json {
    return statusOf({ ...this.#parts(), controlUrl: readControlUrl(this.#launch.controlFile) })
  }

  #health(): { readonly isHealthy: boolean; readonly body: Json } {
    const { isConnected, isReady } = this.#session.view
    const { uptimeMs, rssBytes } = this.#facts()
    const state = stateOf(this.#parts())
    const body = {
      status: isReady ? 'healthy' : 'degraded',
      timestamp: new Date(this.#clock.wallMs()).toISOString(),
      uptime: Math.floor(uptimeMs / 1000),
      instance: this.#launch.settings.instance,
      pid: process.pid,
      state,
      checks: {
        desk: isReady ? 'healthy' : isConnected ? 'warning' : 'unhealthy',
        memory: rssBytes < 200 * MEBIBYTE ? 'healthy' : 'warning',
        store: this.#session.isUnsaved ? 'unhealthy' : 'healthy',
      },
    }
    // A bot without its desk is alive and waits: a restart would not help it.
    return { isHealthy: true, body }
  }

  #facts(): ProcessFacts {
    return {
      pid: process.pid,
      uptimeMs: this.#clock.monotonicMs() - this.#startedMs,
      rssBytes: process.memoryUsage.rss(),
      heapBytes: process.memoryUsage().heapUsed,
      startedAt: this.#startedAt,
      port: this.#port,
    }
  }
}

/** @returns null, or why it failed */
function tryTo(run: () => void): string | null {
  try {
    run()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function rangeOf(parameters: BotLaunch['parameters']) {
  const { grid_lower_price: lower, grid_upper_price: upper, grid_num: lines } = parameters
  return { lower, upper, lines }
}

function openLog(launch: BotLaunch): FileLogger {
  useTimeZone(launch.log.timeZone)
  const logger = createFileLogger({
    ...launch.log,
    name: 'bot',
    isMachineZone: true,
    fields: { bot: launch.settings.instance },
  })
  for (const { deskToken } of legsOf(launch)) logger.mask(deskToken)
  logger.mask(launch.token)
  return logger
}

function watchFailures(logger: FileLogger, exit: (end: BotEnd) => void): void {
  const fail = (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error)
    logger.error('process', 'the bot fails and will be restarted', { error })
    exit({ code: botExit.failed, sentences: [text] })
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}

function leave(launch: BotLaunch, logger: FileLogger, end: BotEnd): void {
  for (const text of end.sentences) process.stderr.write(`${launch.settings.instance}: ${text}\n`)
  logger.info('process', 'bot ends', { code: end.code })
  const note: ExitNote = { pid: process.pid, code: end.code }
  const fault = tryTo(() => writeFileSync(exitNotePath(launch.pidFile), JSON.stringify(note)))
  if (fault !== null) logger.error('process', `how it ended is not written: ${fault}`)
  logger.close()
  removePidFile(launch.pidFile, process.pid)
  process.exit(end.code)
}
