/** What the commands work with: joins control plane, files, sockets and processes. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import { SqliteConfigStore } from '../adapters/stores/sqlite-config-store.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import { type Options, textOption } from '../cli/action.ts'
import type { NameKind } from '../cli/completion.ts'
import type { Awaitable, ConfigOperations } from '../cli/config-operations.ts'
import {
  type CliContext,
  CliError,
  type LogPlace,
  type ScanSource,
  type ScanWish,
  type UpOptions,
  type ValidationResult,
} from '../cli/context.ts'
import type { GridPreview } from '../cli/grid-preview.ts'
import type { KeyOperations } from '../cli/key-operations.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { lifecycleMessages as m } from '../cli/messages/lifecycle.ts'
import { sandboxMessages } from '../cli/messages/sandbox.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import type { UserOperations } from '../cli/user-operations.ts'
import { type FleetAccess, HttpFleet } from '../client/fleet-access.ts'
import type { HttpTarget } from '../client/http-client.ts'
import { RemoteUsers } from '../client/remote-users.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { loadInstanceFile } from '../config/instances.ts'
import {
  childEnvironment,
  processEnvironment,
  processVariables,
} from '../config/process-environment.ts'
import { ConfigFiles, initHome } from '../fleet/config-files.ts'
import { presentUser } from '../fleet/config-record.ts'
import { readJson, textAfter, writeJson } from '../fleet/files.ts'
import { Home } from '../fleet/home.ts'
import { assertWritable } from '../fleet/home-check.ts'
import { lockOwner } from '../fleet/home-lock.ts'
import { SANDBOX_FILE } from '../fleet/services.ts'
import type { DoctorOptions } from '../protocol/doctor-report.ts'
import type { ControlFile, InstanceList } from '../protocol/fleet-messages.ts'
import type { SandboxKeysFile, SandboxRequest, SandboxState } from '../protocol/sandbox-messages.ts'
import { addInstance } from './add-instance.ts'
import type { ControlOptions } from './control-start.ts'
import { loginText } from './first-login.ts'
import { JournalLines } from './journal-lines.ts'
import { keyFiles } from './key-files.ts'
import { knownNames } from './known-names.ts'
import { OfflineFleet } from './offline-fleet.ts'
import { previewGrid, type SeenPrice, seenPrice, storedFeed } from './preview-grid.ts'
import { askSecret, readFirstLine } from './terminal.ts'
import { validateHome, validation } from './validate-home.ts'

const PACKAGE_ROOT = join(import.meta.dirname, '..', '..')
const START_WAIT_MS = 90_000
const END_WAIT_MS = 90_000
const LOOK_MS = 100

export class CliWorld implements CliContext {
  readonly home: string
  readonly interrupted: AbortSignal
  readonly #home: Home
  readonly #host = new DetachedHost(childEnvironment())
  readonly #fleetConfig: string | null
  readonly #interrupt = new AbortController()
  #isListening = false
  readonly speech: Speech

  constructor(options: Options, speech: Speech) {
    this.speech = speech
    const variables = processVariables()
    this.home = resolve(textOption(options, 'home') ?? variables.home ?? '.')
    this.#home = new Home(this.home)
    this.#fleetConfig = textOption(options, 'fleetConfig')
    this.interrupted = this.#interrupt.signal
  }

  get columns(): number | null {
    return process.stdout.isTTY ? process.stdout.columns : null
  }

  print(text: string): void {
    process.stdout.write(text)
  }

  complain(text: string): void {
    process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** Waits; from the first wait on, Ctrl-C ends it and whatever loops around it, a second one the process. */
  wait(ms: number): Promise<void> {
    if (!this.#isListening) process.once('SIGINT', () => this.#interrupt.abort())
    this.#isListening = true
    const { signal } = this.#interrupt
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done)
    })
  }

  get canAsk(): boolean {
    return process.stdin.isTTY === true && process.stderr.isTTY === true
  }

  /** On standard error: what stands on standard output may be JSON for a program. */
  async confirm(question: string): Promise<boolean> {
    if (!this.canAsk) return false
    const prompt = createInterface({ input: process.stdin, output: process.stderr })
    const answer = await prompt.question(`${question} ${this.speech.say(commonMessages.yesOrNo)} `)
    prompt.close()
    return /^(y|yes|是|好)$/i.test(answer.trim())
  }

  askSecret(question: string): Promise<string> {
    return askSecret(question)
  }

  readLine(): Promise<string> {
    return readFirstLine()
  }

  // --- whom to ask ------------------------------------------------------------------------------

  /** The control plane of this home, when one lives. */
  #control(): HttpFleet | null {
    const target = this.#controlTarget()
    return target === null ? null : new HttpFleet(target)
  }

  #controlTarget(): HttpTarget | null {
    const file = readJson(this.#home.controlFile) as ControlFile | null
    const owner = lockOwner(this.#home.controlLock, this.#host)
    if (file === null || owner === null || owner.pid !== file.pid) return null
    return { url: file.url, token: file.token }
  }

  /** A misspelt --home is told, not taken for an empty one. */
  #assertHome(): void {
    if (existsSync(this.home)) return
    throw new CliError(3, sentence(commonMessages.noHome, { home: this.home }))
  }

  #offline(): OfflineFleet {
    return new OfflineFleet(this.#home, this.#host, this.#fleetConfig)
  }

  async open(): Promise<FleetAccess> {
    this.#assertHome()
    return this.#control() ?? this.#offline()
  }

  async openStarted(): Promise<FleetAccess> {
    const control = this.#control()
    if (control !== null) return control
    const asked = { feed: null, seed: null, speed: null, pace: null }
    const code = await this.#startDetached({
      home: this.home,
      port: null,
      asked,
      fleetConfig: this.#fleetConfig,
    })
    const started = this.#control()
    if (code !== 0 || started === null)
      throw new CliError(code === 4 ? 4 : 1, sentence(m.didNotStart))
    return started
  }

  // --- up and down ------------------------------------------------------------------------------

  async up(options: UpOptions): Promise<number> {
    const { port, feed, speed, seed, pace } = options
    if (!existsSync(this.home)) this.print(`${this.speech.say(m.newHome, { home: this.home })}\n`)
    const control: ControlOptions = {
      home: this.home,
      port,
      asked: { feed, speed, seed, pace },
      fleetConfig: this.#fleetConfig === null ? null : resolve(this.#fleetConfig),
    }
    if (options.isDetached) return this.#startDetached(control)
    const { runControl } = await import('./run-control.ts')
    const say = (text: string) => this.print(`${this.speech.relay(text)}\n`)
    const complain = (text: string) => this.complain(this.speech.relay(text))
    const command = this.#command()
    const text = `${this.speech.say(m.nextStep, { command })}\n${this.speech.say(m.interrupt)}`
    return runControl(control, say, complain, { text, command })
  }

  async #startDetached(options: ControlOptions): Promise<number> {
    assertWritable(this.#home)
    const launchFile = this.#home.launchFile('control')
    const folder = this.#home.logs('control')
    const stdoutFile = join(folder, 'control_stdout.log')
    const stderrFile = join(folder, 'control_stderr.log')
    mkdirSync(folder, { recursive: true })
    writeJson(launchFile, options, 0o600)
    const [saidBefore, complainedBefore] = [stdoutFile, stderrFile].map(sizeOf)
    let exitCode: number | null = null
    const identity = this.#host.spawn(
      {
        program: join(import.meta.dirname, 'control.js'),
        args: ['--launch', launchFile],
        folder: this.home,
        stdoutFile,
        stderrFile,
        environment: inherited(),
        isServer: true,
        token: randomBytes(16).toString('hex'),
      },
      (exit) => {
        exitCode = exit.code ?? 1
      },
    )
    // The banner is the last thing that it says while it starts.
    const isUp = await this.#until(START_WAIT_MS, async () => {
      if (exitCode !== null) return true
      return textAfter(stdoutFile, saidBefore ?? 0).includes('dashboard  ')
    })
    this.print(textAfter(stdoutFile, saidBefore ?? 0))
    if (exitCode === null && isUp) await this.#tellFirstLogin()
    const complaint = textAfter(stderrFile, complainedBefore ?? 0)
    if (complaint !== '') this.complain(this.speech.relay(complaint.trimEnd()))
    if (exitCode !== null) return exitCode
    const { pid } = identity
    if (!isUp)
      throw new CliError(1, sentence(m.notReady, { pid, seconds: START_WAIT_MS / 1000, folder }))
    const command = this.#command()
    const { say } = this.speech
    this.print(`${say(m.nextStep, { command })}\n${say(m.inBackground, { pid, command })}\n`)
    return 0
  }

  /** A detached control plane writes what it says to a file, where no password belongs: it tells it to who started it. */
  async #tellFirstLogin(): Promise<void> {
    const target = this.#controlTarget()
    const password = target === null ? null : await new RemoteUsers(target).takeFirstPassword()
    if (password !== null)
      this.print(`${this.speech.relay(loginText(password, this.#command()))}\n`)
  }

  /** How this program is called here, in words that can be typed as they stand: in a checkout by npx, elsewhere with the home. */
  #command(): string {
    const isCheckout = existsSync(join(PACKAGE_ROOT, 'src', 'main', 'cli.ts'))
    const program = isCheckout ? 'npx perpfleet' : 'perpfleet'
    const isUsual = this.home === resolve(processVariables().home ?? '.')
    return isUsual ? program : `${program} --home ${this.home}`
  }

  async down(withBots: boolean): Promise<number> {
    this.#assertHome()
    const control = this.#control()
    if (control === null) return this.#downWithoutControl(withBots)
    const owner = lockOwner(this.#home.controlLock, this.#host)
    const bots = (await control.list()).items.filter(({ pid }) => pid !== null).length
    await control.shutDown(withBots)
    const hasEnded = await this.#until(END_WAIT_MS, async () =>
      owner === null ? !(await control.isReady()) : !this.#host.isAlive(owner),
    )
    if (!hasEnded) throw new CliError(1, sentence(m.notEnded))
    const left = this.#offline().running()
    if (withBots && left.length > 0)
      throw new CliError(1, sentence(m.stillRunning, { names: left.join(', ') }))
    this.print(`${endText(withBots, bots, this.speech)}\n`)
    return 0
  }

  async #downWithoutControl(withBots: boolean): Promise<number> {
    const offline = this.#offline()
    const running = offline.running()
    if (!withBots) throw new CliError(4, sentence(commonMessages.noControlPlane))
    if (running.length === 0) {
      this.print(`${this.speech.say(m.nothingRuns)}\n`)
      return 0
    }
    const left = await offline.stopEverything()
    if (left.length > 0) throw new CliError(1, left.join('; '))
    this.print(`${this.speech.say(m.allStopped)}\n`)
    return 0
  }

  async #until(limitMs: number, isDone: () => Promise<boolean>): Promise<boolean> {
    const end = performance.now() + limitMs
    while (!(await isDone())) {
      if (performance.now() > end) return false
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
    return true
  }

  // --- files ------------------------------------------------------------------------------------

  addInstance(file: string, instanceId: string | null, isCopied: boolean): string {
    const { home, fleetConfig } = { home: this.#home, fleetConfig: this.#fleetConfig }
    return addInstance({ home, fleetConfig, file, instanceId, isCopied })
  }

  logPlaces(): Awaitable<readonly LogPlace[]> {
    this.#assertHome()
    const offline = this.#offline()
    return offline
      .known()
      .instances.map((one) => ({ id: one.record.id, folder: offline.logDir(one) }))
  }

  journal(id: string): JournalLines {
    const { format } = this.#configuration().logging
    return new JournalLines(this.#home.database, id, format, () => Date.now())
  }

  wallClock() {
    return { nowMs: Date.now(), timeZone: this.#configuration().time_zone }
  }

  #configuration() {
    return loadFleetConfiguration({ home: this.home, fleetConfig: this.#fleetConfig }).configuration
  }

  names(kind: NameKind): readonly string[] {
    return knownNames(this.#home, PACKAGE_ROOT, kind)
  }

  /** Loaded when it is needed: it looks at everything. */
  async doctor(options: DoctorOptions) {
    this.#assertHome()
    const { examine } = await import('./doctor.ts')
    return examine({ home: this.#home, host: this.#host, fleetConfig: this.#fleetConfig }, options)
  }

  validate(file: string | null): Awaitable<ValidationResult> {
    const fleet = loadFleetConfiguration({ home: this.home, fleetConfig: this.#fleetConfig })
    const options = { environment: fleet.environment, home: this.home }
    const { configuration } = fleet
    if (file !== null) {
      if (!existsSync(file)) throw new CliError(3, sentence(m.noFile, { file }))
      const { instance, faults, warnings } = loadInstanceFile(resolve(file), configuration, options)
      return validation(faults, warnings, instance === null ? [] : [instance])
    }
    this.#assertHome()
    return validateHome(fleet, this.#home, storedFeed(this.#setting('feed'))?.feed ?? null)
  }

  configFiles(makesHome: boolean): Awaitable<ConfigOperations> {
    if (!makesHome) this.#assertHome()
    if (!existsSync(this.#home.database)) {
      assertWritable(this.#home)
      mkdirSync(this.#home.database, { recursive: true })
    }
    return new ConfigFiles({
      home: this.#home,
      templates: join(PACKAGE_ROOT, 'config', 'templates'),
      store: new SqliteConfigStore(this.#home.fleetDatabase),
      author: presentUser(),
      loadFleet: () => loadFleetConfiguration({ home: this.home, fleetConfig: this.#fleetConfig }),
      wallMs: () => Date.now(),
    })
  }

  async notifyTest(channel: string): Promise<void> {
    const fleet = loadFleetConfiguration({ home: this.home, fleetConfig: this.#fleetConfig })
    const { sendTest } = await import('./notify-test.ts')
    await sendTest(channel, fleet.configuration)
  }

  keys(): KeyOperations {
    this.#assertHome()
    const instances = () =>
      this.#offline()
        .known()
        .instances.flatMap(({ config }) => (config === null ? [] : [config]))
    return keyFiles(this.#home, instances)
  }

  /** Loaded when it is needed: few commands speak to the exchange. */
  async sandbox(request: SandboxRequest): Promise<SandboxState> {
    this.#assertHome()
    const { askSandboxOf } = await import('./sandbox-access.ts')
    return askSandboxOf(this.#home, request)
  }

  sandboxKeys(): SandboxKeysFile {
    this.#assertHome()
    const file = join(this.#home.run, SANDBOX_FILE)
    const keys = readJson(file) as SandboxKeysFile | null
    if (keys === null) throw new CliError(3, sentence(sandboxMessages.notThere, { file }))
    return keys
  }

  async users(): Promise<UserOperations> {
    this.#assertHome()
    const target = this.#controlTarget()
    if (target !== null) return new RemoteUsers(target)
    const { offlineUsers } = await import('./offline-users.ts')
    return offlineUsers(this.#home)
  }

  init(withDemo: boolean): readonly string[] {
    return initHome(this.#home, PACKAGE_ROOT, withDemo)
  }

  async previewGrid(target: string): Promise<GridPreview> {
    this.#assertHome()
    const offline = this.#offline()
    const files = offline
      .known()
      .instances.flatMap(({ record, config }) =>
        config === null ? [] : [{ id: record.id, file: config.file }],
      )
    let listed: Promise<InstanceList> | null = null
    const list = (): Promise<InstanceList> => {
      listed ??= this.open().then((fleet) => fleet.list())
      return listed
    }
    const lastPrice = async (id: string): Promise<SeenPrice | null> => {
      if (!files.some((one) => one.id === id)) return null
      const isLive = (await list()).items.some((one) => one.id === id && one.pid !== null)
      return seenPrice(await (await this.open()).status(id).catch(() => null), isLive)
    }
    const marketAt = async (): Promise<number | null> => {
      const time = (await list()).feed?.market_time ?? null
      return time === null ? null : Date.parse(time)
    }
    const stored = storedFeed(this.#setting('feed'))
    const parts = { home: this.#home, fleetConfig: this.#fleetConfig, files, stored }
    return previewGrid({ ...parts, lastPrice, marketAt }, target)
  }

  /** Loaded when it is needed: nothing else of the command line speaks to a venue. */
  async direct(action: 'close' | 'kill', ids: readonly string[] | null) {
    this.#assertHome()
    const { DirectSession } = await import('./direct-session.ts')
    const complain = (text: string): void => this.complain(text)
    const parts = { home: this.#home, fleetConfig: this.#fleetConfig, complain }
    return new DirectSession(parts).run(action, ids)
  }

  /** Loaded when it is needed: nothing else of the command line looks at books. */
  async scan(wish: ScanWish): Promise<ScanSource> {
    this.#assertHome()
    const { openScan } = await import('./scan-command.ts')
    const instances = () =>
      this.#offline()
        .known()
        .instances.flatMap(({ config }) => (config === null ? [] : [config]))
    const { arbitrage } = this.#configuration()
    const complain = (text: string): void => this.complain(text)
    const parts = { home: this.#home, arbitrage, instances, complain }
    return openScan({ ...parts, target: this.#controlTarget() }, wish)
  }

  #setting(key: string): string | null {
    if (!existsSync(this.#home.fleetDatabase)) return null
    const store = new SqliteFleetStore(this.#home.fleetDatabase, 'read')
    try {
      return store.setting(key)
    } finally {
      store.close()
    }
  }
}

const sizeOf = (path: string): number => (existsSync(path) ? readFileSync(path).length : 0)

/** The control plane reads configuration from the environment, unlike the processes that it starts. */
const inherited = (): Record<string, string> => {
  const entries = Object.entries(processEnvironment())
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/** What `down` came to; `bots` = those that went on when it began. */
export function endText(withBots: boolean, bots: number, { say }: Speech): string {
  if (withBots) return say(m.allStopped)
  if (bots === 0) return say(m.hasEnded, { bots: say(m.noBot) })
  return say(m.hasEnded, { bots: bots === 1 ? say(m.oneBot) : say(m.manyBots, { count: bots }) })
}
