/** The end of the arbitrage drill: statements of both venues against what the instances say, journals against venues, net delta. */
import {
  compareBalance,
  compareLegs,
  compareOpportunities,
  compareSums,
  legFigures,
  netDelta,
  type Outage,
  resultOf,
  type ToldInstance,
} from './arbitrage-books.ts'
import { type ArbitrageHome, type DrillPair, MAKER, SPREAD } from './arbitrage-home.ts'
import type { WireStatement } from './arbitrage-wire.ts'
import { type Decimal, decimalText } from './decimal.ts'
import { table } from './figures.ts'
import type { DrillReport } from './fleet-home.ts'
import { compareIntents, statementOf, type VenueFile } from './venue-books.ts'

/** T: while both venues answer a pair is never outside its bound for longer. */
const LIMIT_MS = 5000

export interface JudgedPair {
  readonly pair: DrillPair
  /** Of the market against life. */
  readonly speed: number
  readonly told: ToldInstance | null
  readonly statements: readonly [WireStatement, WireStatement]
  /** Base. */
  readonly bound: Decimal
  readonly dust: Decimal
  /** Market time. */
  readonly outages: readonly Outage[]
  /** The kill command: what comes later is no work of the strategy. */
  readonly until: number
}

export function judge(
  home: ArbitrageHome,
  judged: readonly JudgedPair[],
  report: DrillReport,
): void {
  const none = (what: string, faults: readonly string[], of: string) =>
    report.check(what, faults.length === 0, [of, ...faults.slice(0, 8)].join('; '))
  for (const one of judged) {
    judgeMoney(one, none)
    judgeDelta(one, report)
  }
  judgeBalances(judged, none)
  judgeOrders(home, none)
  report.section(`## Two legs over real sockets\n\n${statementTable(judged)}`)
}

type None = (what: string, faults: readonly string[], of: string) => void

function judgeMoney({ pair, told, statements }: JudgedPair, none: None): void {
  if (told === null) return none(`${pair.id}: statement`, ['the bot does not answer'], '')
  const fills = statements.map((one) => one.fills.length).join(' and ')
  const paid = statements.map(({ funding }) => funding.length).join(' and ')
  none(
    `${pair.id}: legs and totals = both venues' statements`,
    compareLegs(statements, told),
    `${fills} fills, ${paid} payments, ${told.grid.total} in all`,
  )
  none(
    `${pair.id}: opportunities add up to the legs`,
    compareSums(statements, told),
    `${told.grid.opportunities.length} opportunities`,
  )
  // Orders that rest are filled on both sides at once: where one ends is a matter of who was heard first.
  if (pair !== SPREAD) return
  none(
    `${pair.id}: each opportunity, each leg = both venues' fills`,
    compareOpportunities(statements, told),
    told.grid.opportunities
      .map(({ number, exit, total }) => `${number}: ${total} (${exit})`)
      .join(', '),
  )
}

function judgeDelta(one: JudgedPair, report: DrillReport): void {
  const { pair, speed, statements, bound, dust, outages, until } = one
  const found = netDelta(statements, bound, dust, outages, until)
  const seconds = (ms: number) => (ms / 1000 / speed).toFixed(2)
  const cut = outages.reduce((sum, { from, until: end }) => sum + end - from, 0)
  report.check(
    `${pair.id}: net delta within its bound`,
    found.outsideMs / speed <= LIMIT_MS,
    `bound ${decimalText(bound)}, most ${decimalText(found.most)}, outside it ${seconds(found.outsideMs)} s with both venues there and ${seconds(found.outsideCutMs)} s of ${seconds(cut)} s with one cut off`,
  )
  report.check(
    `${pair.id}: one leg ahead while both venues answer`,
    found.longestMs / speed <= LIMIT_MS,
    `by more than ${decimalText(dust)} for ${seconds(found.longestMs)} s at most (${seconds(found.longestCutMs)} s with one cut off); Σ |net delta| · s of the market ${found.baseSeconds.toFixed(2)} and ${found.baseSecondsCut.toFixed(2)}`,
  )
}

function judgeBalances(judged: readonly JudgedPair[], none: None): void {
  const accounts = new Map<string, { leg: DrillPair['legs'][number]; of: WireStatement[] }>()
  for (const { pair, statements } of judged) {
    for (const [index, leg] of pair.legs.entries()) {
      const statement = statements[index]
      if (statement === undefined) continue
      const known = accounts.get(`${leg.venue}/${leg.account}`) ?? { leg, of: [] }
      known.of.push(statement)
      accounts.set(`${leg.venue}/${leg.account}`, known)
    }
  }
  for (const [name, { leg, of }] of accounts) {
    const last = of.at(-1)
    if (last === undefined) continue
    const faults = compareBalance(leg, last, of.map(legFigures))
    none(`${name}: balance = deposits + what was earned`, faults, decimalText(last.balance))
  }
}

function judgeOrders(home: ArbitrageHome, none: None): void {
  const files: readonly (readonly VenueFile[])[] = [
    [SPREAD.legs[0]],
    [MAKER.legs[0]],
    [SPREAD.legs[1], MAKER.legs[1]],
  ]
  for (const group of files) {
    const [file] = group
    if (file === undefined) continue
    const statement = {
      ...statementOf(home, file),
      refused: group.flatMap((one) => statementOf(home, one).refused),
    }
    const verdict = compareIntents(home, file, statement)
    const { lost, invented, doubled, orphaned, unsettled } = verdict
    const name = `${file.venue}/${file.account ?? 'main'}`
    const count = `${statement.orders.length} orders`
    none(`${name}: orders lost`, [...lost, ...invented, ...unsettled], count)
    none(`${name}: orders doubled`, [...doubled, ...orphaned], count)
  }
}

function statementTable(judged: readonly JudgedPair[]): string {
  const rows = judged.flatMap(({ pair, statements, told }) =>
    pair.legs.map((leg, index) => {
      const statement = statements[index as 0 | 1]
      const figures = legFigures(statement)
      const { cash, fees, funding } = figures
      return [
        ...[pair.id, leg.venue, leg.symbol, statement.fills.length],
        ...[cash, fees, funding, resultOf(figures)].map(decimalText),
        String(told?.grid.legs[index]?.['total'] ?? ''),
      ]
    }),
  )
  const head = [
    'instance',
    'venue',
    'contract',
    'fills',
    'cash',
    'fees',
    'funding',
    'result',
    'told',
  ]
  return table(head, rows)
}
