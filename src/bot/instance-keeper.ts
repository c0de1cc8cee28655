/**
 * Keeps one instance alive over process starts: begins it, takes it up again, books events, adjusts it, stores it.
 * Knows no socket and no clock.
 */

import type { ReachState } from '../domain/gate-reach.ts'
import type { MarketPrice } from '../domain/market.ts'
import { formatDecimal, quantity, type Ratio, ratio } from '../domain/money.ts'
import type { RiskLimits } from '../domain/risk.ts'
import { scaleDifference } from '../domain/scale-change.ts'
import type { Json, StrategyContext, StrategyEvent } from '../domain/strategy.ts'
import { type AnyStrategy, InstanceEngine, type WholeWants } from '../engine/instance.ts'
import { LegsRisk, type StoredLegsRisk } from '../engine/legs-risk.ts'
import type { EngineOutput } from '../engine/wants-recorder.ts'
import type { BotStore, StoredFill } from '../ports/bot-store.ts'
import type { BotLaunch } from '../protocol/launch.ts'
import { type BotLeg, legsOf, type Welcome } from './bot-leg.ts'
import { firstContext, foundPositions, termsOf } from './first-terms.ts'
import {
  type Adjusted,
  type BotRecord,
  type Ended,
  isSameParameters,
  type Parameters,
  storedFill,
} from './record.ts'

/** Sentences that say why the instance does not run as configured. */
export type Refusals = readonly string[]

type Part = Omit<BotRecord, 'instance' | 'prices' | 'ended' | 'legsRisk'>

export class InstanceKeeper {
  readonly #launch: BotLaunch
  #limits: RiskLimits
  /** What the desks of the legs let be margin, where that was changed while it runs. */
  #utilizations: Pick<StrategyContext, 'legUtilizations'> = {}
  readonly #strategy: AnyStrategy
  readonly #store: BotStore
  readonly #legs: readonly BotLeg[]
  #risk: LegsRisk | null = null
  #engine: InstanceEngine | null = null
  #part: Part
  /** As the file has them now: at first those of the launch, then what was taken over while it runs. */
  #configured: Parameters
  #ended: Ended | null = null
  #prices: readonly MarketPrice[] = []
  readonly #fees: (StrategyContext['fees'][number] | undefined)[] = []
  #fillsUnsaved: StoredFill[] = []
  #isDirty = false
  #isFrozen = false

  /** @throws InvariantError when the stored state belongs to another strategy or to a newer program */
  constructor(launch: BotLaunch, strategy: AnyStrategy, store: BotStore) {
    this.#launch = launch
    this.#limits = launch.settings.limits
    this.#strategy = strategy
    this.#store = store
    this.#legs = legsOf(launch)
    const { parameters } = launch
    this.#configured = parameters
    this.#part = { launched: parameters, parameters, adjusted: null }
    const record = store.load() as BotRecord | null
    if (record === null) return
    this.#ended = record.ended
    if (record.ended !== null && launch.beginAnew === true) return
    const { launched, adjusted, instance, prices } = record
    this.#part = { launched, adjusted, parameters: record.parameters }
    this.#prices = prices
    this.#engine = InstanceEngine.resume(strategy, record.parameters, instance)
    const added = this.#takeTerms()
    const { legsRisk } = record
    this.#watch(legsRisk == null ? null : LegsRisk.moved(legsRisk, added))
  }

