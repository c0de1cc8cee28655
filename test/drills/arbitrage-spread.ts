/** First part of the arbitrage drill: spread_arbitrage through a gap, one venue cut off in the middle of the entry. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { until } from '../integration/fleet-home.ts'
import type { ToldInstance } from './arbitrage-books.ts'
import { type DrillPair, SPREAD, SPREAD_SIZE } from './arbitrage-home.ts'
import {
  ArbitrageSteps,
  type Held,
  heldText,
  isFlat,
  LONG_MS,
  newOrders,
} from './arbitrage-steps.ts'
import { decimal, decimalText, minus, sizeOf, zero } from './decimal.ts'
import { pause } from './fleet-home.ts'
import { isBooked } from './venue-books.ts'

const HOUR_MS = 3_600_000
/** Of the hour of the market before the pair is entered; then it runs as fast as life, and funding is paid at its end. */
const FORWARD_SPEED = 60
const FORWARD_MS = 55 * 60_000
/** What is left of the hour when life begins: enough for the entry, not more than anybody wants to wait. */
const LEFT_MIN_MS = 100_000
const GAP_BPS = 60
const FUNDING_LIMIT_MS = 600_000

export class SpreadPart extends ArbitrageSteps {
  /** Market time of the exchange, ms. */
  #marketAt(): number {
    const path = join(this.home.dir, 'database', 'exchange.db')
    const database = new DatabaseSync(path, { readOnly: true, timeout: 3000 })
    try {
      return Number(database.prepare('SELECT max(market_at) AS at FROM feeds').get()?.['at'])
    } finally {
      database.close()
    }
  }

  /** Most of an hour without a difference between the venues, sixty times as fast as life. */
  async forward(): Promise<void> {
    const home = this.home
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
    this.check(
      'no gap: nothing is entered',
      orders.every((count) => count === 0),
      said,
    )
  }

  async run(): Promise<void> {
    const home = this.home
    await home.up('--speed', '1')
    await home.untilOpen(SPREAD)
    const { sandbox } = home.conditions()
    this.check(
      'conditions of the sandbox',
      sandbox?.latencyMs === 150 && sandbox.hasRateLimits,
      `${sandbox?.latencyMs} ms there and back, rate limits ${sandbox?.hasRateLimits ? 'on' : 'off'}`,
    )
    const close = await this.gap(SPREAD, GAP_BPS)
    await this.#cutInEntry()
    await this.#entered()
    await this.killBot(SPREAD)
    await this.killDesk(SPREAD, SPREAD.legs[1])
    await this.#funding()
    await close()
    await this.#exit()
    await this.#killed(SPREAD, GAP_BPS)
  }

  async #cutInEntry(): Promise<void> {
    const home = this.home
    const clip = decimal(SPREAD.clip)
    const { from, back } = await this.cutBehind(
      SPREAD,
      1,
      // Some parts are matched, and there is more to come.
      ([, hedge]) => sizeOf(hedge) >= clip + clip,
    )
    const ahead = home.heldBy(SPREAD)
    const told = await home.untilTold('the cut is known', SPREAD, ({ legs }) => !legs[1]?.is_open)
    const known = new Set(home.statement(SPREAD.legs[0]).orders.map(({ id }) => id))
    const reason = told.legs[1]?.closed_reason ?? ''
    this.check(
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
    this.check(
      'cut: no new risk at the venue that answers',
      risky.length === 0,
      `${orders.length} orders since it was known, ${risky.length} not reduce-only`,
    )
    this.check(
      'cut: unwound at the venue that answers',
      sizeOf(decimal(grid.net_delta)) <= home.dust(SPREAD),
      `known net delta ${grid.net_delta}; the venues hold ${heldText(home.heldBy(SPREAD))}`,
    )
    await back()
    await home.untilOpen(SPREAD)
    this.outages.push({ from, until: await home.wires().marketAt() })
    const isNeutralThere = () => sizeOf(home.delta(SPREAD)) <= home.dust(SPREAD)
    await home.catch('both venues hold as much', isNeutralThere, LONG_MS)
    this.check('the venue is back: the position is neutral', true, heldText(home.heldBy(SPREAD)))
  }

  /** Nothing is under way any more: two looks, some seconds apart, see the same pair, and it is neutral. */
  async #entered(): Promise<void> {
    const home = this.home
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
    this.check('a further size is entered on both legs', isWhole(before), heldText(before))
  }

  async #funding(): Promise<void> {
    const home = this.home
    const paid = () => SPREAD.legs.map((leg) => home.statement(leg).funding.length)
    await until(
      'both venues pay funding',
      () => paid().every((count) => count > 0),
      FUNDING_LIMIT_MS,
    )
    await until('funding is booked', () => SPREAD.legs.every((leg) => isBooked(home, leg)), LONG_MS)
    this.check('funding while the pair is held', true, `${paid().join(' and ')} payments`)
  }

  async #exit(): Promise<void> {
    const home = this.home
    await until('both legs are flat', () => isFlat(home.heldBy(SPREAD)), LONG_MS)
    const closed = ({ grid }: ToldInstance) => (grid.opportunities[0]?.closed_at ?? null) !== null
    const { grid } = await home.untilTold('the opportunity is closed', SPREAD, closed)
    const [first] = grid.opportunities
    const total = decimal(first?.total ?? '')
    const said = `${first?.exit}, ${decimalText(total)} USDT after fees and funding`
    this.check('the gap closes: left with a profit', total > zero, said)
  }

  /** A new gap, and the kill command in the middle of the entry. */
  async #killed(pair: DrillPair, bps: number): Promise<void> {
    const home = this.home
    await this.gap(pair, bps)
    const least = decimal(SPREAD.clip)
    await home.catch('both legs hold something', () =>
      home.heldBy(pair).every((held) => sizeOf(held) >= least),
    )
    await this.kill(pair)
  }
}
