/**
 * One instance: a strategy with its state and a ledger. Synchronous and pure; the backtest, the lockstep replay and the
 * bot run this same class. Every event is booked first and then shown to the strategy; what the strategy reports is
 * handed back as changes.
 */
import type { FillFingerprint } from '../domain/fingerprint.ts'
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import { invariant } from '../domain/money.ts'
import type {
  Finish,
  Json,
  Objection,
  Strategy,
  StrategyContext,
  StrategyEvent,
  Wake,
  WantChange,
} from '../domain/strategy.ts'
import { InstanceLedger, type LedgerReport, type StoredLedger } from './instance-ledger.ts'
import { EMPTY_OUTPUT, type EngineOutput, WantsRecorder } from './wants-recorder.ts'

export type { EngineOutput } from './wants-recorder.ts'

/** A strategy of any parameters and state; only the strategy itself knows their shape. */
export type AnyStrategy = Strategy<unknown, unknown>

/** An instance as plain JSON. `state` is the living state: write it down before the next event. */
export interface StoredInstance {
  readonly strategy: string
  readonly stateVersion: number
  readonly state: Json
  readonly instruments: readonly Instrument[]
  readonly ledger: StoredLedger
  readonly lastSeq: number
  readonly lastStep: number
  readonly lastAt: number
  readonly lastMarketAt: number
  readonly startedAt: number
}

/** The whole set of wants, ready for a message with `replace: true`. */
export interface WholeWants {
  readonly changes: readonly WantChange[]
  readonly wakes: readonly Wake[]
  readonly finish: Finish | null
}

/** No step was done yet. */
export const NO_STEP = -1

interface Parts {
  readonly strategy: AnyStrategy
  readonly parameters: unknown
  readonly state: unknown
  readonly instruments: readonly Instrument[]
  readonly ledger: InstanceLedger
  readonly startedAt: number
  readonly position: Omit<StoredPlace, 'startedAt'>
}

type StoredPlace = Pick<
  StoredInstance,
  'lastSeq' | 'lastStep' | 'lastAt' | 'lastMarketAt' | 'startedAt'
>

export class InstanceEngine {
  readonly #strategy: AnyStrategy
  readonly #state: unknown
  readonly #instruments: readonly Instrument[]
  readonly #ledger: InstanceLedger
  readonly #recorder: WantsRecorder
  readonly #startedAt: number
  #parameters: unknown
  #lastSeq: number
  #lastStep: number
  #lastAt: number
  #lastMarketAt: number

  /** Use start or resume. */
  constructor(parts: Parts) {
    this.#strategy = parts.strategy
    this.#parameters = parts.parameters
    this.#state = parts.state
    this.#instruments = parts.instruments
    this.#ledger = parts.ledger
    this.#startedAt = parts.startedAt
    this.#lastSeq = parts.position.lastSeq
    this.#lastStep = parts.position.lastStep
    this.#lastAt = parts.position.lastAt
    this.#lastMarketAt = parts.position.lastMarketAt
    this.#recorder = new WantsRecorder(parts.strategy.wanted(parts.state).wakes)
  }

  /**
   * The first start of an instance, once in its life: calls Strategy.start. The caller asks Strategy.check before.
   * @param afterSeq number of the last account event that belongs to an earlier life
   */
  static start(
    strategy: AnyStrategy,
    parameters: unknown,
    context: StrategyContext,
    afterSeq = 0,
  ): InstanceEngine {
    const ledger = new InstanceLedger(context.instruments, context.capital)
    for (const [index, position] of context.positions.entries()) {
      const found = context.prices[index]
      if (position !== 0 && found !== undefined) ledger.adopt(index, position, found.mark)
    }
    const { at, instruments } = context
    const state = strategy.start(parameters, context)
    const position = { lastSeq: afterSeq, lastStep: NO_STEP, lastAt: at, lastMarketAt: at }
    return new InstanceEngine({
      strategy,
      parameters,
      state,
      instruments,
      ledger,
      startedAt: at,
      position,
    })
  }

  /**
   * Goes on from what was stored; a state of an older shape is migrated.
   * @param fingerprint in place of the stored one, for whoever adds its fills later
   * @throws InvariantError when the state belongs to another strategy or to a newer program
   */
  static resume(
    strategy: AnyStrategy,
    parameters: unknown,
    stored: StoredInstance,
    fingerprint?: FillFingerprint,
  ): InstanceEngine {
    invariant(
      stored.strategy === strategy.id,
      `the stored state is one of ${strategy.id}, found ${stored.strategy}`,
    )
    invariant(
      stored.stateVersion <= strategy.stateVersion,
      `the stored state of ${strategy.id} is of version ${strategy.stateVersion} or older, found ${stored.stateVersion}`,
    )
    const isPresent = stored.stateVersion === strategy.stateVersion
    const state = isPresent ? stored.state : strategy.migrate(stored.state, stored.stateVersion)
    const ledger = InstanceLedger.restore(stored.instruments, stored.ledger, fingerprint)
    const { instruments, startedAt } = stored
    return new InstanceEngine({
      strategy,
      parameters,
      state,
      instruments,
      ledger,
      startedAt,
      position: stored,
    })
  }