  /** The legs of the file may have other terms than before. @returns what was added to the capital of all */
  #takeTerms(): number {
    const engine = this.#running()
    const { capital, ...terms } = termsOf(this.#launch)
    // With another rate nothing can be summed: it is refused at the welcome.
    if (this.#legs.length === 1 || this.#rateChange() !== null) return 0
    const added = capital - engine.ledger.capital
    engine.takeTerms(capital, terms)
    this.#isDirty = true
    return added
  }

  /** The rate of a leg that its file gives another value than its books were begun with; null = none. */
  #rateChange(): string | null {
    const ledger = this.#engine?.ledger
    const leg = this.#legs.findIndex(({ settleRate }, i) => ledger?.settleRate(i) !== settleRate)
    const wanted = this.#legs[leg]?.settleRate
    if (ledger === undefined || wanted === undefined || this.#legs.length === 1) return null
    const [was, is] = [ledger.settleRate(leg), wanted].map((rate) => formatDecimal(rate, 8))
    const { instance } = this.#launch.settings
    return `legs[${leg}].settle_rate of ${instance} is ${was} for its whole life, since every sum was made with it, and its file now says ${is}: change it back, or close the pair (perpfleet close-all ${instance} --direct), archive ${this.#launch.dbPath} and start it anew.`
  }

  /** Of an instance of several legs the sum is limited here, since no desk knows all of them. */
  #watch(stored: StoredLegsRisk | null): void {
    const { legsLimits, settings } = this.#launch
    const { capital } = this.#running().ledger
    if (legsLimits == null || this.#legs.length === 1) return
    this.#risk = new LegsRisk(legsLimits, settings.timeZone, capital, stored)
  }

  /** The limits on the sum of the legs; null with one leg, and when there are none. */
  get risk(): LegsRisk | null {
    return this.#risk
  }

  /** Null until the instance has started for the first time. */
  get engine(): InstanceEngine | null {
    return this.#engine
  }

  /** How the instance finished by its own rule, null while it may trade. */
  get ended(): Ended | null {
    return this.#engine === null ? null : this.#ended
  }

  /** In the order of the instruments; empty until one is known. */
  get prices(): readonly MarketPrice[] {
    return this.#prices
  }

  get parameters(): Parameters {
    return this.#part.parameters
  }

  get adjusted(): Adjusted | null {
    return this.#part.adjusted
  }

  get strategy(): AnyStrategy {
    return this.#strategy
  }

  /** Number of the last account event booked; what a `hello` asks to continue from. */
  get lastSeq(): number {
    return this.lastSeqOf(0)
  }

  /** The same of another leg: each desk numbers its own events. */
  lastSeqOf(leg: number): number {
    return this.#engine?.lastSeqOf(leg) ?? 0
  }

  /** Whether something is not stored yet. */
  get isDirty(): boolean {
    return this.#isDirty
  }

  /**
   * Of several legs, fills that wants may rest on. After a power cut the desk that is back first would else trade its leg
   * against a position of the other that is older than what was acted on.
   */
  get mustBeDurable(): boolean {
    return this.#legs.length > 1 && this.#fillsUnsaved.length > 0
  }

  /** Price and fees of now; asked at each welcome of a leg, before begin or continue. */
  greet(leg: number, welcome: Welcome): void {
    this.#fees[leg] = welcome.fees
    if (this.#prices.length > leg) this.#prices = this.#prices.toSpliced(leg, 1, welcome.price)
  }

  /**
   * The first start of this life; nothing was begun when sentences come back.
   * @param welcomes of every leg, in their order
   */
  begin(welcomes: readonly Welcome[]): Refusals {
    const refusals = foundPositions(this.#launch, welcomes)
    if (refusals.length > 0) return refusals
    const { parameters } = this.#launch
    this.#prices = welcomes.map(({ price }) => price)
    const context = firstContext(this.#launch, welcomes)
    const objections = this.#strategy.check(parameters, context)
    if (objections.length > 0) return objections.map((objection) => objection.text)
    this.#ended = null
    const afterSeqs = welcomes.map(({ lastSeq }) => lastSeq)
    this.#engine = InstanceEngine.start(this.#strategy, parameters, context, afterSeqs)
    this.#watch(null)
    this.#part = { launched: parameters, parameters, adjusted: null }
    this.save(true)
    return []
  }

  /** Takes a running life up again; sentences say that a changed configuration was refused and the old one goes on. */
  continue(welcome: Welcome): {
    readonly output: EngineOutput | null
    readonly refusals: Refusals
  } {
    const parameters = this.#configured
    const { launched, adjusted } = this.#part
    const isConfigurationNew = !isSameParameters(parameters, launched)
    const isRevert = adjusted?.isTemporary === true
    if (!isConfigurationNew && !isRevert) return { output: null, refusals: [] }
    return this.reconfigure(parameters, Math.max(welcome.at, this.lastAt))
  }

  /**
   * Takes the parameters of a changed file over; sentences say that they are refused and the old ones go on.
   * @param at market time
   */
  reconfigure(
    parameters: Parameters,
    at: number,
  ): { readonly output: EngineOutput | null; readonly refusals: Refusals } {
    if (isSameParameters(parameters, this.#part.parameters)) {
      this.#configured = parameters
      this.#part = { launched: parameters, parameters, adjusted: null }
      this.#isDirty = true
      return { output: null, refusals: [] }
    }
    const refusals = this.#changeRefusals(parameters)
    if (refusals.length > 0) return { output: null, refusals }
    this.#configured = parameters
    const output = this.#command(parameters, at)
    this.#part = { launched: parameters, parameters, adjusted: null }
    this.save(true)
    return { output, refusals: [] }
  }

  /** What the venue changed since the first start so that stored integers mean something else; null = nothing. */
  scaleChange(leg: number, welcome: Welcome): string | null {
    const known = this.#engine?.instruments[leg]
    const { instrument } = welcome
    if (known === undefined) return null
    if (known.id !== instrument.id) {
      return `The instance trades ${known.id} since its first start and its file now names ${instrument.id}: give the new symbol an instance of its own.`
    }
    const key = scaleDifference(known, instrument)
    if (key === null) return this.#rateChange()
    const { instance } = this.#launch.settings
    const whole =
      this.#legs.length === 1
        ? 'its position'
        : `all ${this.#legs.length} legs, which nobody hedges now`
    return `${instrument.venue} changed ${key} of ${instrument.symbol} from ${known[key]} to ${instrument[key]}, so the books of ${instance} cannot go on: close ${whole} (perpfleet stop ${instance} --positions close; where a desk does not answer perpfleet close-all ${instance} --direct), archive ${this.#launch.dbPath} and start it anew.`
  }

  /** Books one event. Market prices are noted for status and reports. */
  apply(event: StrategyEvent): EngineOutput {
    const engine = this.#running()
    const isBooked = event.kind === 'fill' && event.seq > engine.lastSeqOf(this.#legOf(event))
    if (event.kind === 'candle' || event.kind === 'price')
      this.#notePrice(event.instrument, event.price)
    const output = engine.on(event)
    if (event.kind === 'fill' && isBooked) {
      this.#fillsUnsaved.push(storedFill(engine, event.seq, event.fill))
    }
    this.#isDirty = true
    return output
  }

  markStep(step: number): void {
    this.#running().markStep(step)
    this.#isDirty = true
  }

  /** Why the life that runs cannot go on with the parameters of a changed file. */
  #changeRefusals(parameters: Parameters): Refusals {
    const present = this.#part.parameters
    const fixed = Object.entries(this.#strategy.parameters)
      .filter(([key, schema]) => schema.isHot !== true && isChanged(key, present, parameters))
      .map(
        ([key]) =>
          `${key} is fixed at the first start of an instance; give the change an instance of its own.`,
      )
    return fixed.length > 0 ? fixed : this.tryParameters(parameters).refusals
  }

  /**
   * What other parameters would come to, tried on a copy. A strategy that refuses a command warns and changes nothing.
   */
  tryParameters(parameters: Parameters): {
    readonly refusals: Refusals
    readonly before: WholeWants
    readonly after: WholeWants
  } {
    const before = this.#running().wants()
    const objections = this.#strategy.check(parameters, this.#judgingContext())
    if (objections.length > 0) {
      return { refusals: objections.map((objection) => objection.text), before, after: before }
    }
    if (isSameParameters(parameters, this.#part.parameters)) {
      return { refusals: [], before, after: before }
    }
    const copy = this.#copy()
    const command = { name: 'adjust', parameters } as const
    const stateBefore = JSON.stringify(copy.stored().state)
    const output = copy.on({ kind: 'command', at: copy.lastAt, command })
    const warnings = output.notes.filter((note) => note.level === 'warn').map((note) => note.text)
    // One that takes them may warn of something else, e.g. that it begins to repair its legs.
    const isUnchanged = JSON.stringify(copy.stored().state) === stateBefore
    const isRefused = warnings.length > 0 && output.changes.length === 0 && isUnchanged
    return { refusals: isRefused ? warnings : [], before, after: copy.wants() }
  }

  /** Other parameters are judged as if the instance started with them now, holding nothing. */
  #judgingContext(): StrategyContext {
    const engine = this.#running()
    return {
      ...termsOf(this.#launch),
      ...this.#utilizations,
      at: engine.lastAt,
      instruments: engine.instruments,
      prices: this.#prices,
      positions: engine.instruments.map(() => quantity(0)),
      fees: engine.instruments.map(
        ({ makerFee: maker, takerFee: taker }, leg) => this.#fees[leg] ?? { maker, taker },
      ),
    }
  }

  /** Limits that were changed while it runs. @param further of the further legs, in their order */
  takeLimits(limits: RiskLimits, further: readonly RiskLimits[] = []): void {
    this.#limits = limits
    const all = [limits, ...further]
    if (this.#engine === null || all.length === 1 || all.length !== this.#legs.length) return
    const legUtilizations = all.map((one) => ratio(one.capitalUtilizationMax))
    this.#utilizations = { legUtilizations }
    this.#engine.takeTerms(this.#engine.ledger.capital, this.#utilizations)
    this.#isDirty = true
  }

  /** What a risk gate would judge an order by; the account's own limits are known to the desk alone. */
  reachState(): ReachState {
    const engine = this.#running()
    const [instrument] = engine.instruments
    const [prices] = this.#prices
    if (instrument === undefined || prices === undefined) throw new Error('no price is known')
    const { leverage } = this.#launch.settings
    const limits = this.#limits
    const equity = engine.ledger.equity(this.#prices)
    return { instrument, limits, leverage, equity, prices, position: engine.ledger.position }
  }

  /** Of the account, as told at the last welcome; before it, that of the instrument. */
  get takerFee(): Ratio {
    const [instrument] = this.#running().instruments
    const fee = this.#fees[0]?.taker ?? instrument?.takerFee
    if (fee === undefined) throw new Error('no instrument is known')
    return fee
  }

  #copy(): InstanceEngine {
    const text = JSON.stringify(this.#running().stored())
    return InstanceEngine.resume(this.#strategy, this.#part.parameters, JSON.parse(text))
  }

  /** Takes over parameters that were checked, and stores them durably. */
  adjust(adjusted: Adjusted): EngineOutput {
    const output = this.#command(adjusted.parameters, this.lastAt)
    this.#part = { ...this.#part, parameters: adjusted.parameters, adjusted }
    this.save(true)
    return output
  }

  /** The desk has ended the instance as its own rule asked. */
  end(ended: Ended): void {
    this.#ended = ended
    this.save(true)
  }

  /**
   * The strategy does not go on: what was stored last stays, with the number of the last event that it knows, so that
   * the next process hears what this one could not be told. The books go on in memory.
   */
  freeze(): void {
    this.#isFrozen = true
  }

  save(isDurable = false): void {
    if (this.#engine === null || this.#isFrozen) return
    const record: BotRecord = {
      ...this.#part,
      instance: this.#engine.stored(),
      ended: this.#ended,
      prices: this.#prices,
      ...(this.#risk === null ? {} : { legsRisk: this.#risk.stored }),
    }
    this.#store.save(record, this.#fillsUnsaved, isDurable)
    this.#fillsUnsaved = []
    this.#isDirty = false
  }

  lastFills(limit: number): readonly StoredFill[] {
    return [...this.#fillsUnsaved.toReversed(), ...this.#store.lastFills(limit)].slice(0, limit)
  }

  saveStatus(status: Json): void {
    this.#store.saveStatus(status)
  }

  get lastAt(): number {
    return this.#engine?.lastAt ?? 0
  }

  #command(parameters: Parameters, at: number): EngineOutput {
    return this.#running().on({ kind: 'command', at, command: { name: 'adjust', parameters } })
  }

  /** The place of the leg that a fill is of; that of an instance of one leg needs no look. */
  #legOf({ fill }: Extract<StrategyEvent, { kind: 'fill' }>): number {
    if (this.#legs.length === 1) return 0
    return this.#running().instruments.findIndex(({ id }) => id === fill.instrument)
  }

  #notePrice(instrument: string, price: MarketPrice): void {
    const index = this.#engine?.instruments.findIndex((known) => known.id === instrument) ?? -1
    if (index >= 0) this.#prices = this.#prices.toSpliced(index, 1, price)
  }

  #running(): InstanceEngine {
    if (this.#engine === null) throw new Error('the instance has not started')
    return this.#engine
  }
}

/** auto_price that is switched off leaves the range where it is, so it is no change by itself. */
function isChanged(key: string, present: Parameters, next: Parameters): boolean {
  if (key === 'auto_price' && next[key] === false) return false
  return !isSameParameters({ value: present[key] }, { value: next[key] })
}
