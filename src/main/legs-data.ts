/** The recorded markets of an instance of several legs; a leg without candles may trade at the prices of another. */
import type { HistoryFolder } from '../adapters/history/history-folder.ts'
import { makeReplayInstrument } from '../adapters/history/replay-instrument.ts'
import { legsBacktestMessages as m } from '../cli/messages/legs-backtest.ts'
import { sentence } from '../cli/speech.ts'
import {
  type FundingColumns,
  formatSetName,
  type RecordedMarket,
  type SetName,
} from '../domain/history.ts'
import { HistoryError } from '../ports/history.ts'
import { JobError } from './job-command.ts'

export interface LegData {
  readonly market: RecordedMarket
  /** The set whose candles stand in for its own; null = its own. */
  readonly pricesFrom: string | null
}

/** Nobody lends, another leg does, or the set that is named. */
export type Lending = 'none' | 'leg' | SetName

/**
 * @param lending what a leg without candles takes: those of the first leg that has some, or of a named set
 * @throws JobError, HistoryError
 */
export function loadLegs(
  history: HistoryFolder,
  names: readonly SetName[],
  lending: Lending,
): readonly LegData[] {
  const found = names.map((name, index) => loadOwn(history, name, index, lending))
  const from = typeof lending === 'string' ? names[found.findIndex(isFound)] : lending
  const lent = from === undefined || found.every(isFound) ? null : history.load(from)
  return names.map((name, index): LegData => {
    const market = found[index] ?? null
    if (market !== null) return { market, pricesFrom: null }
    if (lent === null || from === undefined)
      throw new JobError(3, sentence(m.nothingToBorrow, { timeframe: name.timeframe.text }))
    return {
      market: withPricesOf(lent, name, fundingOf(history, name)),
      pricesFrom: formatSetName({ ...from, from: null, to: null }),
    }
  })
}

const isFound = (market: RecordedMarket | null): boolean => market !== null

function loadOwn(
  history: HistoryFolder,
  name: SetName,
  index: number,
  lending: Lending,
): RecordedMarket | null {
  try {
    return history.load(name)
  } catch (error) {
    if (!(error instanceof HistoryError) || error.kind !== 'not_found') throw error
    if (lending !== 'none') return null
    const set = formatSetName({ ...name, from: null, to: null })
    throw new JobError(3, sentence(m.noCandles, { leg: index + 1, set }))
  }
}

function fundingOf(history: HistoryFolder, { venue, symbol }: SetName): FundingColumns | null {
  const stored = history.read({ kind: 'funding', venue, symbol, timeframe: null })
  return (stored?.columns as unknown as FundingColumns | undefined) ?? null
}

/** The contract of a leg at the prices and volumes of another; its funding is its own, its mark is the last price. */
export function withPricesOf(
  lent: RecordedMarket,
  { venue, symbol }: Pick<SetName, 'venue' | 'symbol'>,
  funding: FundingColumns | null,
): RecordedMarket {
  const { priceDecimals, quantityDecimals, lotSize } = lent.instrument
  const scale = { priceDecimals, quantityDecimals, lotSize }
  const instrument = makeReplayInstrument(venue, symbol, scale, null)
  return { ...lent, instrument, funding, mark: null }
}
