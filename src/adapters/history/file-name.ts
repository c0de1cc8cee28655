/** What the name of a file of Freqtrade says about its content: BTC_USDT_USDT-1h-futures.json, -mark.json, -funding_rate.json. */
import { basename } from 'node:path'
import type { SeriesKind } from '../../ports/history.ts'

export interface NamedContent {
  /** ccxt's unified symbol; null for candles of a spot market: a contract must be named for them. */
  readonly symbol: string | null
  readonly isSpot: boolean
  readonly timeframe: string
  readonly kind: SeriesKind
}

const NAME =
  /^([A-Z0-9]+)_([A-Z0-9]+)(?:_([A-Z0-9]+))?-(\d+[smhdw])(?:-(futures|mark|funding_rate))?\.json(?:\.gz)?$/

/** null when the file is not named like one of Freqtrade. */
export function freqtradeName(file: string): NamedContent | null {
  const match = NAME.exec(basename(file))
  if (!match) return null
  const [, base = '', quote = '', settle, timeframe = '', suffix] = match
  const symbol = settle === undefined ? null : `${base}/${quote}:${settle}`
  const kind = suffix === 'mark' ? 'mark' : suffix === 'funding_rate' ? 'funding' : 'candles'
  return { symbol, isSpot: settle === undefined, timeframe, kind }
}
