/** A market whose columns every worker reads in place. */
import { createHash } from 'node:crypto'
import type { Column, RecordedMarket } from '../domain/history.ts'

/** Columns that do not lie in shared memory yet are copied there once. */
export function sharedMarket(market: RecordedMarket): RecordedMarket {
  const { candles, funding, mark } = market
  return {
    ...market,
    candles: sharedColumns(candles),
    funding: funding && sharedColumns(funding),
    mark: mark && sharedColumns(mark),
  }
}

function sharedColumns<Columns extends object>(columns: Columns): Columns {
  const pairs = Object.entries(columns).map(([name, column]) => [name, sharedColumn(column)])
  return Object.fromEntries(pairs) as Columns
}

function sharedColumn(column: Column): Column {
  if (column.buffer instanceof SharedArrayBuffer) return column
  const buffer = new SharedArrayBuffer(column.byteLength)
  const copy = column instanceof Int32Array ? new Int32Array(buffer) : new Float64Array(buffer)
  copy.set(column)
  return copy
}

/** SHA-256 over the contract and every column, hex: the same data, the same text. */
export function marketHash(market: RecordedMarket): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([market.instrument, market.timeframeMs]))
  for (const columns of [market.candles, market.funding, market.mark]) {
    for (const [name, column] of Object.entries(columns ?? {}) as [string, Column][]) {
      hash.update(name)
      hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
    }
  }
  return hash.digest('hex')
}
