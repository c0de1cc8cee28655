/** A home for tests of the whole: the compiled command in a fresh folder, and what it left running. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')
const CLI = join(ROOT, 'dist', 'main', 'cli.js')
const FLAGS = ['--enable-source-maps', '--disable-warning=ExperimentalWarning']

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The part of `perpfleet list --json` that tests look at. */
export interface ListedInstance {
  readonly id: string
  readonly state: string
  readonly desired: string
  readonly reason: string | null
  readonly pid: number | null
  readonly port: number | null
  readonly fills: number | null
  readonly restarts: number
}

export class FleetHome {
  readonly dir = mkdtempSync(join(tmpdir(), 'perpfleet-home-'))
  readonly #environment: Readonly<Record<string, string | undefined>>

  /** `extra`: further variables of every command, e.g. with the folder in them. */
  constructor(extra: (home: { readonly dir: string }) => Record<string, string> = () => ({})) {
    this.#environment = { ...process.env, PERPFLEET_HOME: this.dir, ...extra(this) }
  }

  run(...args: string[]): Promise<Ran> {
    return this.runWith({}, ...args)
  }

  /** With more variables in its environment. */
  runWith(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> {
    return new Promise((resolve) => {
      const options = {
        cwd: this.dir,
        env: { ...this.#environment, ...variables },
        timeout: 120_000,
        maxBuffer: 64 * 1024 * 1024,
      }
      execFile(process.execPath, [...FLAGS, CLI, ...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, stdout, stderr })
      })
    })
  }

  /** `perpfleet up` as a terminal runs it; `said` resolves when the text has been printed. */
  foreground(...args: string[]): {
    readonly child: ChildProcess
    readonly exit: Promise<number | null>
    said(text: string): Promise<void>
  } {
    const child = spawn(process.execPath, [...FLAGS, CLI, 'up', ...args], {
      cwd: this.dir,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
    })
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
    const said = (text: string) => until(`"${text}" in: ${output}`, () => output.includes(text))
    return { child, exit, said }
  }

  async list(): Promise<readonly ListedInstance[]> {
    const { stdout } = await this.run('list', '--json')
    return (JSON.parse(stdout) as { readonly items: readonly ListedInstance[] }).items
  }

  json(path: string): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.dir, path), 'utf8')) as Record<string, unknown>
  }

  /** Processes whose command line names this home: everything that was started for it. */
  processes(): { readonly pid: number; readonly command: string }[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({ pid: Number(name), command: commandOf(name) }))
      .filter(({ command }) => command.includes(this.dir))
  }

  /** Ends whatever a failed test left and removes the folder. */
  async close(): Promise<void> {
    for (const { pid } of this.processes()) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended meanwhile.
      }
    }
    await until('all processes gone', () => this.processes().length === 0)
    if (existsSync(this.dir)) rmSync(this.dir, { recursive: true, force: true })
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

export async function until(
  what: string,
  isDone: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await isDone())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