  /** Number of the last account event that was booked. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** The last lockstep step that was finished, NO_STEP before the first. */
  get lastStep(): number {
    return this.#lastStep
  }

  /** Market time of the latest event. */
  get lastAt(): number {
    return this.#lastAt
  }

  /** Market time of the first start. */
  get startedAt(): number {
    return this.#startedAt
  }

  get instruments(): readonly Instrument[] {
    return this.#instruments
  }

  get ledger(): InstanceLedger {
    return this.#ledger
  }

  /** The parameters that act now: those of the start, or of the last accepted adjustment. */
  get parameters(): unknown {
    return this.#parameters
  }

  /** Everything wanted now, computed from scratch by the strategy. */
  wants(): WholeWants {
    const { resting, targets, wakes, finish } = this.#strategy.wanted(this.#state)
    const changes: WantChange[] = []
    for (const want of resting) changes.push({ kind: 'rest', want })
    for (const want of targets) changes.push({ kind: 'target', want })
    return { changes, wakes, finish }
  }

  /**
   * Books one event and shows it to the strategy. Account events that were booked already (seq <= lastSeq) and market
   * events older than the latest are ignored, so a delivery may be repeated.
   */
  on(event: StrategyEvent): EngineOutput {
    if (!this.#take(event)) return EMPTY_OUTPUT
    if (event.at > this.#lastAt) this.#lastAt = event.at
    this.#strategy.on(this.#state, event, this.#recorder)
    return this.#recorder.take()
  }

  #take(event: StrategyEvent): boolean {
    switch (event.kind) {
      case 'candle':
      case 'price':
        if (event.at < this.#lastMarketAt) return false
        this.#lastMarketAt = event.at
        return true
      case 'fill':
        if (event.seq <= this.#lastSeq) return false
        this.#ledger.fill(this.#indexOf(event.fill.instrument), event.fill)
        this.#lastSeq = event.seq
        return true
      case 'funding':
        if (event.seq <= this.#lastSeq) return false
        this.#ledger.fund(event.amount)
        this.#lastSeq = event.seq
        return true
      case 'leg':
        return true
      case 'command':
        this.#parameters = event.command.parameters
        return true
    }
  }

  #indexOf(instrument: InstrumentId): number {
    if (this.#instruments[0]?.id === instrument) return 0
    const index = this.#instruments.findIndex((known) => known.id === instrument)
    invariant(index >= 0, `an event is about an instrument of the instance, found ${instrument}`)
    return index
  }

  /** What the strategy objects to other parameters, judged in a context of now. */
  check(parameters: unknown, context: StrategyContext): readonly Objection[] {
    return this.#strategy.check(parameters, context)
  }

  /** Notes that a lockstep step is finished; it is stored with the state. */
  markStep(step: number): void {
    this.#lastStep = step
  }

  /** The instance as plain JSON. */
  stored(): StoredInstance {
    return {
      strategy: this.#strategy.id,
      stateVersion: this.#strategy.stateVersion,
      state: this.#state as Json,
      instruments: this.#instruments,
      ledger: this.#ledger.stored(),
      lastSeq: this.#lastSeq,
      lastStep: this.#lastStep,
      lastAt: this.#lastAt,
      lastMarketAt: this.#lastMarketAt,
      startedAt: this.#startedAt,
    }
  }

  /** What the strategy alone reports; the books, and with them the fingerprint, are not asked. */
  strategyReport(prices: readonly MarketPrice[]): Json {
    return this.#strategy.report(this.#state, prices)
  }

  /** Numbers for people: the strategy's own report beside the books. Prices in the order of the instruments. */
  report(prices: readonly MarketPrice[]): InstanceReport {
    return {
      strategy: this.strategyReport(prices),
      ledger: this.#ledger.report(prices),
    }
  }
}

export interface InstanceReport {
  readonly strategy: Json
  readonly ledger: LedgerReport
}

/** Figures that mean the same in every strategy that reports them. */
const comparedFigures = ['position', 'funding', 'fees', 'total'] as const

/** One sentence for each figure that the strategy reports otherwise than the books; none = they agree. */
export function disagreementsOf({ strategy, ledger }: InstanceReport): readonly string[] {
  if (typeof strategy !== 'object' || strategy === null || Array.isArray(strategy)) return []
  const own = new Map(Object.entries(strategy))
  return comparedFigures
    .filter((key) => typeof own.get(key) === 'string' && own.get(key) !== ledger[key])
    .map((key) => `${key}: the strategy says ${own.get(key)}, the books say ${ledger[key]}`)
}
