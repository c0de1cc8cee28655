/** Two homes for the command drill: one with two grids, one that is empty; and every process of the command line. */
import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FleetHome, until } from '../integration/fleet-home.ts'
import type { Phase } from './command-cases.ts'

const API_PORT = 20_000 + (process.pid % 10_000)
const CLI = join(import.meta.dirname, '..', '..', 'dist', 'main', 'cli.js')
const FLAGS = ['--disable-warning=ExperimentalWarning']
const INTERRUPT_AFTER_MS = 700
const LIMIT_MS = 120_000
const ROWS = 600
const PASSING = ['starting', 'reconciling', 'restarting', 'stopping', 'unreachable']

export interface Told {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Asked {
  /** Sent Ctrl-C after a moment. */
  readonly isInterrupted?: boolean
  /** Address and token of a control plane on another machine. */
  readonly remote?: { readonly url: string; readonly token: string | null }
}

export class CommandHome extends FleetHome {
  /** What the commands read, outside every home. */
  readonly files = mkdtempSync(join(tmpdir(), 'perpfleet-files-'))
  readonly empty = mkdtempSync(join(tmpdir(), 'perpfleet-empty-'))

  prepare(): void {
    const active = join(this.dir, 'config', 'active')
    mkdirSync(active, { recursive: true })
    for (const id of ['sol', 'eth']) {
      writeFileSync(join(active, `${id}.json`), instanceText(id, {}))
      writeFileSync(join(this.files, `${id}.json`), instanceText(id, {}))
    }
    const write = (name: string, text: string) => writeFileSync(join(this.files, name), text)
    write('narrow.json', instanceText('narrow', { grid_num: 1001 }))
    write('faulty.json', instanceText('faulty', { grid_num: 'many', grid_nmu: 3 }))
    write('older.json', olderText)
    write('candles.csv', candles(150))
    write('other.csv', candles(170))
    write('broken.csv', 'timestamp,open,high,low,close,volume\n1,2,3\nx,y,z,1,2,3\n')
  }

  control(): { readonly url: string; readonly token: string; readonly pid: number } | null {
    if (!existsSync(join(this.dir, 'run', 'control.json'))) return null
    const { url, token, pid } = this.json('run/control.json')
    return { url: String(url), token: String(token), pid: Number(pid) }
  }

  /** Brings the control plane to where a phase wants it. */
  async ensure(phase: Phase): Promise<void> {
    const isUp = this.control() !== null
    if (isUp === (phase !== 'down')) return
    if (isUp) await this.#done('down')
    else await this.#done('up', '--detach', '--port', '0', '--speed', '600')
    await until('nothing is on its way', async () => {
      const { stdout } = await this.tell(['list', '--json'])
      const { items } = JSON.parse(stdout) as { items: readonly { state: string }[] }
      return items.every(({ state }) => !PASSING.includes(state))
    })
  }

  async #done(...args: string[]): Promise<void> {
    const { code, stderr } = await this.tell(args)
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  }

  /** One process of the command line. */
  tell(args: readonly string[], { isInterrupted, remote }: Asked = {}): Promise<Told> {
    const plain = Object.entries(process.env).filter(([name]) => !name.startsWith('PERPFLEET_'))
    const env: NodeJS.ProcessEnv = { ...Object.fromEntries(plain), PERPFLEET_LANG: 'en' }
    const cwd = remote === undefined ? this.dir : this.empty
    env['PERPFLEET_HOME'] = cwd
    // `start` without a control plane brings one up: not on a port that somebody else may have.
    if (remote === undefined) env['PERPFLEET_API_PORT'] = String(API_PORT)
    if (remote?.token != null) env['PERPFLEET_TOKEN'] = remote.token
    const words = remote === undefined ? args : ['--url', remote.url, ...args]
    return new Promise((resolve) => {
      const options = { cwd, env, timeout: LIMIT_MS }
      const child = execFile(
        process.execPath,
        [...FLAGS, CLI, ...words],
        options,
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
          resolve({ code, stdout, stderr })
        },
      )
      child.stdin?.end()
      // What it prints first says that it has begun to wait for more.
      if (isInterrupted === true)
        child.stdout?.once('data', () => setTimeout(() => child.kill('SIGINT'), INTERRUPT_AFTER_MS))
    })
  }

  /** Files below the home of the fleet and the empty one that hold a text. */
  filesWith(text: string): string[] {
    const inFolder = (folder: string): string[] =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => readFileSync(path).includes(text))
    return [...inFolder(join(this.dir, 'logs')), ...inFolder(this.empty)]
  }

  async end(): Promise<void> {
    await this.close()
    for (const folder of [this.files, this.empty]) rmSync(folder, { recursive: true, force: true })
  }
}

function instanceText(id: string, strategy: Readonly<Record<string, unknown>>): string {
  const symbol = id === 'eth' ? 'ETH_USDC_PERP' : 'SOL_USDC_PERP'
  const range = { auto_price: true, price_range: 6 }
  return JSON.stringify(
    {
      metadata: {
        instance_id: id,
        exchange: 'backpack',
        symbol,
        strategy: 'perp_grid',
        tags: [id],
      },
      exchange_config: { mode: 'paper', account: id === 'sol' ? 'main' : id, leverage: 2 },
      strategy_config: {
        ...(id === 'sol' ? { grid_lower_price: 140, grid_upper_price: 160 } : range),
        grid_num: 41,
        order_notional: 50,
        ...strategy,
      },
    },
    null,
    2,
  )
}

const olderText = JSON.stringify({
  metadata: {
    name: 'older',
    exchange: 'backpack',
    symbol: 'DOGE_USDC_PERP',
    strategy: 'perp_grid',
    autostart: false,
  },
  daemon_config: {
    bot_args: [
      '--grid-lower',
      '0.1',
      '--grid-upper',
      '0.2',
      '--grid-num',
      '11',
      '--max-position',
      '100',
    ],
  },
  exchange_config: { mode: 'paper' },
})

/** Minutes from 2026-01-01 on, around a price. */
function candles(around: number): string {
  const first = Date.parse('2026-01-01T00:00:00Z')
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const open = (around + 5 * Math.sin(at / 40)).toFixed(2)
    const close = (around + 5 * Math.sin((at + 1) / 40)).toFixed(2)
    const [low, high] = [Math.min(+open, +close), Math.max(+open, +close)]
    return `${first + at * 60_000},${open},${high},${low},${close},${100 + (at % 7)}`
  })
  return `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`
}
