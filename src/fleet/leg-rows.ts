/** The rows that desks tell of the legs of one instance, as one: what lists show and what commands wait for. */
import type { InstanceMode } from '../domain/instance-mode.ts'
import { instanceOfLeg, legName } from '../domain/leg-name.ts'
import { type Money, money, mulDiv, RATIO_SCALE, type Ratio, ratio } from '../domain/money.ts'
import type { DeskInstanceRow } from './desk-rows.ts'

/** From the mildest to the strictest. */
const STRICTNESS: readonly InstanceMode[] = [
  'running',
  'paused',
  'reduce_only',
  'disarmed',
  'halted',
  'killed',
]

/** The higher, the less it may do. */
export const strictness = (mode: InstanceMode): number => STRICTNESS.indexOf(mode)

const strictnessOf = ({ mode, position_venue: venue }: DeskInstanceRow): number =>
  Math.max(strictness(mode), venue == null ? 0 : strictness('reduce_only'))

/** The leg that holds the instance down most; of equal ones the first. */
const strictestOf = (rows: readonly [DeskInstanceRow, ...DeskInstanceRow[]]): DeskInstanceRow =>
  rows.reduce((held, row) => (strictnessOf(row) > strictnessOf(held) ? row : held))

/** An amount of a leg in the money of the first one, rounded down. */
const inMoneyOfFirst = (amount: number, rate: Ratio | undefined): Money =>
  mulDiv(amount, rate ?? ratio(RATIO_SCALE), RATIO_SCALE, 'floor') as Money

/**
 * One row for an instance of several legs: the mode of the strictest, sums of money and orders, contract and position of the
 * first; the rows themselves stand in `legs`.
 * @param rates worth of each leg's money in that of the first
 */
export function joinedRow(
  instance: string,
  rows: readonly [DeskInstanceRow, ...DeskInstanceRow[]],
  rates: readonly Ratio[],
): DeskInstanceRow {
  const [first] = rows
  const held = strictestOf(rows)
  const sum = (read: (row: DeskInstanceRow) => number) =>
    rows.reduce((total, row) => total + read(row), 0)
  const worth = (read: (row: DeskInstanceRow) => Money | undefined): Money | undefined => {
    const amounts = rows.map(read)
    if (amounts.some((amount) => amount === undefined)) return undefined
    return money(
      amounts.reduce<number>(
        (total, amount, leg) => total + inMoneyOfFirst(amount ?? 0, rates[leg]),
        0,
      ),
    )
  }
  const [pnl, today] = [worth((row) => row.pnl), worth((row) => row.pnl_today)]
  return {
    instance,
    symbol: first.symbol,
    instrument: first.instrument,
    mode: held.mode,
    latch: held.latch,
    ...(held.cause === undefined ? {} : { cause: held.cause }),
    reasons: reasonsOf(rows),
    is_bot_connected: rows.every((row) => row.is_bot_connected),
    position: first.position,
    position_venue: first.position_venue ?? null,
    equity: worth((row) => row.equity) ?? first.equity,
    orders_working: sum((row) => row.orders_working),
    orders_unknown: sum((row) => row.orders_unknown),
    foreign_total: sum((row) => row.foreign_total ?? 0),
    ...(pnl === undefined ? {} : { pnl }),
    ...(today === undefined ? {} : { pnl_today: today }),
    ...(first.price === undefined ? {} : { price: first.price }),
    legs: rows,
  }
}

/** By leg and slot: two legs may call their slots alike. */
const reasonsOf = (rows: readonly DeskInstanceRow[]): Record<string, string> =>
  Object.fromEntries(
    rows.flatMap(({ instance, reasons = {} }) =>
      Object.entries(reasons).map(([slot, reason]) => [`${instance} ${slot}`, reason] as const),
    ),
  )

/**
 * Of an instance among what desks told by name.
 * @param rates as of joinedRow; fewer than two = it trades one contract
 * @returns null = desks do not tell of every leg: half of it is no figure of the instance
 */
export function rowAmong(
  rows: ReadonlyMap<string, DeskInstanceRow>,
  instance: string,
  rates: readonly Ratio[],
): DeskInstanceRow | null {
  const first = rows.get(instance)
  if (first === undefined || rates.length < 2) return first ?? null
  const others = rates.slice(1).flatMap((_, k) => rows.get(legName(instance, k + 1)) ?? [])
  return others.length + 1 < rates.length ? null : joinedRow(instance, [first, ...others], rates)
}

