/**
 * The socket to the desk: connects, and when the desk is gone connects again for ever, after 50 ms, doubling up to 250 ms.
 * A desk that took the bot resets the back-off.
 */
import { connect, type Socket } from 'node:net'
import type { Clock } from '../ports/clock.ts'
import type { BotToDesk } from '../protocol/desk-messages.ts'
import { encodeLine, LineReader, localSocketPath } from '../protocol/lines.ts'

export interface DeskLinkListener {
  connected(): void
  disconnected(reason: string): void
  /** All messages that one read of the socket completed. */
  receive(messages: readonly unknown[]): void
}

const BACKOFF_FIRST_MS = 50
// A local socket costs nothing to try, and every wait is time in which nobody trades.
const BACKOFF_MAX_MS = 250

export class DeskLink {
  readonly #path: string
  readonly #clock: Clock
  #listener: DeskLinkListener | null = null
  #socket: Socket | null = null
  #cancelRetry: (() => void) | null = null
  #backoffMs = BACKOFF_FIRST_MS
  #isClosed = false

  constructor(path: string, clock: Clock) {
    this.#path = path
    this.#clock = clock
  }

  open(listener: DeskLinkListener): void {
    this.#listener = listener
    this.#connect()
  }

  /** Writes a message; without a connection it is lost, for everything is said again after the next hello. */
  send(message: BotToDesk): void {
    this.#socket?.write(encodeLine(message))
  }

  /** Gives the connection up; the next one comes after the back-off. */
  reconnect(): void {
    this.#socket?.destroy()
  }

  /** Writes what waits and closes for good. */
  close(): void {
    this.#isClosed = true
    this.#cancelRetry?.()
    this.#socket?.end()
    this.#socket?.unref()
  }

  #connect(): void {
    const socket = connect(localSocketPath(this.#path, process.cwd()))
    const reader = new LineReader()
    let reason = 'closed by the desk'
    let hasSpoken = false
    socket.setEncoding('utf8')
    socket.on('connect', () => {
      this.#socket = socket
      this.#listener?.connected()
    })
    socket.on('data', (chunk: string) => {
      const messages = this.#read(reader, chunk, socket)
      // Any word but a refusal shows a desk that works.
      if (!hasSpoken && messages.some((message) => !isRefusal(message))) {
        hasSpoken = true
        this.#backoffMs = BACKOFF_FIRST_MS
      }
      this.#listener?.receive(messages)
    })
    socket.on('error', (error) => {
      reason = error.message
    })
    socket.on('close', () => this.#onClose(socket, reason))
  }

  #read(reader: LineReader, chunk: string, socket: Socket): readonly unknown[] {
    try {
      return reader.push(chunk)
    } catch (error) {
      socket.destroy(error instanceof Error ? error : undefined)
      return []
    }
  }

  #onClose(socket: Socket, reason: string): void {
    if (this.#socket === socket) {
      this.#socket = null
      if (!this.#isClosed) this.#listener?.disconnected(reason)
    }
    if (this.#isClosed) return
    this.#cancelRetry = this.#clock.after(this.#backoffMs, () => this.#connect())
    this.#backoffMs = Math.min(BACKOFF_MAX_MS, this.#backoffMs * 2)
  }
}

function isRefusal(message: unknown): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'refused'
  )
}
