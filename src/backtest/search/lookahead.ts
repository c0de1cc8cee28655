/**
 * Does a strategy know the future? It is run on the whole window and on windows that end earlier, the market itself cut
 * off there: every decision (order wanted, target, note, end) until the cut must be the same. And does it know more than
 * it should of the past? It is run from later starts, and the decisions of the end are compared: they show how long the
 * warm-up has to be (as freqtrade's lookahead-analysis and recursive-analysis).
 */
import type { CandleColumns, Column, RecordedMarket } from '../../domain/history.ts'
import type { StrategyEvent, Wanted, Wants } from '../../domain/strategy.ts'
import type { AnyStrategy } from '../../engine/instance.ts'
import { firstAtOrAfter } from '../../simulation/replay-source.ts'
import { Backtest, type BacktestRequest } from '../run.ts'

/** Gives a run on a market; the market is the only thing that differs between runs. */
export type RequestOn = (market: RecordedMarket) => BacktestRequest

/** What a strategy decided at one event. */
interface Decision {
  readonly at: number
  /** Events heard until then: the same place in both runs. */
  readonly heard: number
  readonly text: string
  /** Without prices and sizes, which may hang on the equity: what is compared between starts. */
  readonly gist: string
}

interface Recording {
  readonly decisions: readonly Decision[]
  /** Close of each candle heard, and how many events were heard when it was. */
  readonly candles: readonly { readonly at: number; readonly heard: number }[]
}

export interface LookaheadDifference {
  /** The market was cut off here. */
  readonly cutAt: number
  /** Market time of the first decision that differs. */
  readonly at: number
  readonly whole: string
  readonly truncated: string
}

export interface StartDependence {
  readonly startAt: number
  /** Candles that the later start heard before the decisions that are compared. */
  readonly candlesBefore: number
  /** Of both runs together, in the compared part. */
  readonly decisions: number
  /** Of them those that only one of both runs has. */
  readonly differing: number
}

export interface LookaheadReport {
  readonly decisions: number
  readonly candles: number
  readonly cuts: readonly number[]
  /** null = the future was not used at any cut. */
  readonly difference: LookaheadDifference | null
  readonly starts: readonly StartDependence[]
}

const NOTHING = 'nothing'

/** A strategy that writes down what the other one decides; it decides nothing itself. */
class Listener {
  readonly decisions: Decision[] = []
  readonly candles: { at: number; heard: number }[] = []
  heard = 0
  #at = 0

  wrap(strategy: AnyStrategy, startAt: number): AnyStrategy {
    this.#at = startAt
    let isFirst = true
    return {
      id: strategy.id,
      stateVersion: strategy.stateVersion,
      parameters: strategy.parameters,
      inputs: (parameters) => strategy.inputs(parameters),
      check: (parameters, context) => strategy.check(parameters, context),
      start: (parameters, context) => strategy.start(parameters, context),
      migrate: (state, from) => strategy.migrate(state, from),
      report: (state, prices) => strategy.report(state, prices),
      on: (state, event, out) => {
        this.#hear(event)
        strategy.on(state, event, this.#listening(out))
      },
      wanted: (state): Wanted => {
        const wanted = strategy.wanted(state)
        if (isFirst) this.#note('start', wanted, '')
        isFirst = false
        return wanted
      },
    }
  }

  #hear(event: StrategyEvent): void {
    this.heard += 1
    this.#at = event.at
    if (event.kind === 'candle') this.candles.push({ at: event.at, heard: this.heard })
    if (event.kind === 'fill') {
      const { side, price, quantity } = event.fill
      this.#note('fill', { side, price, quantity }, side)
    }
  }

  #note(kind: string, what: unknown, gist: string): void {
    const text = `${kind} ${JSON.stringify(what)}`
    this.decisions.push({ at: this.#at, heard: this.heard, text, gist: `${kind} ${gist}` })
  }

  /** Wake-ups are left out: they say when to look, not what is wanted. */
  #listening(out: Wants): Wants {
    return {
      rest: (want) => {
        this.#note('rest', want, `${want.slot} ${want.side}`)
        out.rest(want)
      },
      drop: (slot) => {
        this.#note('drop', slot, slot)
        out.drop(slot)
      },
      target: (want) => {
        this.#note('target', want, String(Math.sign(want.quantity)))
        out.target(want)
      },
      dropTarget: (instrument) => {
        this.#note('drop target', instrument, instrument)
        out.dropTarget(instrument)
      },
      wake: (wake) => out.wake(wake),
      finish: (finish) => {
        this.#note('finish', finish, finish.reason)
        out.finish(finish)
      },
      note: (level, text) => out.note(level, text),
    }
  }
}

/** @throws BacktestRefused, RangeError as Backtest does */
function record(request: BacktestRequest): Recording {
  const listener = new Listener()
  const strategy = listener.wrap(request.strategy, request.window.from ?? 0)
  const backtest = new Backtest({ ...request, strategy, engine: 'stepping', detail: 'figures' })
  while (backtest.run(100_000));
  // Nobody reads the figures: a plug-in whose state went wrong fails here as in every other run.
  backtest.engine.strategyReport([backtest.price])
  return listener
}

