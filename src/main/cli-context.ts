/** What the commands work with: joins terminal, control plane, files and sockets of a home. */
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { SqliteConfigStore } from '../adapters/stores/sqlite-config-store.ts'
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
import type { FleetAccess } from '../client/fleet-access.ts'
import { RemoteUsers } from '../client/remote-users.ts'
import { loadInstanceFile } from '../config/instances.ts'
import { processVariables } from '../config/process-environment.ts'
import { ConfigFiles, initHome } from '../fleet/config-files.ts'
import { presentUser } from '../fleet/config-record.ts'
import { readJson } from '../fleet/files.ts'
import { assertWritable } from '../fleet/home-check.ts'
import { SANDBOX_FILE } from '../fleet/services.ts'
import type { DoctorOptions } from '../protocol/doctor-report.ts'
import type { InstanceList } from '../protocol/fleet-messages.ts'
import type { SandboxKeysFile, SandboxRequest, SandboxState } from '../protocol/sandbox-messages.ts'
import { addInstance } from './add-instance.ts'
import { CliHome } from './cli-home.ts'
import { ControlLifecycle } from './control-lifecycle.ts'
import { JournalLines } from './journal-lines.ts'
import { keyFiles } from './key-files.ts'
import { knownNames } from './known-names.ts'
import { PACKAGE_ROOT } from './package-root.ts'
import { previewGrid, type SeenPrice, seenPrice, storedFeed } from './preview-grid.ts'
import { askSecret, readFirstLine } from './terminal.ts'
import { validateHome, validation } from './validate-home.ts'

export class CliWorld implements CliContext {
  readonly home: string
  readonly interrupted: AbortSignal
  readonly #home: CliHome
  readonly #lifecycle: ControlLifecycle
  readonly #interrupt = new AbortController()
  #isListening = false
  readonly speech: Speech

