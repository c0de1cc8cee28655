/** A home with instances of two legs at OKX and Hyperliquid in the sandbox, and what the drill asks of it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dustOf, type Legs } from '../../src/domain/arbitrage/leg-state.ts'
import { formatDecimal } from '../../src/domain/money.ts'
import { signOf } from '../../src/domain/order.ts'
import type { ExchangeLaunch } from '../../src/protocol/launch.ts'
import type {
  FaultWish,
  SandboxKeysFile,
  SandboxState,
} from '../../src/protocol/sandbox-messages.ts'
import { until } from '../integration/fleet-home.ts'
import type { ToldInstance } from './arbitrage-books.ts'
import { type WireLeg, Wires } from './arbitrage-wire.ts'
import { botInstance } from './books.ts'
import { type Decimal, decimal, plus } from './decimal.ts'
import { DrillHome, pause } from './fleet-home.ts'
import { offer, type Statement, statementOf } from './venue-books.ts'

export interface DrillLeg extends WireLeg {
  /** As ccxt spells it. */
  readonly symbol: string
}
export type Pair = readonly [DrillLeg, DrillLeg]

const legsOn = (base: string, account: string): Pair => [
  { venue: 'okx', account, symbol: `${base}/USDT:USDT`, contract: `${base}-USDT-SWAP` },
  { venue: 'hyperliquid', account: 'main', symbol: `${base}/USDC:USDC`, contract: base },
]

export const SPREAD_SIZE = 16
/** SOL pays funding each hour of the market. `part`: most that one leg is ever ahead; of 20 that are held an eighth at the exit. */
export const SPREAD = { id: 'arb', legs: legsOn('SOL', 'main'), clip: '2', part: '2.5' } as const
/** The second account of OKX fills few lots a minute, so that orders fill in parts. */
export const MAKER = { id: 'mm', legs: legsOn('AVAX', 'maker'), clip: '40', part: '40' } as const
export type DrillPair = typeof SPREAD | typeof MAKER

/** The second part of the drill runs so much faster than life; its times are longer by as much. */
export const MAKER_SPEED = 5

const spreadFile = {
  metadata: { strategy: 'spread_arbitrage', instance_id: SPREAD.id },
  exchange_config: {
    mode: 'sandbox',
    capital: 5000,
    leverage: 3,
    paper: { initial_balance: 10_000 },
  },
  legs: SPREAD.legs.map(({ venue, symbol }) => ({ exchange: venue, symbol })),
  strategy_config: {
    ...{ order_quantity: SPREAD_SIZE, clips: 8, min_edge_bps: 5, exit_spread_bps: 2 },
    // An entry that ended halfway is not taken up again; a second size is.
    ...{ max_open: 2, add_edge_bps: 5 },
    ...{ imbalance_time_s: 5, unwind_after_s: 5, cooldown_s: 5 },
  },
}

const makerFile = {
  metadata: { strategy: 'cross_venue_market_making', instance_id: MAKER.id, autostart: false },
  exchange_config: {
    mode: 'sandbox',
    capital: 5000,
    leverage: 3,
    paper: { initial_balance: 10_000 },
  },
  legs: MAKER.legs.map(({ venue, symbol, account }) => {
    const leg = { exchange: venue, symbol, account }
    return account === 'maker' ? { ...leg, paper: { volume_share: 0.02 } } : leg
  }),
  strategy_config: {
    ...{ order_quantity: 40, inventory_max: 80, min_profit_bps: 3, unwind_after_s: false },
    ...{ imbalance_time_s: 5 * MAKER_SPEED, price_age_max_s: 10 * MAKER_SPEED },
    cooldown_s: MAKER_SPEED,
  },
}