/** The market until a moment, as if nothing later had ever been recorded. */
export function truncatedMarket(market: RecordedMarket, cutAt: number): RecordedMarket {
  const { candles, funding, mark } = market
  const count = firstAtOrAfter(candles.openAt, cutAt)
  const until = (column: Column, times: Column): Column =>
    column.slice(0, firstAtOrAfter(times, cutAt + 1))
  return {
    ...market,
    candles: Object.fromEntries(
      Object.entries(candles).map(([name, column]) => [name, (column as Column).slice(0, count)]),
    ) as unknown as CandleColumns,
    funding: funding && {
      at: until(funding.at, funding.at),
      rate: until(funding.rate, funding.at),
    },
    mark: mark && { at: until(mark.at, mark.at), mark: until(mark.mark, mark.at) },
  }
}

/** Half of the cuts where the strategy decided something at the close of a candle, the others spread evenly. */
function cutsOf({ decisions, candles }: Recording, count: number): readonly number[] {
  const heard = new Map(candles.map((candle) => [candle.heard, candle.at]))
  const decided = [...new Set(decisions.flatMap((decision) => heard.get(decision.heard) ?? []))]
  const all = candles.map(({ at }) => at)
  const lively = spread(decided, Math.ceil(count / 2))
  const even = spread(all, count - lively.length)
  return [...new Set([...lively, ...even])].toSorted((a, b) => a - b)
}

/** Some values of a list, evenly, its ends left out. */
const spread = (values: readonly number[], count: number): readonly number[] =>
  Array.from(
    { length: Math.min(count, values.length) },
    (_, index) =>
      values[Math.floor(((index + 1) * values.length) / (Math.min(count, values.length) + 1))] ?? 0,
  )

/** The first decision until the cut that the two runs do not share; null = none. */
function firstDifference(
  whole: Recording,
  part: Recording,
  cutAt: number,
): LookaheadDifference | null {
  const last = whole.candles.find(({ at }) => at === cutAt)?.heard ?? 0
  const until = ({ decisions }: Recording) => decisions.filter(({ heard }) => heard <= last)
  const [long, short] = [until(whole), until(part)]
  for (let index = 0; index < Math.max(long.length, short.length); index += 1) {
    const [one, other] = [long[index], short[index]]
    if (one?.text === other?.text && one?.at === other?.at) continue
    const at = Math.min(one?.at ?? cutAt, other?.at ?? cutAt)
    return { cutAt, at, whole: one?.text ?? NOTHING, truncated: other?.text ?? NOTHING }
  }
  return null
}

export interface LookaheadPlan {
  readonly cuts: number
  /** Share of the window that later starts leave out, e.g. [0.1, 0.25, 0.5]. */
  readonly startShares: readonly number[]
  /** Told after each run, 0 to 1. */
  readonly onProgress?: (share: number) => void
}

/** Looks for decisions that hang on what comes after them, and on how much came before. */
export function lookahead(
  market: RecordedMarket,
  on: RequestOn,
  plan: LookaheadPlan,
): LookaheadReport {
  const whole = record(on(market))
  const cuts = cutsOf(whole, plan.cuts)
  const runs = cuts.length + plan.startShares.length + 1
  let done = 1
  const step = () => {
    done += 1
    plan.onProgress?.(done / runs)
  }
  let difference: LookaheadDifference | null = null
  for (const cutAt of cuts) {
    const part = record(on(truncatedMarket(market, cutAt)))
    difference = firstDifference(whole, part, cutAt)
    step()
    if (difference !== null) break
  }
  const starts = plan.startShares.map((share) => {
    const found = laterStart(market, on, whole, share)
    step()
    return found
  })
  return {
    decisions: whole.decisions.length,
    candles: whole.candles.length,
    cuts,
    difference,
    starts,
  }
}

/** The second half of what a later start hears is compared with the whole run. */
function laterStart(
  market: RecordedMarket,
  on: RequestOn,
  whole: Recording,
  share: number,
): StartDependence {
  const request = on(market)
  const skipped = Math.floor(whole.candles.length * share)
  const startAt = whole.candles[skipped]?.at ?? 0
  const later = record({ ...request, window: { ...request.window, from: startAt } })
  const middle = later.candles[Math.floor(later.candles.length / 2)]?.at ?? startAt
  const tail = ({ decisions }: Recording) =>
    decisions.filter(({ at }) => at > middle).map(({ at, gist }) => `${at} ${gist}`)
  const [long, short] = [tail(whole), tail(later)]
  return {
    startAt,
    candlesBefore: later.candles.filter(({ at }) => at <= middle).length,
    decisions: long.length + short.length,
    differing: unshared(long, short),
  }
}

function unshared(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const text of a) counts.set(text, (counts.get(text) ?? 0) + 1)
  for (const text of b) counts.set(text, (counts.get(text) ?? 0) - 1)
  return [...counts.values()].reduce((sum, count) => sum + Math.abs(count), 0)
}
