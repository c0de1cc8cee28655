/**
 * What the sandbox keeps besides the exchange's books: the venue's own order numbers, histories as a client may ask for them,
 * settings. Synchronous; each commit is one transaction, after the books' own.
 */
import type { Json } from '../domain/strategy.ts'

/** A row of one of the three tables; `body` is what the sandbox made of it. */
export interface SandboxRow {
  readonly kind: 'order' | 'fill' | 'payment'
  readonly id: number
  /** `{venue}/{account}`. */
  readonly account: string
  readonly instrument: string
  /** Orders: the client's id; '' = none. Fills: the number of their order as text. Payments: funding or cash. */
  readonly link: string
  /** Orders: whether it is open. */
  readonly isOpen: boolean
  /** Market time as shown, ms: of the last change. */
  readonly at: number
  readonly body: Json
}

export interface SandboxRowQuery {
  readonly kind: SandboxRow['kind']
  readonly account: string
  readonly instrument?: string
  readonly link?: string
  readonly isOpen?: boolean
  /** Exclusive. */
  readonly beforeId?: number
  readonly afterId?: number
  /** Inclusive. */
  readonly from?: number
  readonly until?: number
  readonly limit: number
}

export interface SandboxStore {
  /** A setting or a place in a stream; null = never written. */
  note(key: string): Json
  /** Rows replace those of the same kind and id. */
  commit(rows: readonly SandboxRow[], notes: Readonly<Record<string, Json>>): void
  row(kind: SandboxRow['kind'], id: number): SandboxRow | null
  /** Newest (highest id) first. */
  rows(query: SandboxRowQuery): readonly SandboxRow[]
  /** The highest id over all kinds; 0 = none. */
  lastId(): number
  close(): void
}
