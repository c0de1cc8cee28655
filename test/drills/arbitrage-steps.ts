/** What both parts of the arbitrage drill do to a pair: gaps, a cut in the middle, kill -9, the kill command. */
import { until } from '../integration/fleet-home.ts'
import type { Outage, ToldInstance } from './arbitrage-books.ts'
import { type ArbitrageHome, type DrillPair, deskOf, MAKER, type Pair } from './arbitrage-home.ts'
import { type Decimal, decimalText, plus, sizeOf } from './decimal.ts'
import type { DrillReport } from './fleet-home.ts'
import type { Statement } from './venue-books.ts'

export const LONG_MS = 240_000
const HELD_BACK_MS = 1000

export type Held = readonly [Decimal, Decimal]

export const isFlat = ([first, second]: Held): boolean => first === 0n && second === 0n

export const heldText = ([first, second]: Held): string =>
  `${decimalText(first)} and ${decimalText(second)}`

/** Orders that came to the venue after some others. */
export const newOrders = (statement: Statement, before: ReadonlySet<number>) =>
  statement.orders.filter(({ id }) => !before.has(id))

export class ArbitrageSteps {
  readonly home: ArbitrageHome
  /** When a venue was cut off, of each pair. */
  readonly outages: Outage[] = []
  /** When the kill command was given, ms of the market: from then on the desks flatten each leg for itself. */
  killedAt = Number.POSITIVE_INFINITY
  readonly #report: DrillReport

  constructor(home: ArbitrageHome, report: DrillReport) {
    this.home = home
    this.#report = report
  }

  check(name: string, isPassed: boolean, detail: string): void {
    this.#report.check(name, isPassed, detail)
  }

  gap({ legs: [first] }: DrillPair, bps: number): Promise<() => Promise<void>> {
    const { symbol } = first
    return this.home.fault({ kind: 'price_gap', venue: 'okx', symbol, value: bps })
  }

  /**
   * Cuts Hyperliquid off while its leg is behind.
   * @returns what brings it back, and when it was cut, ms of the market
   */
  async cutBehind(
    pair: DrillPair,
    speed: number,
    isWanted: (held: Held) => boolean,
  ): Promise<{ readonly from: number; readonly back: () => Promise<void> }> {
    const home = this.home
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

  async killBot(pair: DrillPair): Promise<void> {
    const home = this.home
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

  async killDesk(pair: DrillPair, leg: Pair[number]): Promise<void> {
    const home = this.home
    const held = home.heldBy(pair)
    const pid = home.pidFile(deskOf(leg))
    if (pid === null) throw new Error(`${deskOf(leg)} has no process`)
    process.kill(pid, 'SIGKILL')
    const killedAt = performance.now()
    await until('another desk', () => ![null, pid].includes(home.pidFile(deskOf(leg))), LONG_MS)
    await home.untilOpen(pair)
    this.#goneOn(pair, `kill -9 of the desk of ${leg.venue}`, killedAt, held)
  }

  /** What a pair holds that nothing happens to stays as it was. */
  #goneOn(pair: DrillPair, what: string, killedAt: number, before: Held): void {
    const after = this.home.heldBy(pair)
    const isSame = before[0] === after[0] && before[1] === after[1]
    const seconds = ((performance.now() - killedAt) / 1000).toFixed(1)
    const said = `both legs open after ${seconds} s, ${heldText(after)} held`
    this.check(`${pair.id}: ${what}`, pair === MAKER || isSame, said)
  }

  async kill(pair: DrillPair): Promise<void> {
    const home = this.home
    const wires = home.wires()
    this.killedAt = await wires.marketAt()
    const before = home.heldBy(pair)
    const { code, stdout, stderr } = await home.run('kill', pair.id, '--yes')
    const reported = await Promise.all(pair.legs.map((leg) => wires.statement(leg)))
    const isClear = reported.every((one) => one.position === 0n && one.openOrders === 0)
    const said = reported.map(
      ({ position, openOrders }, index) =>
        `${pair.legs[index]?.venue} ${decimalText(position)}, ${openOrders} orders`,
    )
    this.check(
      `${pair.id}: kill, flat by both venues' own reports`,
      code === 0 && isClear,
      `from ${heldText(before)} to ${said.join('; ')}${code === 0 ? '' : ` (exit code ${code}: ${stdout}${stderr})`}`,
    )
  }
}
