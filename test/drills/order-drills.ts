/** Two drills with figures: a stop with 200 resting orders, and a hot adjustment that sends only the difference. */
import { exchangeOrders } from './books.ts'
import type { Parameters } from './world.ts'
import { until, World } from './world.ts'

const START_LIMIT_MS = 30_000

function oneGrid(name: string, port: number, wireLatencyMs: number, parameters: Parameters): World {
  return new World({
    name,
    port,
    instances: [
      { id: 'grid_01', venue: 'backpack', account: 'main', symbol: 'SOL/USDC:USDC', parameters },
    ],
    feed: 'demo',
    seed: 7,
    // Slow, so that what changes at the exchange is what the drill does.
    speed: 0.05,
    pace: 'free',
    wireLatencyMs,
  })
}

const openCount = (world: World): number =>
  exchangeOrders(world.exchangeDb).filter(({ status }) => status === 'open').length

async function ready(world: World, orders: number): Promise<void> {
  world.start()
  const ms = await until(() => openCount(world) >= orders, START_LIMIT_MS)
  if (ms === null) throw new Error(`${openCount(world)} of ${orders} orders rest after 30 s`)
}

export interface StopFigures {
  readonly wireLatencyMs: number
  readonly resting: number
  /** From the request to the moment at which the exchange's own list is empty. */
  readonly listEmptyMs: number | null
  readonly answerMs: number
  readonly canceledSaid: number
  readonly canceledAtExchange: number
}

/** Stops an instance with 200 resting orders by asking its desk, as `perpfleet stop` does by default. */
export async function stopDrill(port: number, wireLatencyMs: number): Promise<StopFigures> {
  const world = oneGrid('drill-stop', port, wireLatencyMs, {
    grid_type: 'neutral',
    grid_mode: 'arithmetic',
    grid_lower_price: '100',
    grid_upper_price: '200',
    grid_num: 201,
    order_quantity: '0.1',
  })
  try {
    await ready(world, 200)
    const resting = openCount(world)
    world.bots.get('grid_01')?.expectEnd()
    const started = performance.now()
    const emptied = until(() => openCount(world) === 0, 15_000, 5)
    const stop = {
      action: 'stop',
      instance: 'grid_01',
      orders: 'cancel',
      positions: 'keep',
    } as const
    const answer = await world.deskAnswer(stop, 15_000)
    const answerMs = performance.now() - started
    const listEmptyMs = await emptied
    const said = answer as { readonly orders_canceled: number }
    const canceled = exchangeOrders(world.exchangeDb).filter(({ status }) => status === 'canceled')
    return {
      wireLatencyMs,
      resting,
      listEmptyMs,
      answerMs,
      canceledSaid: said.orders_canceled,
      canceledAtExchange: canceled.length,
    }
  } finally {
    await world.stop()
    world.remove()
  }
}

export interface AdjustFigures {
  readonly change: string
  readonly restingBefore: number
  readonly saidKept: number
  readonly saidCanceled: number
  readonly saidPlaced: number
  /** Counted in the exchange's own list. */
  readonly kept: number
  readonly canceled: number
  readonly placed: number
  readonly ms: number | null
}

/** Widens a grid by ten lines above and takes ten away below: everything between must keep its orders. */
export async function adjustDrill(port: number): Promise<readonly AdjustFigures[]> {
  const world = oneGrid('drill-adjust', port, 150, {
    grid_type: 'neutral',
    grid_mode: 'arithmetic',
    grid_lower_price: '100',
    grid_upper_price: '200',
    grid_num: 101,
    order_quantity: '0.1',
  })
  try {
    await ready(world, 100)
    return [
      await adjust(world, '100–200 → 100–210, 10 lines more above', 100, 210, 111),
      await adjust(world, '100–210 → 110–210, 10 lines fewer below', 110, 210, 101),
      await adjust(world, '110–210 again: nothing changes', 110, 210, 101),
    ]
  } finally {
    await world.stop()
    world.remove()
  }
}

async function adjust(
  world: World,
  change: string,
  lower: number,
  upper: number,
  levels: number,
): Promise<AdjustFigures> {
  const before = exchangeOrders(world.exchangeDb)
  const open = new Set(before.filter(({ status }) => status === 'open').map(idOf))
  const all = new Set(before.map(idOf))
  const said = await world.post('grid_01', '/api/grid/adjust', {
    grid_lower_price: lower,
    grid_upper_price: upper,
    levels,
  })
  const count = () => {
    const now = exchangeOrders(world.exchangeDb)
    const kept = now.filter((order) => order.status === 'open' && open.has(idOf(order))).length
    return { kept, placed: now.filter((order) => !all.has(idOf(order))).length }
  }
  const isDone = () => {
    const { kept, placed } = count()
    return placed >= Number(said['orders_placed']) && kept <= Number(said['orders_kept'])
  }
  const ms = await until(isDone, 5000)
  // What else would come, comes now.
  await until(() => false, 1500)
  const { kept, placed } = count()
  return {
    change,
    restingBefore: open.size,
    saidKept: Number(said['orders_kept']),
    saidCanceled: Number(said['orders_canceled']),
    saidPlaced: Number(said['orders_placed']),
    kept,
    canceled: open.size - kept,
    placed,
    ms,
  }
}

const idOf = ({ clientId }: { readonly clientId: string }): string => clientId
