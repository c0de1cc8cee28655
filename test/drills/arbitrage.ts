/**
 * Two legs over real sockets: OKX and Hyperliquid as the sandbox speaks them (150 ms there and back, rate limits on), control plane,
 * exchange, three desks and two bots as real processes. A price gap is made by hand and entered; one venue is cut off in the middle;
 * everything is killed once; at the end what each instance says it earned is compared with both venues' own statements.
 */
import { until } from '../integration/fleet-home.ts'
import { ArbitrageHome, type DrillPair, MAKER, MAKER_SPEED, SPREAD } from './arbitrage-home.ts'
import { MakingPart } from './arbitrage-making.ts'
import { SpreadPart } from './arbitrage-spread.ts'
import type { ArbitrageSteps } from './arbitrage-steps.ts'
import { type JudgedPair, judge } from './arbitrage-verdict.ts'
import { decimal, plus } from './decimal.ts'
import type { DrillReport } from './fleet-home.ts'
import { isSettled } from './venue-books.ts'

const SETTLE_LIMIT_MS = 60_000

export async function arbitrageDrill(report: DrillReport): Promise<void> {
  const home = new ArbitrageHome()
  try {
    home.write()
    const spread = new SpreadPart(home, report)
    const making = new MakingPart(home, report)
    await spread.forward()
    await spread.run()
    await making.run()
    const judged = [await heardOf(SPREAD, 1, spread), await heardOf(MAKER, MAKER_SPEED, making)]
    await home.run('down', '--stop-bots')
    judge(home, judged, report)
  } finally {
    await home.run('down', '--stop-bots')
    if (process.argv.includes('--keep')) console.log(`kept: ${home.dir}`)
    else await home.close()
  }
}

/** What venues and instance say once nothing is on its way any more. */
async function heardOf(
  pair: DrillPair,
  speed: number,
  { home, outages, killedAt }: ArbitrageSteps,
): Promise<JudgedPair> {
  const [first, second] = pair.legs
  const isDone = () => isSettled(home, first) && isSettled(home, second)
  // What is not settled then is told by the verdict.
  await until('everything is settled', isDone, SETTLE_LIMIT_MS).catch(() => undefined)
  const wires = home.wires()
  const dust = home.dust(pair)
  return {
    ...{ pair, speed, outages, dust, bound: plus(decimal(pair.part), dust) },
    statements: [await wires.statement(first), await wires.statement(second)],
    until: killedAt,
    told: await home.told(pair),
  }
}
