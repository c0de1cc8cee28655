/** Whose orders the venue's own numbers are. Only a cache: what it does not know is asked for. */
import type { ClientOrderId } from '../../../domain/order.ts'
import type { Row } from './exchange.ts'
import { clientIdOf, stopOf } from './reports.ts'

const KEPT_MAX = 10_000

export class OrderIds {
  /** By number of the order; null = nobody of ours. */
  readonly #orders = new Map<string, ClientOrderId | null>()
  /** By number of the stop. */
  readonly #stops = new Map<string, ClientOrderId | null>()
  /** Ids that are stops. */
  readonly #stopIds = new Set<ClientOrderId>()

  /** Of an ordinary order. @returns undefined when it must be asked for */
  of(row: Row): ClientOrderId | null | undefined {
    const own = clientIdOf(row)
    if (own !== null) return own
    const known = this.#orders.get(row['ordId'] ?? '')
    if (known !== undefined) return known
    const stop = stopOf(row)
    return stop === null ? undefined : this.#stops.get(stop)
  }

  learnOrder(ordId: string, clientId: ClientOrderId | null): void {
    if (ordId !== '') keep(this.#orders, ordId, clientId)
  }

  /** A stop as OKX reports it, with the order that it placed. */
  learnStop(row: Row): void {
    const { algoId = '', algoClOrdId = '', ordId = '' } = row
    const clientId = algoClOrdId === '' ? null : (algoClOrdId as ClientOrderId)
    if (algoId !== '') keep(this.#stops, algoId, clientId)
    if (clientId === null) return
    this.learnOrder(ordId, clientId)
    this.noteStop(clientId)
  }

  noteStop(clientId: ClientOrderId): void {
    this.#stopIds.add(clientId)
  }

  isStop(clientId: ClientOrderId): boolean {
    return this.#stopIds.has(clientId)
  }
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value)
  if (map.size <= KEPT_MAX) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