/** Names at desks that belong to an instance, itself first; never empty. */
export const namesAmong = (names: Iterable<string>, instance: string): readonly string[] => {
  const own = [...names].filter((name) => instanceOfLeg(name) === instance && name !== instance)
  return [instance, ...own.sort()]
}

/** The rows of the legs; of an instance of one contract its row alone. */
export const legRowsOf = (row: DeskInstanceRow): readonly DeskInstanceRow[] => row.legs ?? [row]

/** As booked: no leg holds a position, and none has an order. */
export const isStill = (row: DeskInstanceRow): boolean =>
  legRowsOf(row).every((one) => one.position === 0 && one.orders_working === 0)

/** What desks answered to one question about each leg, as the answer about the instance. */
function joinedAnswer(answers: readonly unknown[]): unknown {
  const [first] = answers
  if (answers.length <= 1) return first
  const fields = answers.map((one) => new Map(Object.entries(one ?? {})))
  const [head] = fields
  if (head?.has('items')) return { items: fields.flatMap((one) => one.get('items') ?? []) }
  const joined = new Map(head)
  const all = (name: string) => fields.map((one) => one.get(name))
  if (head?.has('is_flat'))
    joined.set(
      'is_flat',
      all('is_flat').every((one) => one === true),
    )
  for (const name of ['orders_canceled', 'orders'] as const)
    if (all(name).every((one) => typeof one === 'number'))
      joined.set(
        name,
        all(name).reduce<number>((sum, one) => sum + Number(one), 0),
      )
  // Of different contracts there is no sum: what counts is whether anything is left.
  if (head?.has('position')) joined.set('position', all('position').find((one) => one !== 0) ?? 0)
  return Object.fromEntries(joined)
}

/** A question that some legs have not taken, by name; what the others did stands. */
export class LegsError extends Error {
  override readonly name = 'LegsError'
  readonly code: string
  readonly legs: readonly string[]

  constructor(code: string, legs: readonly string[], text: string) {
    super(text)
    this.code = code
    this.legs = legs
  }
}

interface LegOutcome {
  /** Its name at its desk, and for people. */
  readonly leg: string
  readonly title: string
  readonly outcome: PromiseSettledResult<unknown>
}

/**
 * What came of one question to every leg.
 * @param unknown the answer for a leg that its desk does not know while others do; null = that is a failure
 * @throws LegsError that names the legs whose desks have not done it
 */
export function settledLegs(asked: readonly LegOutcome[], unknown: unknown = null): unknown {
  const areAllUnknown = asked.every(isUnknown)
  const outcomes =
    unknown === null || areAllUnknown
      ? asked
      : asked.map((one) => (isUnknown(one) ? { ...one, outcome: answered(unknown) } : one))
  const failed = outcomes.flatMap(({ leg, title, outcome }) =>
    outcome.status === 'rejected' ? [{ leg, title, reason: outcome.reason as unknown }] : [],
  )
  if (failed.length === 0)
    return joinedAnswer(
      outcomes.map(({ outcome }) => (outcome.status === 'fulfilled' ? outcome.value : null)),
    )
  const codes = failed.map(({ reason }) => codeOf(reason))
  // The instance is unknown only when all its legs are: the others would be left alone otherwise.
  const code = areAllUnknown
    ? 'NOT_FOUND'
    : (codes.find((one) => one !== 'NOT_FOUND') ?? 'SERVICE_UNAVAILABLE')
  // Desks know a leg by its own name, commands know the instance.
  const texts = failed.map(({ leg, reason }) => textOf(reason).replaceAll(leg, instanceOfLeg(leg)))
  const [first = ''] = texts
  const isOne = failed.length === asked.length && texts.every((one) => one === first)
  const text = isOne
    ? first
    : failed.map(({ title }, index) => `${title}: ${texts[index]}`).join('; ')
  throw new LegsError(
    code,
    failed.map(({ leg }) => leg),
    text,
  )
}

const answered = (value: unknown): PromiseSettledResult<unknown> => ({ status: 'fulfilled', value })

const isUnknown = ({ outcome }: LegOutcome): boolean =>
  outcome.status === 'rejected' && codeOf(outcome.reason) === 'NOT_FOUND'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'SERVICE_UNAVAILABLE'

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
