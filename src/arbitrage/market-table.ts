/**
 * The books of all contracts that are compared, and what was found for each pair. An update brings only those pairs up to date
 * that its contract is part of. A book that is stale, crossed, empty or lost gives no finding with figures.
 */
import { crossRate } from '../domain/arbitrage/conversion.ts'
import {
  assessBoth,
  type LegMarket,
  type Refusal,
  takerFees,
} from '../domain/arbitrage/opportunity.ts'
import {
  type BookState,
  bookRefusal,
  type Finding,
  type Pair,
  pairsOf,
  type ScanSettings,
} from '../domain/arbitrage/scan.ts'
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { FundingTerms, MarketBook } from '../domain/market.ts'
import { RATIO_SCALE, type Ratio, ratio } from '../domain/money.ts'

/** The currency of the results: what the rates of the configuration count in. */
export const RESULT_CURRENCY = 'USD'
const ONE = { [RESULT_CURRENCY]: ratio(RATIO_SCALE) }

/** What is known of one contract; written by the table alone. */
export interface ContractState extends BookState {
  book: MarketBook | null
  at: number
  readonly instrument: InstrumentId
  readonly contract: Instrument
  /** Worth of its settlement currency in the common one; null = no rate is given. */
  readonly rate: Ratio | null
  funding: FundingTerms | null
  fundingAt: number
}

export interface PairState {
  readonly pair: Pair
  readonly legs: readonly [ContractState, ContractState]
  finding: Finding
}

export interface MarketTableParts {
  readonly settings: ScanSettings
  /** The clock of a venue, ms. */
  readonly venueNow: (venue: string) => number
  readonly wallMs: () => number
}

const NO_EDGE_YET: readonly Refusal[] = []

export class MarketTable {
  readonly #parts: MarketTableParts
  readonly #contracts = new Map<InstrumentId, ContractState>()
  readonly #pairs = new Map<string, PairState>()
  readonly #touched = new Map<InstrumentId, PairState[]>()

  constructor(parts: MarketTableParts) {
    this.#parts = parts
  }

  get contracts(): Iterable<ContractState> {
    return this.#contracts.values()
  }

  get pairs(): Iterable<PairState> {
    return this.#pairs.values()
  }

  get pairCount(): number {
    return this.#pairs.size
  }

  /** Contracts that are compared from now on; what is known of those that were there already is kept. */
  setContracts(contracts: readonly Instrument[]): void {
    for (const contract of contracts)
      if (!this.#contracts.has(contract.id)) this.#contracts.set(contract.id, this.#state(contract))
    this.#pairs.clear()
    this.#touched.clear()
    for (const pair of pairsOf([...this.#contracts.values()].map(({ contract }) => contract)))
      this.#addPair(pair)
  }

  #state(contract: Instrument): ContractState {
    return {
      instrument: contract.id,
      contract,
      book: null,
      at: 0,
      rate: crossRate({ ...ONE, ...this.#parts.settings.rates }, contract.settle, RESULT_CURRENCY),
      funding: null,
      fundingAt: 0,
    }
  }

  #addPair(pair: Pair): void {
    const legs = pair.legs.map(({ id }) => this.#contracts.get(id)) as [
      ContractState,
      ContractState,
    ]
    const assessment = { opportunity: null, reasons: NO_EDGE_YET }
    const state: PairState = { pair, legs, finding: { pair, at: 0, assessment } }
    this.#pairs.set(pair.id, state)
    for (const { instrument } of legs) {
      const touched = this.#touched.get(instrument)
      if (touched === undefined) this.#touched.set(instrument, [state])
      else touched.push(state)
    }
    this.#compare(state)
  }

  /** @returns whether the contract is compared at all */
  setBook(id: InstrumentId, book: MarketBook | null, at: number): boolean {
    const state = this.#contracts.get(id)
    if (state === undefined) return false
    state.book = book
    // A book that is told again later with an older stamp says nothing new of the time.
    if (book !== null) state.at = Math.max(state.at, at)
    for (const pair of this.#touched.get(id) ?? []) this.#compare(pair)
    return true
  }

  setFunding(id: InstrumentId, terms: FundingTerms, at: number): void {
    const state = this.#contracts.get(id)
    if (state === undefined) return
    state.funding = terms
    state.fundingAt = at
    for (const pair of this.#touched.get(id) ?? []) this.#compare(pair)
  }

  /** Takes out what has become stale since its last update. @returns pairs that changed */
  refresh(): number {
    let changed = 0
    for (const state of this.#pairs.values()) {
      const isFresh = this.#refusals(state).length === 0
      if (isFresh === (state.finding.assessment.opportunity !== null)) continue
      this.#compare(state)
      changed += 1
    }
    return changed
  }

  #refusals({ legs }: PairState): readonly Refusal[] {
    const { settings, venueNow } = this.#parts
    const found: Refusal[] = []
    for (const leg of legs) {
      const { contract, rate, instrument } = leg
      const refusal = bookRefusal(leg, venueNow(contract.venue), settings.ageMaxMs)
      if (refusal !== null) found.push(refusal)
      if (rate === null)
        found.push({ code: 'no_rate', instrument, found: 0, needed: 0, unit: 'none' })
    }
    return found
  }

  #compare(state: PairState): void {
    const at = this.#parts.wallMs()
    const reasons = this.#refusals(state)
    const assessment = reasons.length > 0 ? { opportunity: null, reasons } : this.#assess(state)
    state.finding = { pair: state.pair, at, assessment }
  }

  #assess({ legs: [one, other] }: PairState) {
    const { settings, venueNow } = this.#parts
    const { notional, slippage, edgeMin, edgeMax, holdingMs } = settings
    const from = Math.max(venueNow(one.contract.venue), venueNow(other.contract.venue))
    return assessBoth(legOf(one), legOf(other), {
      wanted: { notional },
      slippage,
      exitBasis: ratio(0),
      span: { from, until: from + holdingMs },
      edgeMin,
      edgeMax,
      isFundingNeeded: false,
    })
  }
}

const EMPTY: MarketBook = { bids: [], asks: [] }

function legOf({ contract, book, funding, rate }: ContractState): LegMarket {
  return {
    instrument: contract,
    book: book ?? EMPTY,
    funding,
    fees: takerFees(contract),
    leverage: 1,
    marginFree: null,
    settleRate: rate ?? (RATIO_SCALE as Ratio),
  }
}
