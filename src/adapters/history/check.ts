/** `perpfleet data check`: what is odd about a stored series. It reports and never repairs. */
import {
  type DataQuality,
  isContradiction,
  SPIKE_RANGES,
  SPIKE_SHARE,
  spikeRule,
} from '../../domain/data-quality.ts'
import type { CandleColumns, Column } from '../../domain/history.ts'
import { candleOpenAt } from '../../domain/resample.ts'
import type { Columns } from './columnar-file.ts'

/** A kind of oddity; `examples` are the times (ms) of the first ones. */
export interface Finding {
  readonly code:
    | 'coverage'
    | 'outside'
    | 'misaligned'
    | 'gap'
    | 'duplicate'
    | 'disorder'
    | 'contradiction'
    | 'zero_volume'
    | 'spike'
    | 'interval_change'
    | 'jitter'
  /** `fault`: the set cannot be trusted; `warning`: results depend on it; `info`: worth knowing. */
  readonly severity: 'fault' | 'warning' | 'info'
  readonly count: number
  readonly text: string
  readonly examples: readonly number[]
}

const EXAMPLES = 5
const MINUTE_MS = 60_000

class Tally {
  count = 0
  total = 0
  readonly examples: number[] = []

  add(at: number, amount = 1): void {
    this.count += 1
    this.total += amount
    if (this.examples.length < EXAMPLES) this.examples.push(at)
  }

  into(
    findings: Finding[],
    code: Finding['code'],
    severity: Finding['severity'],
    text: (count: number, total: number) => string,
  ): void {
    if (this.count === 0) return
    const { count, examples } = this
    findings.push({ code, severity, count, text: text(count, this.total), examples })
  }
}

const value = (column: Column | undefined, index: number): number => column?.[index] ?? 0

/** Gaps, duplicates, disorder, alignment, contradictions, zero volume and spikes of candles; gaps and order of mark series. */
export function checkPrices(columns: Columns, timeframeMs: number): readonly Finding[] {
  const at = columns['openAt'] ?? columns['at'] ?? new Float64Array()
  const findings: Finding[] = []
  checkOrder(at, findings)
  checkGrid(at, timeframeMs, findings)
  const gaps = new Tally()
  for (let index = 1; index < at.length; index += 1) {
    const distance = value(at, index) - value(at, index - 1)
    if (distance > timeframeMs) {
      gaps.add(value(at, index - 1) + timeframeMs, distance / timeframeMs - 1)
    }
  }
  gaps.into(findings, 'gap', 'warning', (count, total) => {
    return `${count} gap(s), ${Math.round(total)} candles are missing; a replay stands still in between`
  })
  if (columns['high'] !== undefined) checkShape(columns as unknown as CandleColumns, findings)
  return findings
}

/** How much of a window is there, and whether the window reaches outside the data. */
export function checkCoverage(quality: DataQuality): readonly Finding[] {
  const { coverage, isIncomplete, missing, missingBefore, missingAfter, from, to } = quality
  const findings: Finding[] = []
  const outside = missingBefore + missingAfter
  if (isIncomplete) {
    const percent = (coverage * 100).toFixed(1)
    const text = `only ${percent} % of the candles of the window are there`
    findings.push({ code: 'coverage', severity: 'warning', count: missing, text, examples: [from] })
  }
  if (outside > 0) {
    const text = `the window reaches outside the data: ${missingBefore} candles before it, ${missingAfter} after it`
    const examples = [missingBefore > 0 ? from : to]
    findings.push({ code: 'outside', severity: 'warning', count: outside, text, examples })
  }
  return findings
}

/** Stamps that are no opens: candles of 1h open at full hours UTC, those of 1w on Mondays. */
function checkGrid(at: Column, timeframeMs: number, findings: Finding[]): void {
  const misaligned = new Tally()
  for (const stamp of at) if (candleOpenAt(stamp, timeframeMs) !== stamp) misaligned.add(stamp)
  misaligned.into(findings, 'misaligned', 'warning', (count) => {
    return `${count} row(s) are not stamped with the time at which a candle opens`
  })
}

function checkOrder(at: Column, findings: Finding[]): void {
  const duplicates = new Tally()
  const disorder = new Tally()
  for (let index = 1; index < at.length; index += 1) {
    if (value(at, index) === value(at, index - 1)) duplicates.add(value(at, index))
    if (value(at, index) < value(at, index - 1)) disorder.add(value(at, index))
  }
  duplicates.into(findings, 'duplicate', 'fault', (count) => `${count} row(s) repeat a time`)
  disorder.into(findings, 'disorder', 'fault', (count) => `${count} row(s) go back in time`)
}

function checkShape(candles: CandleColumns, findings: Finding[]): void {
  const { openAt, volume } = candles
  const isSpike = spikeRule(candles)
  const contradictions = new Tally()
  const silent = new Tally()
  const spikes = new Tally()
  openAt.forEach((at, index) => {
    if (isContradiction(candles, index)) contradictions.add(at)
    if (volume[index] === 0) silent.add(at)
    if (isSpike(index)) spikes.add(at)
  })
  contradictions.into(findings, 'contradiction', 'fault', (count) => {
    return `${count} candle(s) whose high is below, or low above, open or close; the replay goes through all four prices`
  })
  silent.into(findings, 'zero_volume', 'info', (count) => {
    return `${count} candle(s) without volume; no order fills in them`
  })
  spikes.into(findings, 'spike', 'info', (count) => {
    return `${count} candle(s) reach more than ${SPIKE_SHARE * 100} % and ${SPIKE_RANGES} usual ranges from the close before`
  })
}

/** Order, changes of the interval, and jitter of the stamps of a funding series. */
export function checkFunding(columns: Columns): readonly Finding[] {
  const at = columns['at'] ?? new Float64Array()
  const findings: Finding[] = []
  checkOrder(at, findings)
  const changes = new Tally()
  const jitter = new Tally()
  let largest = 0
  let interval = 0
  for (let index = 0; index < at.length; index += 1) {
    const minute = Math.round(value(at, index) / MINUTE_MS)
    const offset = Math.abs(value(at, index) - minute * MINUTE_MS)
    if (offset > 0) jitter.add(value(at, index))
    largest = Math.max(largest, offset)
    if (index === 0) continue
    const distance = minute - Math.round(value(at, index - 1) / MINUTE_MS)
    if (interval !== 0 && distance !== interval) changes.add(value(at, index))
    interval = distance
  }
  changes.into(findings, 'interval_change', 'warning', (count) => {
    return `the interval changes ${count} time(s): rates are missing there, or the venue changed its hours`
  })
  jitter.into(findings, 'jitter', 'info', (count) => {
    return `${count} stamp(s) are up to ${largest} ms off the minute; each is settled at the nearest minute`
  })
  return findings
}
