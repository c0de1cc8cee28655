/** What the exchange's own books say of instances: the proof that something is flat, read without asking any program. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { until } from '../integration/fleet-home.ts'
import type { FleetFile } from './fleet-files.ts'
import type { DrillHome } from './fleet-home.ts'

export interface Book {
  /** Signed lots, as the exchange holds them. */
  readonly position: number
  /** Signed lots, as the exchange's fills add up. */
  readonly filled: number
  readonly open: number
  /** Orders ever accepted. */
  readonly orders: number
}

type Row = Record<string, string | number | null>

/** The books of some instances, each on a contract of its own; absent accounts are empty. */
export function booksOf(home: DrillHome, files: readonly FleetFile[]): ReadonlyMap<string, Book> {
  const path = join(home.dir, 'database', 'exchange.db')
  const database = new DatabaseSync(path, { readOnly: true, timeout: 3000 })
  try {
    database.exec('BEGIN')
    return new Map(files.map((file) => [file.id, bookOf(database, file)]))
  } finally {
    database.close()
  }
}

function bookOf(database: DatabaseSync, { venue, base }: FleetFile): Book {
  const account = `${venue}/main`
  const instrument = `${venue}:${base}/USDC:USDC`
  const one = (sql: string, ...given: string[]): Row =>
    (database.prepare(sql).get(...given) as Row | undefined) ?? {}
  const orders = one(
    `SELECT count(*) AS orders, count(*) FILTER (WHERE status = 'open') AS open FROM orders
     WHERE account = ? AND json_extract(request, '$.instrument') = ?`,
    account,
    instrument,
  )
  const fills = one(
    `SELECT sum(CASE json_extract(body, '$.fill.side') WHEN 'buy' THEN 1 ELSE -1 END
       * json_extract(body, '$.fill.quantity')) AS filled
     FROM events WHERE account = ? AND json_extract(body, '$.kind') = 'fill'
       AND json_extract(body, '$.fill.instrument') = ?`,
    account,
    instrument,
  )
  const state = one('SELECT body FROM state WHERE key = ?', JSON.stringify(['accounts', account]))
  const held = JSON.parse(String(state['body'] ?? '{}')) as {
    readonly holdings?: Readonly<Record<string, { position: { quantity: number } }>>
  }
  return {
    position: held.holdings?.[instrument]?.position.quantity ?? 0,
    filled: Number(fills['filled'] ?? 0),
    open: Number(orders['open'] ?? 0),
    orders: Number(orders['orders'] ?? 0),
  }
}

export const isFlat = ({ position, filled, open }: Book): boolean =>
  position === 0 && filled === 0 && open === 0

/** Waits until every one of them holds a position and has orders at the exchange. */
export function untilExposed(home: DrillHome, files: readonly FleetFile[]): Promise<void> {
  return until(
    'positions and orders at the exchange',
    () => [...booksOf(home, files).values()].every((one) => one.position !== 0 && one.open > 0),
    120_000,
  )
}

/** @returns ms until the exchange's books show nothing of them, null when that takes too long */
export async function untilFlat(
  home: DrillHome,
  files: readonly FleetFile[],
  from: number,
  limitMs = 60_000,
): Promise<number | null> {
  while (![...booksOf(home, files).values()].every(isFlat)) {
    if (performance.now() - from > limitMs) return null
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return performance.now() - from
}
