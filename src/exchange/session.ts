/** One connection to the exchange: framing, the wire's latency, and who speaks. */
import type { Socket } from 'node:net'
import type { Clock } from '../ports/clock.ts'
import type { ExchangeToDesk } from '../protocol/exchange-messages.ts'
import { encodeLine, LineReader } from '../protocol/lines.ts'

/** A reader that lets this much pile up is cut off; it finds everything again by its questions. */
const UNREAD_BYTES_MAX = 32 * 1024 * 1024

export class Session {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #latencyMs: number
  readonly #reader = new LineReader()
  #isClosed = false
  /** Null until `hello`, and for control programs. */
  account: { readonly venue: string; readonly account: string } | null = null
  isWelcome = false
  isSubscribed = false
  readonly instances = new Set<string>()

  constructor(socket: Socket, clock: Clock, latencyMs: number) {
    this.#socket = socket
    this.#clock = clock
    this.#latencyMs = latencyMs
    socket.setEncoding('utf8')
  }

  /** `{venue}/{account}`, or null when the connection speaks for no account. */
  get key(): string | null {
    return this.account === null ? null : `${this.account.venue}/${this.account.account}`
  }

  /**
   * Hands in every message, after the wire's latency; what is on the wire arrives even when the sender has gone.
   * Timers of one length end in the order of their beginning, so the order of messages is kept.
   */
  listen(onMessage: (message: unknown) => void, onClosed: (reason: string) => void): void {
    let reason = 'the other side has closed the connection'
    this.#socket.on('data', (chunk: string) => {
      try {
        for (const message of this.#reader.push(chunk)) this.#delayed(() => onMessage(message))
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
        this.#socket.destroy()
      }
    })
    this.#socket.on('error', (error) => {
      reason = error.message
    })
    this.#socket.on('close', () => {
      this.#isClosed = true
      onClosed(reason)
    })
  }

  send(message: ExchangeToDesk): void {
    this.#delayed(() => this.#write(message))
  }

  /** Sends what waits, then closes. */
  close(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #write(message: ExchangeToDesk): void {
    if (this.#isClosed) return
    this.#socket.write(encodeLine(message))
    if (this.#socket.writableLength > UNREAD_BYTES_MAX) this.#socket.destroy()
  }

  #delayed(act: () => void): void {
    if (this.#latencyMs === 0) act()
    else this.#clock.after(this.#latencyMs, act)
  }
}
