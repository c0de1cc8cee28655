/** `up` and `down`: how a command line starts the control plane of its home, tells what came of it, and ends it. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type CliContext, CliError, type UpOptions } from '../cli/context.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { lifecycleMessages as m } from '../cli/messages/lifecycle.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import type { HttpFleet } from '../client/fleet-access.ts'
import { RemoteUsers } from '../client/remote-users.ts'
import { processEnvironment, processVariables } from '../config/process-environment.ts'
import { textAfter, writeJson } from '../fleet/files.ts'
import { assertWritable } from '../fleet/home-check.ts'
import type { CliHome } from './cli-home.ts'
import type { ControlOptions } from './control-start.ts'
import { loginText } from './first-login.ts'
import { PACKAGE_ROOT } from './package-root.ts'

const START_WAIT_MS = 90_000
const END_WAIT_MS = 90_000
const LOOK_MS = 100

/** Where people are told. */
interface Teller extends Pick<CliContext, 'print' | 'complain'> {
  readonly speech: Speech
}

export class ControlLifecycle {
  readonly #home: CliHome
  readonly #teller: Teller

  constructor(home: CliHome, teller: Teller) {
    this.#home = home
    this.#teller = teller
  }

  /** The control plane of the home; a detached one is started when none lives. @throws CliError when it did not start */
  async started(): Promise<HttpFleet> {
    const control = this.#home.control()
    if (control !== null) return control
    const { path: home, fleetConfig } = this.#home
    const asked = { feed: null, seed: null, speed: null, pace: null }
    const code = await this.#startDetached({ home, port: null, asked, fleetConfig })
    const started = this.#home.control()
    if (code !== 0 || started === null)
      throw new CliError(code === 4 ? 4 : 1, sentence(m.didNotStart))
    return started
  }

  /** @returns the exit code */
  async up(options: UpOptions): Promise<number> {
    const { port, feed, speed, seed, pace } = options
    const { path: home, fleetConfig } = this.#home
    const { speech } = this.#teller
    if (!existsSync(home)) this.#teller.print(`${speech.say(m.newHome, { home })}\n`)
    const control: ControlOptions = {
      home,
      port,
      asked: { feed, speed, seed, pace },
      fleetConfig: fleetConfig === null ? null : resolve(fleetConfig),
    }
    if (options.isDetached) return this.#startDetached(control)
    const { runControl } = await import('./run-control.ts')
    const say = (text: string) => this.#teller.print(`${speech.relay(text)}\n`)
    const complain = (text: string) => this.#teller.complain(speech.relay(text))
    const command = this.#command()
    const text = `${speech.say(m.nextStep, { command })}\n${speech.say(m.interrupt)}`
    return runControl(control, say, complain, { text, command })
  }

  async #startDetached(options: ControlOptions): Promise<number> {
    const { files, host, path } = this.#home
    assertWritable(files)
    const launchFile = files.launchFile('control')
    const folder = files.logs('control')
    const stdoutFile = join(folder, 'control_stdout.log')
    const stderrFile = join(folder, 'control_stderr.log')
    mkdirSync(folder, { recursive: true })
    writeJson(launchFile, options, 0o600)
    const [saidBefore, complainedBefore] = [stdoutFile, stderrFile].map(sizeOf)
    let exitCode: number | null = null
    const identity = host.spawn(
      {
        program: join(import.meta.dirname, 'control.js'),
        args: ['--launch', launchFile],
        folder: path,
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
    const isUp = await until(START_WAIT_MS, async () => {
      if (exitCode !== null) return true
      return textAfter(stdoutFile, saidBefore ?? 0).includes('dashboard  ')
    })
    const { speech } = this.#teller
    this.#teller.print(textAfter(stdoutFile, saidBefore ?? 0))
    if (exitCode === null && isUp) await this.#tellFirstLogin()
    const complaint = textAfter(stderrFile, complainedBefore ?? 0)
    if (complaint !== '') this.#teller.complain(speech.relay(complaint.trimEnd()))
    if (exitCode !== null) return exitCode
    const { pid } = identity
    if (!isUp)
      throw new CliError(1, sentence(m.notReady, { pid, seconds: START_WAIT_MS / 1000, folder }))
    const command = this.#command()
    const { say } = speech
    this.#teller.print(
      `${say(m.nextStep, { command })}\n${say(m.inBackground, { pid, command })}\n`,
    )
    return 0
  }

  /** A detached control plane writes what it says to a file, where no password belongs: it tells it to who started it. */
  async #tellFirstLogin(): Promise<void> {
    const target = this.#home.controlTarget()
    const password = target === null ? null : await new RemoteUsers(target).takeFirstPassword()
    if (password !== null)
      this.#teller.print(`${this.#teller.speech.relay(loginText(password, this.#command()))}\n`)
  }

  /** How this program is called here, in words that can be typed as they stand: in a checkout by npx, elsewhere with the home. */
  #command(): string {
    const isCheckout = existsSync(join(PACKAGE_ROOT, 'src', 'main', 'cli.ts'))
    const program = isCheckout ? 'npx perpfleet' : 'perpfleet'
    const { path } = this.#home
    const isUsual = path === resolve(processVariables().home ?? '.')
    return isUsual ? program : `${program} --home ${path}`
  }

  /** @returns the exit code */
  async down(withBots: boolean): Promise<number> {
    this.#home.assertThere()
    const control = this.#home.control()
    if (control === null) return this.#downWithoutControl(withBots)
    const owner = this.#home.owner()
    const bots = (await control.list()).items.filter(({ pid }) => pid !== null).length
    await control.shutDown(withBots)
    const hasEnded = await until(END_WAIT_MS, async () =>
      owner === null ? !(await control.isReady()) : !this.#home.host.isAlive(owner),
    )
    if (!hasEnded) throw new CliError(1, sentence(m.notEnded))
    const left = this.#home.offline().running()
    if (withBots && left.length > 0)
      throw new CliError(1, sentence(m.stillRunning, { names: left.join(', ') }))
    this.#teller.print(`${endText(withBots, bots, this.#teller.speech)}\n`)
    return 0
  }

  async #downWithoutControl(withBots: boolean): Promise<number> {
    const offline = this.#home.offline()
    const running = offline.running()
    if (!withBots) throw new CliError(4, sentence(commonMessages.noControlPlane))
    if (running.length === 0) {
      this.#teller.print(`${this.#teller.speech.say(m.nothingRuns)}\n`)
      return 0
    }
    const left = await offline.stopEverything()
    if (left.length > 0) throw new CliError(1, left.join('; '))
    this.#teller.print(`${this.#teller.speech.say(m.allStopped)}\n`)
    return 0
  }
}

async function until(limitMs: number, isDone: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + limitMs
  while (!(await isDone())) {
    if (performance.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return true
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