  constructor(options: Options, speech: Speech) {
    this.speech = speech
    const variables = processVariables()
    this.home = resolve(textOption(options, 'home') ?? variables.home ?? '.')
    this.#home = new CliHome(this.home, textOption(options, 'fleetConfig'))
    this.#lifecycle = new ControlLifecycle(this.#home, this)
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

  // --- the control plane ------------------------------------------------------------------------

  async open(): Promise<FleetAccess> {
    this.#home.assertThere()
    return this.#home.control() ?? this.#home.offline()
  }

  openStarted(): Promise<FleetAccess> {
    return this.#lifecycle.started()
  }

  up(options: UpOptions): Promise<number> {
    return this.#lifecycle.up(options)
  }

  down(withBots: boolean): Promise<number> {
    return this.#lifecycle.down(withBots)
  }

  // --- files ------------------------------------------------------------------------------------

  addInstance(file: string, instanceId: string | null, isCopied: boolean): string {
    const { files: home, fleetConfig } = this.#home
    return addInstance({ home, fleetConfig, file, instanceId, isCopied })
  }

  logPlaces(): Awaitable<readonly LogPlace[]> {
    this.#home.assertThere()
    const offline = this.#home.offline()
    return offline
      .known()
      .instances.map((one) => ({ id: one.record.id, folder: offline.logDir(one) }))
  }

  journal(id: string): JournalLines {
    const { format } = this.#home.configuration.logging
    return new JournalLines(this.#home.files.database, id, format, () => Date.now())
  }

  wallClock() {
    return { nowMs: Date.now(), timeZone: this.#home.configuration.time_zone }
  }

  names(kind: NameKind): readonly string[] {
    return knownNames(this.#home.files, PACKAGE_ROOT, kind)
  }

  /** Loaded when it is needed: it looks at everything. */
  async doctor(options: DoctorOptions) {
    this.#home.assertThere()
    const { examine } = await import('./doctor.ts')
    const { files: home, host, fleetConfig } = this.#home
    return examine({ home, host, fleetConfig }, options)
  }

  validate(file: string | null): Awaitable<ValidationResult> {
    const fleet = this.#home.loadFleet()
    const options = { environment: fleet.environment, home: this.home }
    const { configuration } = fleet
    if (file !== null) {
      if (!existsSync(file)) throw new CliError(3, sentence(m.noFile, { file }))
      const { instance, faults, warnings } = loadInstanceFile(resolve(file), configuration, options)
      return validation(faults, warnings, instance === null ? [] : [instance])
    }
    this.#home.assertThere()
    return validateHome(
      fleet,
      this.#home.files,
      storedFeed(this.#home.setting('feed'))?.feed ?? null,
    )
  }

  configFiles(makesHome: boolean): Awaitable<ConfigOperations> {
    if (!makesHome) this.#home.assertThere()
    if (!existsSync(this.#home.files.database)) {
      assertWritable(this.#home.files)
      mkdirSync(this.#home.files.database, { recursive: true })
    }
    return new ConfigFiles({
      home: this.#home.files,
      templates: join(PACKAGE_ROOT, 'config', 'templates'),
      store: new SqliteConfigStore(this.#home.files.fleetDatabase),
      author: presentUser(),
      loadFleet: () => this.#home.loadFleet(),
      wallMs: () => Date.now(),
    })
  }

  async notifyTest(channel: string): Promise<void> {
    const fleet = this.#home.loadFleet()
    const { sendTest } = await import('./notify-test.ts')
    await sendTest(channel, fleet.configuration)
  }

  keys(): KeyOperations {
    this.#home.assertThere()
    return keyFiles(this.#home.files, () => this.#home.instances())
  }

  /** Loaded when it is needed: few commands speak to the exchange. */
  async sandbox(request: SandboxRequest): Promise<SandboxState> {
    this.#home.assertThere()
    const { askSandboxOf } = await import('./sandbox-access.ts')
    return askSandboxOf(this.#home.files, request)
  }

  sandboxKeys(): SandboxKeysFile {
    this.#home.assertThere()
    const file = join(this.#home.files.run, SANDBOX_FILE)
    const keys = readJson(file) as SandboxKeysFile | null
    if (keys === null) throw new CliError(3, sentence(sandboxMessages.notThere, { file }))
    return keys
  }

  async users(): Promise<UserOperations> {
    this.#home.assertThere()
    const target = this.#home.controlTarget()
    if (target !== null) return new RemoteUsers(target)
    const { offlineUsers } = await import('./offline-users.ts')
    return offlineUsers(this.#home.files)
  }

  init(withDemo: boolean): readonly string[] {
    return initHome(this.#home.files, PACKAGE_ROOT, withDemo)
  }

  async previewGrid(target: string): Promise<GridPreview> {
    this.#home.assertThere()
    const offline = this.#home.offline()
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
    const stored = storedFeed(this.#home.setting('feed'))
    const { files: home, fleetConfig } = this.#home
    const parts = { home, fleetConfig, files, stored }
    return previewGrid({ ...parts, lastPrice, marketAt }, target)
  }

  /** Loaded when it is needed: nothing else of the command line speaks to a venue. */
  async direct(action: 'close' | 'kill', ids: readonly string[] | null) {
    this.#home.assertThere()
    const { DirectSession } = await import('./direct-session.ts')
    const complain = (text: string): void => this.complain(text)
    const { files: home, fleetConfig } = this.#home
    const parts = { home, fleetConfig, complain }
    return new DirectSession(parts).run(action, ids)
  }

  /** Loaded when it is needed: nothing else of the command line looks at books. */
  async scan(wish: ScanWish): Promise<ScanSource> {
    this.#home.assertThere()
    const { openScan } = await import('./scan-command.ts')
    const instances = () => this.#home.instances()
    const { arbitrage } = this.#home.configuration
    const complain = (text: string): void => this.complain(text)
    const parts = { home: this.#home.files, arbitrage, instances, complain }
    return openScan({ ...parts, target: this.#home.controlTarget() }, wish)
  }
}
