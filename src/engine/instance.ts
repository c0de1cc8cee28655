/**
 * One instance: a strategy with its state and a ledger. Synchronous and pure; the backtest, the lockstep replay and the
 * bot run this same class. Every event is booked first and then shown to the strategy; what the strategy reports is
 * handed back as changes.
 */
import type { FillFingerprint } from '../domain/fingerprint.ts'
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import { invariant, type Money } from '../domain/money.ts'
import type {
  Finish,
  Json,
  LegsTerms,
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
  /** Of the first leg. */
  readonly lastSeq: number
  readonly lastStep: number
  readonly lastAt: number
  /** Of the first leg. */
  readonly lastMarketAt: number
  readonly startedAt: number
  /** How far each leg was heard, the first included; absent with one leg. */
  readonly heard?: readonly HeardLeg[]
}

/** Each desk numbers its own events, and each venue has its own delay: how far a leg was heard says nothing of another. */
export interface HeardLeg {
  /** Number of the last account event that was booked. */
  readonly lastSeq: number
  /** Market time of the latest candle or price. */
  readonly lastMarketAt: number
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
  'lastSeq' | 'lastStep' | 'lastAt' | 'lastMarketAt' | 'startedAt' | 'heard'
>

export class InstanceEngine {
  readonly #strategy: AnyStrategy
  readonly #state: unknown
  readonly #instruments: readonly Instrument[]
  readonly #ledger: InstanceLedger
  readonly #recorder: WantsRecorder
  readonly #startedAt: number
  #parameters: unknown
  readonly #lastSeqs: number[]
  readonly #lastMarketAts: number[]
  readonly #isOneLeg: boolean
  #lastStep: number
  #lastAt: number

  /** Use start or resume. */
  constructor(parts: Parts) {
    this.#strategy = parts.strategy
    this.#parameters = parts.parameters
    this.#state = parts.state
    this.#instruments = parts.instruments
    this.#ledger = parts.ledger
    this.#startedAt = parts.startedAt
    this.#isOneLeg = parts.instruments.length === 1
    const { position } = parts
    const { heard = [position] } = position
    // A leg that was not heard yet begins where the instance did.
    this.#lastSeqs = parts.instruments.map((_, index) => heard[index]?.lastSeq ?? 0)
    this.#lastMarketAts = parts.instruments.map((_, index) => heard[index]?.lastMarketAt ?? 0)
    this.#lastStep = position.lastStep
    this.#lastAt = position.lastAt
    this.#recorder = new WantsRecorder(parts.strategy.wanted(parts.state).wakes)
  }

  /**
   * The first start of an instance, once in its life: calls Strategy.start. The caller asks Strategy.check before.
   * @param afterSeqs number of the last account event of each leg that belongs to an earlier life; absent = none
   */
  static start(
    strategy: AnyStrategy,
    parameters: unknown,
    context: StrategyContext,
    afterSeqs: readonly number[] = [],
  ): InstanceEngine {
    const { settleRates } = context
    const ledger = new InstanceLedger(context.instruments, context.capital, { settleRates })
    for (const [index, position] of context.positions.entries()) {
      const found = context.prices[index]
      if (position !== 0 && found !== undefined) ledger.adopt(index, position, found.mark)
    }
    const { at, instruments } = context
    const state = strategy.start(parameters, context)
    const heard = instruments.map((_, i) => ({ lastSeq: afterSeqs[i] ?? 0, lastMarketAt: at }))
    const lastSeq = afterSeqs[0] ?? 0
    const position = { lastSeq, lastStep: NO_STEP, lastAt: at, lastMarketAt: at, heard }
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

  /** Number of the last account event of the first leg that was booked. */
  get lastSeq(): number {
    return this.lastSeqOf(0)
  }

  /** The same of another leg: the desk of each leg numbers its own events. */
  lastSeqOf(leg: number): number {
    return this.#lastSeqs[leg] ?? 0
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
   * Books one event and shows it to the strategy. Account events that were booked already (seq <= lastSeqOf their leg) and
   * market events older than the latest of their leg are ignored, so a delivery may be repeated. Events of two legs may come
   * in another order than their market times.
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
      case 'price': {
        const leg = this.#isOneLeg ? 0 : this.#indexOf(event.instrument)
        const heardAt = this.#lastMarketAts[leg]
        if (heardAt !== undefined && event.at < heardAt) return false
        this.#lastMarketAts[leg] = event.at
        return true
      }
      case 'fill': {
        const leg = this.#indexOf(event.fill.instrument)
        if (event.seq <= this.lastSeqOf(leg)) return false
        this.#ledger.fill(leg, event.fill)
        this.#lastSeqs[leg] = event.seq
        return true
      }
      case 'funding': {
        const leg = this.#indexOf(event.instrument)
        if (event.seq <= this.lastSeqOf(leg)) return false
        this.#ledger.fund(leg, event.amount)
        this.#lastSeqs[leg] = event.seq
        return true
      }
      case 'command':
        this.#parameters = event.command.parameters
    }
    return true
  }

  /**
   * Of several legs: what the file says of them now.
   * @param capital of all, in the settlement money of the first
   */
  takeTerms(capital: Money, terms: LegsTerms): void {
    this.#ledger.setCapital(capital)
    this.#strategy.takeTerms?.(this.#state, terms)
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
      lastSeq: this.lastSeq,
      lastStep: this.#lastStep,
      lastAt: this.#lastAt,
      lastMarketAt: this.#lastMarketAts[0] ?? this.#startedAt,
      startedAt: this.#startedAt,
      ...(this.#isOneLeg ? {} : { heard: this.#heard() }),
    }
  }

  #heard(): readonly HeardLeg[] {
    return this.#lastSeqs.map((lastSeq, index) => {
      return { lastSeq, lastMarketAt: this.#lastMarketAts[index] ?? this.#startedAt }
    })
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
