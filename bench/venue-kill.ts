/**
 * From the kill -9 of a desk to the first order that the venue accepts from its successor: restart as the fleet restarts, the
 * journal taken up, streams connected, everything reconciled, the bot connected again. What is wanted meanwhile is one new order.
 */
import { sleep, until } from '../test/drills/world.ts'
import { PlayedBot, restingWant } from './venue-bot.ts'
import { type AccountStatus, type BenchVenue, settingsOf, type VenueHome } from './venue-home.ts'

const REPETITIONS = 5
const ORDERS = 5
const READY_LIMIT_MS = 30_000
const RECOVERY_LIMIT_MS = 30_000
/** Between the first calm moment and the kill: what a start asks has been asked. */
const CALM_MS = 2000
const LOOK_MS = 10

const accepted = ({ executions }: AccountStatus): number =>
  Object.values(executions).reduce((sum, { count }) => sum + count, 0)

/** ms from kill to acceptance, one for each repetition. */
export async function timeKills(home: VenueHome, venue: BenchVenue): Promise<readonly number[]> {
  const bot = new PlayedBot(home.deskSocket(venue), settingsOf(venue), home.token)
  bot.open()
  try {
    const times: number[] = []
    for (let i = 0; i < REPETITIONS; i++) times.push(await oneKill(home, venue, bot, i))
    return times
  } finally {
    bot.close()
  }
}

async function oneKill(
  home: VenueHome,
  venue: BenchVenue,
  bot: PlayedBot,
  repetition: number,
): Promise<number> {
  // Each kill is the first one of its supervisor, as it is for a desk that was well for a minute.
  const desk = home.desk(venue)
  desk.start()
  try {
    await ready(home, venue, bot, ORDERS + repetition)
    await sleep(CALM_MS)
    const { welcome } = bot
    if (welcome === null) throw new Error(`the desk of ${venue} has not welcomed the bench`)
    const startedAt = performance.now()
    const killed = desk.kill()
    bot.want(Array.from({ length: ORDERS + repetition + 1 }, (_, i) => restingWant(welcome, i)))
    await killed
    const isTrading = async () => {
      const account = await home.account(venue)
      return account?.is_reconciled === true && accepted(account) > 0
    }
    if ((await until(isTrading, RECOVERY_LIMIT_MS, LOOK_MS)) === null)
      throw new Error(await troubleOf(home, venue, bot))
    return performance.now() - startedAt
  } finally {
    await desk.stop()
  }
}

/** So many orders rest, and nothing is open. */
async function ready(
  home: VenueHome,
  venue: BenchVenue,
  bot: PlayedBot,
  orders: number,
): Promise<void> {
  const isReady = async () => {
    const account = await home.account(venue)
    if (bot.welcome !== null && account?.instances[0]?.orders_working === 0)
      bot.want(Array.from({ length: orders }, (_, i) => restingWant(bot.welcome as never, i)))
    const [instance] = account?.instances ?? []
    return account?.is_reconciled === true && instance?.orders_working === orders
  }
  if ((await until(isReady, READY_LIMIT_MS, 100)) === null)
    throw new Error(await troubleOf(home, venue, bot))
}

async function troubleOf(home: VenueHome, venue: BenchVenue, bot: PlayedBot): Promise<string> {
  const account = JSON.stringify(await home.account(venue))
  return `the desk of ${venue} does not trade; refused: ${bot.refused ?? 'nothing'}; ${account}`
}