export class ArbitrageHome extends DrillHome {
  write(): void {
    const folder = join(this.dir, 'config', 'active')
    mkdirSync(folder, { recursive: true })
    for (const file of [spreadFile, makerFile]) {
      const path = join(folder, `${file.metadata.instance_id}.json`)
      writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`)
    }
  }

  /** Addresses and keys are told anew at each start of the exchange. */
  #keys(): SandboxKeysFile {
    return this.json('run/sandbox.json') as unknown as SandboxKeysFile
  }

  wires(): Wires {
    return new Wires(this.#keys())
  }

  conditions(): ExchangeLaunch {
    return this.json('run/exchange.launch.json') as unknown as ExchangeLaunch
  }

  async #panel(method: string, query: string, wish?: FaultWish): Promise<SandboxState> {
    const { panel_url: url, token } = this.#keys()
    const body = wish === undefined ? {} : { body: JSON.stringify(wish) }
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}${query}`, { method, headers, ...body })
    if (!answer.ok) throw new Error(`the fault panel answered ${await answer.text()}`)
    return (await answer.json()) as SandboxState
  }

  /** @returns what ends it */
  async fault(wish: FaultWish): Promise<() => Promise<void>> {
    const { faults } = await this.#panel('POST', '', wish)
    const id = faults.at(-1)?.id ?? ''
    return async () => void (await this.#panel('DELETE', `?id=${id}`))
  }

  /** What the bot says of itself; null while it does not. */
  async told({ id }: DrillPair): Promise<ToldInstance | null> {
    try {
      const { url, token } = this.json('run/control.json') as { url: string; token: string }
      const headers = { authorization: `Bearer ${token}` }
      const answer = await fetch(`${url}/api/v1/instances/${id}/grid`, { headers })
      const told = (await answer.json()) as Partial<ToldInstance>
      return told.legs === undefined || told.grid === undefined ? null : (told as ToldInstance)
    } catch {
      return null
    }
  }

  /** Polls what the bot says until it is so. */
  async untilTold(
    what: string,
    pair: DrillPair,
    isSo: (told: ToldInstance) => boolean,
    limitMs = 120_000,
  ): Promise<ToldInstance> {
    let last: ToldInstance | null = null
    const isDone = async () => {
      last = await this.told(pair)
      return last !== null && isSo(last)
    }
    await until(what, isDone, limitMs)
    return last as unknown as ToldInstance
  }

  untilOpen(pair: DrillPair): Promise<ToldInstance> {
    const isOpen = ({ legs }: ToldInstance) => legs.every((leg) => leg.is_open && leg.desk.ready)
    return this.untilTold('both legs are open', pair, isOpen)
  }

  // What stands in the venues' own books, without asking them

  statement(leg: DrillLeg): Statement {
    const all = statementOf(this, leg)
    const id = offer(leg).id
    return {
      ...all,
      orders: all.orders.filter(({ instrument }) => instrument === id),
      fills: all.fills.filter(({ instrument }) => instrument === id),
      funding: all.funding.filter(({ instrument }) => instrument === id),
    }
  }

  held(leg: DrillLeg): Decimal {
    const { lotSize, quantityDecimals } = offer(leg)
    const lots = this.statement(leg).fills.reduce(
      (sum, { side, quantity }) => sum + signOf(side) * quantity,
      0,
    )
    return decimal(formatDecimal(lots * lotSize, quantityDecimals))
  }

  heldBy({ legs }: DrillPair): readonly [Decimal, Decimal] {
    return [this.held(legs[0]), this.held(legs[1])]
  }

  delta(pair: DrillPair): Decimal {
    const [first, second] = this.heldBy(pair)
    return plus(first, second)
  }

  /** Looks as often as it can: a moment in the middle of things is short. */
  async catch(what: string, isSo: () => boolean, limitMs = 120_000): Promise<void> {
    const end = performance.now() + limitMs
    while (!isSo()) {
      if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`)
      await pause(10)
    }
  }

  /** What the venues do not trade, in base. */
  dust({ id }: DrillPair): Decimal {
    const stored = botInstance(join(this.dir, 'database', `${id}.db`))
    if (stored === null) throw new Error(`${id} has stored nothing`)
    const { legs } = stored.state as unknown as { readonly legs: Legs }
    return decimal(formatDecimal(dustOf(legs), legs.grid.decimals))
  }

  /** null while none runs: a process takes the file of the one before away first. */
  pidFile(name: string): number | null {
    const path = join(this.dir, 'run', `${name}.pid`)
    try {
      return Number(readFileSync(path, 'utf8'))
    } catch {
      return null
    }
  }
}

export const deskOf = ({ venue, account }: WireLeg): string => `desk-sandbox-${venue}-${account}`
