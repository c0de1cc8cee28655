/** Memory of a desk process of each venue after a minute of a grid's trading in the sandbox, as the fleet starts both. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { sleep, until } from '../test/drills/world.ts'
import { type BenchVenue, benchVenues, type VenueHome } from './venue-home.ts'

const TRADING_MS = 60_000
const START_LIMIT_MS = 60_000
const FIRST_PORT = 23_320
export const RESTING = 20

/** 21 lines: twenty of them have an order, one is where the price is. */
const grid = {
  grid_mode: 'geometric',
  auto_price: true,
  price_range: '1',
  grid_num: RESTING + 1,
  order_notional: '50',
}

export interface Memory {
  readonly rssMb: number
  readonly pssMb: number
}

export interface DeskMemory extends Memory {
  readonly venue: BenchVenue
  /** What its books hold at that moment. */
  readonly orders: number
  readonly events: number
}

/** VmRSS and Pss: the second counts pages that several processes share by its part. */
function memoryOf(pid: number): Memory {
  const mb = (file: string, key: string) => {
    const text = readFileSync(`/proc/${pid}/${file}`, 'utf8')
    return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024
  }
  return { rssMb: mb('status', 'VmRSS'), pssMb: mb('smaps_rollup', 'Pss') }
}

/** All desks at once, each in a process of its own; and an empty Node.js beside them. */
export async function measureMemory(
  home: VenueHome,
): Promise<{ readonly desks: readonly DeskMemory[]; readonly empty: Memory }> {
  const all = benchVenues.map((venue, index) => {
    const bot = home.bot(venue, FIRST_PORT + index, grid)
    return { venue, desk: home.desk(venue), bot }
  })
  const idle = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  try {
    for (const { desk, bot } of all) {
      desk.start()
      bot.start()
    }
    for (const { venue } of all) await trading(home, venue)
    await sleep(TRADING_MS)
    const desks: DeskMemory[] = []
    for (const { venue, desk } of all) {
      const [instance] = (await home.account(venue))?.instances ?? []
      if (desk.pid === null || instance === undefined) throw new Error(`${desk.name} does not run`)
      const { orders_working: orders, last_seq: events } = instance
      desks.push({ venue, orders, events, ...memoryOf(desk.pid) })
    }
    return { desks, empty: memoryOf(idle.pid ?? 0) }
  } finally {
    idle.kill('SIGKILL')
    await Promise.all(all.flatMap(({ bot, desk }) => [bot.stop(), desk.stop()]))
  }
}

async function trading(home: VenueHome, venue: BenchVenue): Promise<void> {
  const isTrading = async () => {
    const [instance] = (await home.account(venue))?.instances ?? []
    return (instance?.orders_working ?? 0) >= RESTING / 2
  }
  if ((await until(isTrading, START_LIMIT_MS, 200)) !== null) return
  throw new Error(
    `the grid at ${venue} has no orders: ${JSON.stringify(await home.account(venue))}`,
  )
}
