/**
 * Two legs over real sockets: OKX and Hyperliquid as the sandbox speaks them (150 ms there and back, rate limits on), control plane,
 * exchange, three desks and two bots as real processes. A price gap is made by hand and entered; one venue is cut off in the middle;
 * everything is killed once; at the end what each instance says it earned is compared with both venues' own statements.
 */

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { until } from '../integration/fleet-home.ts'
import type { Outage, ToldInstance } from './arbitrage-books.ts'
import {
  ArbitrageHome,
  type DrillPair,
  deskOf,
  MAKER,
  MAKER_SPEED,
  type Pair,
  SPREAD,
  SPREAD_SIZE,
} from './arbitrage-home.ts'
import { type JudgedPair, judge } from './arbitrage-verdict.ts'
import { type Decimal, decimal, decimalText, minus, plus, sizeOf, zero } from './decimal.ts'
import { type DrillReport, pause } from './fleet-home.ts'
import { isBooked, isSettled, type Statement } from './venue-books.ts'

const HOUR_MS = 3_600_000
/** Of the hour of the market before the pair is entered; then it runs as fast as life, and funding is paid at its end. */
const FORWARD_SPEED = 60
const FORWARD_MS = 53 * 60_000
/** What is left of the hour when life begins: enough for the entry, not more than anybody wants to wait. */
const LEFT_MIN_MS = 150_000
const GAP_BPS = 60
const MAKER_GAP_BPS = 30
const HELD_BACK_MS = 1000
const LONG_MS = 240_000
const FUNDING_LIMIT_MS = 600_000

export async function arbitrageDrill(report: DrillReport): Promise<void> {
  const home = new ArbitrageHome()
  try {
    home.write()
    const drill = new ArbitrageDrill(home, report)
    await drill.forward()
    await drill.spread()
    await drill.making()
    await drill.end()
  } finally {
    await home.run('down', '--stop-bots')
    if (process.argv.includes('--keep')) console.log(`kept: ${home.dir}`)
    else await home.close()
  }
}

type Held = readonly [Decimal, Decimal]

const isFlat = ([first, second]: Held): boolean => first === 0n && second === 0n

const heldText = ([first, second]: Held): string =>
  `${decimalText(first)} and ${decimalText(second)}`

/** Orders that came to the venue after some others. */
const newOrders = (statement: Statement, before: ReadonlySet<number>) =>
  statement.orders.filter(({ id }) => !before.has(id))

