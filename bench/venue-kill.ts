/**
 * From the kill -9 of a desk to the first order that the venue accepts from its successor: restart as the fleet restarts, the
 * journal taken up, streams connected, everything reconciled, the bot connected again. What is wanted meanwhile is one new order.
 */
import { sleep, until } from '../test/drills/world.ts'
import { PlayedBot, restingWant } from './venue-bot.ts'
import { type AccountStatus, type BenchVenue, settingsOf, type VenueHome } from './venue-home.ts'

const REPETITIONS = 5
const ORDERS = 5
const READY_LIMIT_MS = 60_000
const RECOVERY_LIMIT_MS = 30_000
/** Between the first calm moment and the kill: what a start asks has been asked. */
const CALM_MS = 2000
const LOOK_MS = 10

const accepted = ({ executions }: AccountStatus): number =>
  Object.values(executions).reduce((sum, { count }) => sum + count, 0)

/** A desk that is killed again and again, and its bot. */
class Target {
  readonly venue: BenchVenue
  readonly times: number[] = []
  readonly #home: VenueHome
  readonly #desk: ReturnType<VenueHome['desk']>
  readonly #bot: PlayedBot
  #orders = ORDERS

  constructor(home: VenueHome, venue: BenchVenue) {
    this.venue = venue
    this.#home = home
    this.#desk = home.desk(venue)
    this.#bot = new PlayedBot(home.deskSocket(venue), settingsOf(venue), home.token)
    this.#desk.start()
    this.#bot.open()
  }

  /** Its orders rest, nothing is open, and no restart is held against it: the next one is at once, its limits are fresh. */
  async ready(): Promise<void> {
    const isWelcome = await until(() => this.#bot.welcome !== null, READY_LIMIT_MS)
    if (isWelcome === null) throw new Error(await this.#trouble())
    this.#want()
    const isReady = async () => {
      const account = await this.#home.account(this.venue)
      const working = account?.instances[0]?.orders_working
      return account?.is_reconciled === true && working === this.#orders
    }
    if ((await until(isReady, READY_LIMIT_MS, 100)) === null) throw new Error(await this.#trouble())
    await sleep(CALM_MS)
    if (this.times.length > 0) await until(() => this.#desk.isHealthy, READY_LIMIT_MS * 2, 100)
  }

  #want(): void {
    const { welcome } = this.#bot
    if (welcome === null) throw new Error(`the desk of ${this.venue} has not welcomed the bench`)
    this.#bot.want(Array.from({ length: this.#orders }, (_, i) => restingWant(welcome, i)))
  }

  async kill(): Promise<void> {
    const startedAt = performance.now()
    const killed = this.#desk.kill()
    this.#orders += 1
    this.#want()
    await killed
    const isTrading = async () => {
      const account = await this.#home.account(this.venue)
      return account?.is_reconciled === true && accepted(account) > 0
    }
    const tookMs = await until(isTrading, RECOVERY_LIMIT_MS, LOOK_MS)
    if (tookMs === null) throw new Error(await this.#trouble())
    this.times.push(performance.now() - startedAt)
  }

  async #trouble(): Promise<string> {
    const account = JSON.stringify(await this.#home.account(this.venue))
    return `the desk of ${this.venue} does not trade; refused: ${this.#bot.refused ?? 'nothing'}; ${account}`
  }

  async close(): Promise<void> {
    this.#bot.close()
    await this.#desk.stop()
  }
}

/** ms from kill to acceptance by venue: one desk after the other is killed while the others rest, and all of it again. */
export async function timeKills(
  home: VenueHome,
  venues: readonly BenchVenue[],
  repetitions = REPETITIONS,
): Promise<ReadonlyMap<BenchVenue, readonly number[]>> {
  const targets = venues.map((venue) => new Target(home, venue))
  try {
    for (let i = 0; i < repetitions; i++) {
      for (const target of targets) {
        await target.ready()
        await target.kill()
      }
    }
    return new Map(targets.map(({ venue, times }) => [venue, times]))
  } finally {
    await Promise.all(targets.map((target) => target.close()))
  }
}
