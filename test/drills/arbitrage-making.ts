/** Second part of the arbitrage drill: cross_venue_market_making, every fill hedged, one venue cut off while a hedge is under way. */
import { until } from '../integration/fleet-home.ts'
import { MAKER, MAKER_SPEED } from './arbitrage-home.ts'
import { ArbitrageSteps, heldText, LONG_MS, newOrders } from './arbitrage-steps.ts'
import { sizeOf } from './decimal.ts'
import { pause } from './fleet-home.ts'

const GAP_BPS = 30

export class MakingPart extends ArbitrageSteps {
  async run(): Promise<void> {
    const home = this.home
    await home.run('down', '--stop-bots')
    await home.up('--speed', String(MAKER_SPEED))
    const { code, stderr } = await home.run('start', MAKER.id)
    if (code !== 0) throw new Error(`start ended with ${code}: ${stderr}`)
    await home.untilOpen(MAKER)
    const enough = () => this.#makerFills() >= 6 && this.#partly() > 0
    await this.#swing(enough, 10)
    await this.killBot(MAKER)
    await this.killDesk(MAKER, MAKER.legs[0])
    const fills = this.#makerFills()
    await this.#swing(() => this.#makerFills() >= fills + 2, 8)
    await this.#cutWhileHedging()
    const later = this.#makerFills()
    await this.#swing(() => this.#makerFills() > later, 8)
    this.check(
      'maker orders filled, also in parts',
      enough(),
      `${this.#makerFills()} fills, ${this.#partly()} orders in parts, ${home.statement(MAKER.legs[1]).fills.length} fills of the hedge`,
    )
    await this.kill(MAKER)
  }

  #makerFills(): number {
    return this.home.statement(MAKER.legs[0]).fills.filter(({ isMaker }) => isMaker).length
  }

  /** Maker orders of which a part was filled and the rest was not, or later. */
  #partly(): number {
    const { orders, fills } = this.home.statement(MAKER.legs[0])
    const made = new Set(fills.flatMap(({ isMaker, orderId }) => (isMaker ? [orderId] : [])))
    const first = Map.groupBy(fills, ({ orderId }) => orderId)
    return orders.filter(
      ({ id, quantity }) => made.has(id) && (first.get(id)?.[0]?.quantity ?? quantity) < quantity,
    ).length
  }

  /** Moves the price of the maker's venue up and down, so that its orders are met, until it is enough. */
  async #swing(isEnough: () => boolean, times: number): Promise<void> {
    for (let turn = 0; turn < times && !isEnough(); turn++) {
      const end = await this.gap(MAKER, turn % 2 === 0 ? GAP_BPS : -GAP_BPS)
      const limit = performance.now() + 12_000
      while (performance.now() < limit && !isEnough()) await pause(100)
      await end()
    }
  }

  async #cutWhileHedging(): Promise<void> {
    const home = this.home
    const [maker] = MAKER.legs
    let isDone = false
    const swinging = this.#swing(() => isDone, 40)
    const { from, back } = await this.cutBehind(MAKER, MAKER_SPEED, () => true)
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
    this.check(
      'cut while hedging: nothing rests, nothing is sent, nothing is unwound (unwind_after_s: false)',
      orders.length === 0 && resting() === 0,
      `${heldText(ahead)} held, ${orders.length} new orders, ${resting()} resting`,
    )
    await back()
    await home.untilOpen(MAKER)
    this.outages.push({ from, until: await home.wires().marketAt() })
    const isHedged = () => sizeOf(home.delta(MAKER)) <= home.dust(MAKER)
    await until('what was ahead is hedged', isHedged, LONG_MS)
    this.check('the venue is back: hedged there', isHedged(), heldText(home.heldBy(MAKER)))
  }
}
