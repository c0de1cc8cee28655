/** What the equity curve of an instance says of it, over days of its market. */
import {
  calmarOf,
  returnsOf,
  sharpeOf,
  tailLossOf,
  yearlyGrowth,
} from '../domain/statistic/daily-returns.ts'
import type { Clock } from '../ports/clock.ts'
import { EQUITY_TIERS, type EquityBucket, type EquityStore } from '../ports/equity-store.ts'

/** Null = its curve is too short to say it. */
export interface EquityFigures {
  readonly sharpe: number | null
  readonly calmar: number | null
  readonly valueAtRisk: number | null
  readonly expectedShortfall: number | null
}

const DAY_MS = 86_400_000
const DAYS_MIN = 14
/** The twentieth part of fewer days is none. */
const TAIL_DAYS_MIN = 20
/** Points that lie further apart say nothing of days. */
const SPACING_MAX_MS = DAY_MS / 4
/** Nothing changes much from day to day, and a long curve has thousands of points. */
const AGE_MS = 600_000
const READ_AT_ONCE = 4

const unknown: EquityFigures = {
  sharpe: null,
  calmar: null,
  valueAtRisk: null,
  expectedShortfall: null,
}

export class EquityFigureBook {
  readonly #store: Pick<EquityStore, 'buckets'>
  readonly #clock: Clock
  readonly #known = new Map<string, { readonly at: number; readonly figures: EquityFigures }>()

  constructor(store: Pick<EquityStore, 'buckets'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** A few curves are read at each call, the others stay as they were read last. */
  of(instances: readonly string[]): ReadonlyMap<string, EquityFigures> {
    const now = this.#clock.monotonicMs()
    const isDue = (id: string) =>
      now - (this.#known.get(id)?.at ?? Number.NEGATIVE_INFINITY) > AGE_MS
    for (const id of instances.filter(isDue).slice(0, READ_AT_ONCE))
      this.#known.set(id, { at: now, figures: figuresOf(this.#store, id) })
    return new Map(instances.map((id) => [id, this.#known.get(id)?.figures ?? unknown]))
  }
}

/** From the longest curve whose points are close enough in market time. */
export function figuresOf(store: Pick<EquityStore, 'buckets'>, id: string): EquityFigures {
  for (const { spanMs } of EQUITY_TIERS.toReversed()) {
    const points = pointsOf(store.buckets(id, spanMs, 0))
    const [first, last] = [points[0], points.at(-1)]
    if (first === undefined || last === undefined || points.length < 2) continue
    const spacing = (last.at - first.at) / (points.length - 1)
    if (spacing <= SPACING_MAX_MS) return figuresOfPoints(points)
  }
  return unknown
}

interface Point {
  /** Market time, ms. */
  readonly at: number
  readonly equity: number
}

/** While the market stands still nothing happens: only moments of their own market time count. */
function pointsOf(buckets: readonly EquityBucket[]): Point[] {
  const points: Point[] = []
  for (const { marketAt, equity } of buckets) {
    if (marketAt === null || marketAt <= (points.at(-1)?.at ?? 0)) continue
    points.push({ at: marketAt, equity })
  }
  return points
}

function figuresOfPoints(points: readonly Point[]): EquityFigures {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return unknown
  const days = (last.at - first.at) / DAY_MS
  const daily = dailyOf(points)
  if (days < DAYS_MIN || points.some(({ equity }) => equity <= 0)) return unknown
  const returns = returnsOf(daily)
  const tail = returns.length < TAIL_DAYS_MIN ? null : tailLossOf(returns)
  const growth = yearlyGrowth(first.equity, last.equity, days)
  return {
    sharpe: sharpeOf(returns),
    calmar: calmarOf(growth, drawdownOf(points)),
    valueAtRisk: tail?.valueAtRisk ?? null,
    expectedShortfall: tail?.expectedShortfall ?? null,
  }
}

/** The equity at the first point of each day, UTC of the market. */
function dailyOf(points: readonly Point[]): number[] {
  const values: number[] = []
  let nextAt = 0
  for (const { at, equity } of points) {
    if (at < nextAt) continue
    values.push(equity)
    nextAt = (Math.floor(at / DAY_MS) + 1) * DAY_MS
  }
  return values
}

/** The largest fall from a peak, as a share of it. */
function drawdownOf(points: readonly Point[]): number {
  let [peak, largest]: [number, number] = [0, 0]
  for (const { equity } of points) {
    peak = Math.max(peak, equity)
    largest = Math.max(largest, (peak - equity) / peak)
  }
  return largest
}
