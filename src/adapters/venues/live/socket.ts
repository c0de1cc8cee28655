/** ccxt's socket as dialects drive it that subscribe with frames of their own. */
import type { CcxtClient, CcxtExchange } from './ccxt-class.ts'

export interface DrivenSocket extends CcxtClient {
  connect(): Promise<unknown>
  send(message: unknown): Promise<unknown>
  /** Absent until the first `connect`. */
  readonly connection?: {
    ping(): void
    terminate(): void
    once(event: 'pong', listener: () => void): unknown
  }
}

/** The socket of a URL, not connected yet when it is new. */
export const socketOf = (exchange: CcxtExchange, url: string): DrivenSocket =>
  exchange.client(url) as DrivenSocket

/** What was sent before a ping has been read by the venue when its pong comes, also where subscriptions are not acknowledged. */
export function pong(socket: DrivenSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.connection?.once('pong', resolve)
    socket.connection?.ping()
  })
}
