/** Memory of bot, desk and exchange after a minute of demo trading, against a Node.js process that does nothing. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { sleep, World } from '../test/drills/world.ts'
import { type Row, shownRatio } from './measure.ts'

const TRADING_MS = 60_000
const PORT = 23_300

interface Memory {
  readonly rssMb: number
  readonly pssMb: number
}

function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const mb = (key: string) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024
  return { rssMb: mb('Rss'), pssMb: mb('Pss') }
}

function newWorld(): World {
  const bases = ['SOL', 'ETH']
  return new World({
    name: 'bench-memory',
    port: PORT,
    instances: bases.map((base) => ({
      id: `bench_${base.toLowerCase()}`,
      venue: 'backpack',
      account: 'main',
      symbol: `${base}/USDC:USDC`,
      parameters: {
        grid_mode: 'geometric',
        auto_price: true,
        price_range: '5',
        grid_num: 101,
        order_notional: '50',
      },
    })),
    feed: 'demo',
    seed: 1,
    speed: 60,
    pace: 'free',
    wireLatencyMs: 0,
  })
}

export async function benchMemory(): Promise<readonly Row[]> {
  if (process.platform !== 'linux') return []
  const world = newWorld()
  const idle = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  try {
    world.start()
    await sleep(TRADING_MS)
    const fills = (await world.botStatus('bench_sol'))?.fills?.count ?? 0
    const empty = memoryOf(idle.pid ?? 0)
    const row = (name: string, pid: number | null | undefined, note: string): Row => {
      if (pid == null) throw new Error(`${name} does not run`)
      const own = memoryOf(pid)
      return {
        what: `memory: ${name}, RSS / PSS after a minute of trading (vs an empty Node.js)`,
        measured: `${own.rssMb.toFixed(0)} / ${own.pssMb.toFixed(0)} MB`,
        reference: `${empty.rssMb.toFixed(0)} / ${empty.pssMb.toFixed(0)} MB`,
        ratio: `${shownRatio(own.rssMb / empty.rssMb)} / ${shownRatio(own.pssMb / empty.pssMb)}`,
        note,
      }
    }
    return [
      row('bot', world.bots.get('bench_sol')?.pid, `target ≤ 65 MB RSS; ${fills} fills`),
      row('desk', world.desk.pid, 'paper, without ccxt; with it: the bench venues'),
      row('exchange', world.exchange.pid, ''),
    ]
  } finally {
    idle.kill('SIGKILL')
    await world.stop()
    world.remove()
  }
}
