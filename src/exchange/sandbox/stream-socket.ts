/** One WebSocket of the sandbox: latency both ways, and the faults of streams on what is sent. */
import type { RawData, WebSocket } from 'ws'
import type { Clock } from '../../ports/clock.ts'
import type { FaultPlan, Scene } from './faults.ts'
import type { FrontConnection, FrontSocket, SandboxVenue } from './front.ts'

/** A reader that lets this much pile up is cut off, as venues do. */
const UNREAD_BYTES_MAX = 16 * 1024 * 1024

export interface StreamParts {
  readonly venue: SandboxVenue
  readonly faults: FaultPlan
  readonly clock: Clock
  /** One way. */
  readonly latencyMs: number
  readonly deliver: () => void
  readonly onError: (error: unknown) => void
}

export class StreamSocket implements FrontSocket {
  readonly #socket: WebSocket
  readonly #parts: StreamParts
  readonly #scene: Scene
  readonly #openedMs: number
  /** A message that is sent after the next one. */
  #heldBack: string | null = null

  constructor(socket: WebSocket, parts: StreamParts) {
    this.#socket = socket
    this.#parts = parts
    this.#scene = { venue: parts.venue, endpoint: 'stream' }
    this.#openedMs = parts.clock.monotonicMs()
    socket.on('error', () => socket.terminate())
  }

  ageMs(): number {
    return this.#parts.clock.monotonicMs() - this.#openedMs
  }

  /** Hands in everything that the client says. */
  serve(connection: FrontConnection): void {
    const hand = (act: () => void) => this.#later(act)
    this.#socket.on('message', (data: RawData, isBinary) => {
      if (isBinary) return
      hand(() => {
        connection.onMessage(data.toString())
        this.#parts.deliver()
      })
    })
    this.#socket.on('ping', (data: Buffer) =>
      hand(() => {
        if (this.#isSilent()) return
        if (this.#socket.readyState === this.#socket.OPEN) this.#socket.pong(data)
        connection.onPing()
      }),
    )
    this.#socket.on('pong', () => hand(() => connection.onPong()))
    this.#socket.on('close', () => hand(() => connection.onClose()))
  }

  send(text: string): void {
    const { faults } = this.#parts
    if (this.#isSilent() || faults.strike('ws_drop', this.#scene) !== null) return
    if (this.#heldBack === null && faults.strike('ws_reorder', this.#scene) !== null) {
      this.#heldBack = text
      return
    }
    this.#later(() => this.#write(text))
    if (this.#heldBack !== null) {
      const late = this.#heldBack
      this.#heldBack = null
      this.#later(() => this.#write(late))
    }
    if (faults.strike('ws_duplicate', this.#scene) !== null) this.#later(() => this.#write(text))
  }

  ping(): void {
    if (this.#isSilent()) return
    this.#later(() => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
    })
  }

  close(code: number, reason: string): void {
    this.#later(() => this.#socket.close(code, reason))
  }

  /** Ends it at once, whatever is under way. */
  cut(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  /** Half open: the socket stands, nothing comes any more, not even an answer to a ping. */
  #isSilent(): boolean {
    return this.#parts.faults.holding('ws_silent', this.#scene) !== null
  }

  #write(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.send(text)
    if (this.#socket.bufferedAmount > UNREAD_BYTES_MAX) this.#socket.terminate()
  }

  #later(act: () => void): void {
    const guarded = () => {
      try {
        act()
      } catch (error) {
        this.#parts.onError(error)
      }
    }
    if (this.#parts.latencyMs <= 0) guarded()
    else this.#parts.clock.after(this.#parts.latencyMs, guarded)
  }
}