class ArbitrageDrill {
  readonly #home: ArbitrageHome
  readonly #report: DrillReport
  readonly #outages = new Map<DrillPair, Outage[]>([
    [SPREAD, []],
    [MAKER, []],
  ])

  constructor(home: ArbitrageHome, report: DrillReport) {
    this.#home = home
    this.#report = report
  }

  #check(name: string, isPassed: boolean, detail: string): void {
    this.#report.check(name, isPassed, detail)
  }

  /** Market time of the exchange, ms. */
  #marketAt(): number {
    const path = join(this.#home.dir, 'database', 'exchange.db')
    const database = new DatabaseSync(path, { readOnly: true, timeout: 3000 })
    try {
      return Number(database.prepare('SELECT max(market_at) AS at FROM feeds').get()?.['at'])
    } finally {
      database.close()
    }
  }

  /** Most of an hour without a difference between the venues, sixty times as fast as life. */
  async forward(): Promise<void> {
    const home = this.#home
    const leftMs = () => HOUR_MS - (this.#marketAt() % HOUR_MS)
    do {
      await home.up('--speed', String(FORWARD_SPEED))
      await home.untilOpen(SPREAD)
      await until('most of an hour is over', () => HOUR_MS - leftMs() >= FORWARD_MS, LONG_MS)
      await home.run('down', '--stop-bots')
    } while (leftMs() < LEFT_MIN_MS)
    const orders = SPREAD.legs.map((leg) => home.statement(leg).orders.length)
    const minutes = Math.floor((this.#marketAt() % HOUR_MS) / 60_000)
    const said = `${orders.join(' and ')} orders in ${minutes} minutes of the market`
    this.#check(
      'no gap: nothing is entered',
      orders.every((count) => count === 0),
      said,
    )
  }

  async spread(): Promise<void> {
    const home = this.#home
    await home.up('--speed', '1')
    await home.untilOpen(SPREAD)
    const { sandbox } = home.conditions()
    this.#check(
      'conditions of the sandbox',
      sandbox?.latencyMs === 150 && sandbox.hasRateLimits,
      `${sandbox?.latencyMs} ms there and back, rate limits ${sandbox?.hasRateLimits ? 'on' : 'off'}`,
    )
    const close = await this.#gap(SPREAD, GAP_BPS)
    await this.#cutInEntry()
    await this.#entered()
    await this.#killBot(SPREAD)
    await this.#killDesk(SPREAD, SPREAD.legs[1])
    await this.#funding()
    await close()
    await this.#exit()
    await this.#killed(SPREAD, GAP_BPS)
  }

  #gap({ legs: [first] }: DrillPair, bps: number): Promise<() => Promise<void>> {
    const { symbol } = first
    return this.#home.fault({ kind: 'price_gap', venue: 'okx', symbol, value: bps })
  }

  /**
   * Cuts Hyperliquid off while its leg is behind.
   * @returns what brings it back, and when it was cut, ms of the market
   */
  async #cutBehind(
    pair: DrillPair,
    speed: number,
    isWanted: (held: Held) => boolean,
  ): Promise<{ readonly from: number; readonly back: () => Promise<void> }> {
    const home = this.#home
    const dust = home.dust(pair)
    const isBehind = () => {
      const held = home.heldBy(pair)
      return isWanted(held) && sizeOf(plus(held[0], held[1])) > dust
    }
    // Held back, so that the moment in which one leg is ahead is long enough to be met.
    const hold = { kind: 'latency', venue: 'hyperliquid', endpoint: 'place' } as const
    const free = await home.fault({ ...hold, value: HELD_BACK_MS })
    await home.catch('one leg is ahead', isBehind, LONG_MS)
    const connect = await home.fault({ kind: 'port_closed', venue: 'hyperliquid' })
    const cutAt = performance.now()
    await free()
    const at = await home.wires().marketAt()
    return { from: at - Math.ceil((performance.now() - cutAt) * speed), back: connect }
  }

  async #cutInEntry(): Promise<void> {
    const home = this.#home
    const clip = decimal(SPREAD.clip)
    const { from, back } = await this.#cutBehind(
      SPREAD,
      1,
      // Some parts are matched, and there is more to come.
      ([, hedge]) => sizeOf(hedge) >= clip + clip,
    )
    const ahead = home.heldBy(SPREAD)
    const told = await home.untilTold('the cut is known', SPREAD, ({ legs }) => !legs[1]?.is_open)
    const known = new Set(home.statement(SPREAD.legs[0]).orders.map(({ id }) => id))
    const reason = told.legs[1]?.closed_reason ?? ''
    this.#check(
      'a venue is cut off in the middle of the entry',
      true,
      `${heldText(ahead)}: ${reason}`,
    )
    const isNeutral = ({ grid }: ToldInstance) =>
      sizeOf(decimal(grid.net_delta)) <= home.dust(SPREAD)
    await home.untilTold('what is ahead is unwound', SPREAD, isNeutral)
    await pause(3000)
    const { grid } = (await home.told(SPREAD)) ?? told
    const orders = newOrders(home.statement(SPREAD.legs[0]), known)
    const risky = orders.filter(({ request }) => !request.isReduceOnly)
    this.#check(
      'cut: no new risk at the venue that answers',
      risky.length === 0,
      `${orders.length} orders since it was known, ${risky.length} not reduce-only`,
    )
    this.#check(
      'cut: unwound at the venue that answers',
      sizeOf(decimal(grid.net_delta)) <= home.dust(SPREAD),
      `known net delta ${grid.net_delta}; the venues hold ${heldText(home.heldBy(SPREAD))}`,
    )
    await back()
    await home.untilOpen(SPREAD)
    this.#outages.get(SPREAD)?.push({ from, until: await home.wires().marketAt() })
    const isNeutralThere = () => sizeOf(home.delta(SPREAD)) <= home.dust(SPREAD)
    await home.catch('both venues hold as much', isNeutralThere, LONG_MS)
    this.#check('the venue is back: the position is neutral', true, heldText(home.heldBy(SPREAD)))
  }

  /** Nothing is under way any more: two looks, some seconds apart, see the same pair, and it is neutral. */
  async #entered(): Promise<void> {
    const home = this.#home
    const size = decimal(String(SPREAD_SIZE))
    const isWhole = ([first, second]: Held) =>
      first === minus(zero, second) && sizeOf(first) >= size
    let before: Held = [zero, zero]
    const isStill = async () => {
      before = home.heldBy(SPREAD)
      await pause(3000)
      const held = home.heldBy(SPREAD)
      return isWhole(held) && held[0] === before[0] && held[1] === before[1]
    }
    await until('the pair is entered whole', isStill, LONG_MS)
    this.#check('a further size is entered on both legs', isWhole(before), heldText(before))
  }

  async #killBot(pair: DrillPair): Promise<void> {
    const home = this.#home
    const before = await home.row(pair.id)
    if (before.pid === null) throw new Error(`${pair.id} has no process`)
    const held = home.heldBy(pair)
    process.kill(before.pid, 'SIGKILL')
    const killedAt = performance.now()
    const isBack = ({ pid, legs }: ToldInstance) =>
      pid !== before.pid && legs.every((leg) => leg.is_open && leg.desk.ready)
    await home.untilTold('the bot is back', pair, isBack)
    this.#goneOn(pair, 'kill -9 of the bot', killedAt, held)
  }

  async #killDesk(pair: DrillPair, leg: Pair[number]): Promise<void> {
    const home = this.#home
    const held = home.heldBy(pair)
    const pid = home.pidFile(deskOf(leg))
    process.kill(pid, 'SIGKILL')
    const killedAt = performance.now()
    await until('another desk', () => home.pidFile(deskOf(leg)) !== pid, LONG_MS)
    await home.untilOpen(pair)
    this.#goneOn(pair, `kill -9 of the desk of ${leg.venue}`, killedAt, held)
  }

  /** What a pair holds that nothing happens to stays as it was. */
  #goneOn(pair: DrillPair, what: string, killedAt: number, before: Held): void {
    const after = this.#home.heldBy(pair)
    const isSame = before[0] === after[0] && before[1] === after[1]
    const seconds = ((performance.now() - killedAt) / 1000).toFixed(1)
    const said = `both legs open after ${seconds} s, ${heldText(after)} held`
    this.#check(`${pair.id}: ${what}`, pair === MAKER || isSame, said)
  }

  async #funding(): Promise<void> {
    const home = this.#home
    const paid = () => SPREAD.legs.map((leg) => home.statement(leg).funding.length)
    await until(
      'both venues pay funding',
      () => paid().every((count) => count > 0),
      FUNDING_LIMIT_MS,
    )
    await until('funding is booked', () => SPREAD.legs.every((leg) => isBooked(home, leg)), LONG_MS)
    this.#check('funding while the pair is held', true, `${paid().join(' and ')} payments`)
  }

  async #exit(): Promise<void> {
    const home = this.#home
    await until('both legs are flat', () => isFlat(home.heldBy(SPREAD)), LONG_MS)
    const closed = ({ grid }: ToldInstance) => (grid.opportunities[0]?.closed_at ?? null) !== null
    const { grid } = await home.untilTold('the opportunity is closed', SPREAD, closed)
    const [first] = grid.opportunities
    const total = decimal(first?.total ?? '')
    const said = `${first?.exit}, ${decimalText(total)} USDT after fees and funding`
    this.#check('the gap closes: left with a profit', total > zero, said)
  }

  /** A new gap, and the kill command in the middle of the entry. */
  async #killed(pair: DrillPair, bps: number): Promise<void> {
    const home = this.#home
    await this.#gap(pair, bps)
    await home.catch('both legs hold something', () => {
      const [first, second] = home.heldBy(pair)
      return first !== 0n && second !== 0n
    })
    await this.#kill(pair)
  }

  async #kill(pair: DrillPair): Promise<void> {
    const home = this.#home
    const before = home.heldBy(pair)
    const { code, stdout, stderr } = await home.run('kill', pair.id, '--yes')
    const wires = home.wires()
    const reported = await Promise.all(pair.legs.map((leg) => wires.statement(leg)))
    const isClear = reported.every((one) => one.position === 0n && one.openOrders === 0)
    const said = reported.map(
      ({ position, openOrders }, index) =>
        `${pair.legs[index]?.venue} ${decimalText(position)}, ${openOrders} orders`,
    )
    this.#check(
      `${pair.id}: kill, flat by both venues' own reports`,
      code === 0 && isClear,
      `from ${heldText(before)} to ${said.join('; ')}${code === 0 ? '' : ` (exit code ${code}: ${stdout}${stderr})`}`,
    )
  }

  // Market making

  async making(): Promise<void> {
    const home = this.#home
    await home.run('down', '--stop-bots')
    await home.up('--speed', String(MAKER_SPEED))
    const { code, stderr } = await home.run('start', MAKER.id)
    if (code !== 0) throw new Error(`start ended with ${code}: ${stderr}`)
    await home.untilOpen(MAKER)
    const enough = () => this.#makerFills() >= 6 && this.#partly() > 0
    await this.#swing(enough, 10)
    await this.#killBot(MAKER)
    await this.#killDesk(MAKER, MAKER.legs[0])
    const fills = this.#makerFills()
    await this.#swing(() => this.#makerFills() >= fills + 2, 8)
    await this.#cutWhileHedging()
    const later = this.#makerFills()
    await this.#swing(() => this.#makerFills() > later, 8)
    this.#check(
      'maker orders filled, also in parts',
      enough(),
      `${this.#makerFills()} fills, ${this.#partly()} orders in parts, ${home.statement(MAKER.legs[1]).fills.length} fills of the hedge`,
    )
    await this.#kill(MAKER)
  }

  #makerFills(): number {
    return this.#home.statement(MAKER.legs[0]).fills.filter(({ isMaker }) => isMaker).length
  }

  /** Orders that were filled more than once. */
  #partly(): number {
    const { fills } = this.#home.statement(MAKER.legs[0])
    const parts = Map.groupBy(fills, ({ orderId }) => orderId)
    return [...parts.values()].filter((some) => some.length > 1).length
  }

  /** Moves the price of the maker's venue up and down, so that its orders are met, until it is enough. */
  async #swing(isEnough: () => boolean, times: number): Promise<void> {
    for (let turn = 0; turn < times && !isEnough(); turn++) {
      const end = await this.#gap(MAKER, turn % 2 === 0 ? MAKER_GAP_BPS : -MAKER_GAP_BPS)
      const limit = performance.now() + 12_000
      while (performance.now() < limit && !isEnough()) await pause(100)
      await end()
    }
  }

  async #cutWhileHedging(): Promise<void> {
    const home = this.#home
    const [maker] = MAKER.legs
    let isDone = false
    const swinging = this.#swing(() => isDone, 40)
    const { from, back } = await this.#cutBehind(MAKER, MAKER_SPEED, () => true)
    isDone = true
    await swinging
    await home.untilTold('the cut is known', MAKER, ({ legs }) => !legs[1]?.is_open)
    const resting = () =>
      home.statement(maker).orders.filter(({ status }) => status === 'open').length
    await until('no maker order rests', () => resting() === 0)
    const ahead = home.heldBy(MAKER)
    const known = new Set(home.statement(maker).orders.map(({ id }) => id))
    await pause(4000)
    const orders = newOrders(home.statement(maker), known)
    this.#check(
      'cut while hedging: nothing rests, nothing is sent, nothing is unwound (unwind_after_s: false)',
      orders.length === 0 && resting() === 0,
      `${heldText(ahead)} held, ${orders.length} new orders, ${resting()} resting`,
    )
    await back()
    await home.untilOpen(MAKER)
    this.#outages.get(MAKER)?.push({ from, until: await home.wires().marketAt() })
    const isHedged = () => sizeOf(home.delta(MAKER)) <= home.dust(MAKER)
    await until('what was ahead is hedged', isHedged, LONG_MS)
    this.#check('the venue is back: hedged there', isHedged(), heldText(home.heldBy(MAKER)))
  }

  // The end

  async end(): Promise<void> {
    const home = this.#home
    const legs = [...SPREAD.legs, MAKER.legs[0]]
    await until(
      'everything is settled',
      () => legs.every((leg) => isSettled(home, leg)),
      60_000,
    ).catch(() => undefined)
    const wires = home.wires()
    const endAt = await wires.marketAt()
    const judged: JudgedPair[] = []
    for (const [pair, speed] of [
      [SPREAD, 1],
      [MAKER, MAKER_SPEED],
    ] as const) {
      const [first, second] = pair.legs
      judged.push({
        ...{ pair, speed, until: endAt, outages: this.#outages.get(pair) ?? [] },
        told: await home.told(pair),
        statements: [await wires.statement(first), await wires.statement(second)],
        bound: (decimal(pair.clip) + home.dust(pair)) as Decimal,
        dust: home.dust(pair),
      })
    }
    await home.run('down', '--stop-bots')
    judge(home, judged, this.#report)
  }
}
