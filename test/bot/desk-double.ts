/** A desk for tests: the real protocol over a real socket, an account whose fills the test decides. */
import { createServer, type Server, type Socket } from 'node:net'
import type { NumberedEvent } from '../../src/domain/account-event.ts'
import { price, quantity } from '../../src/domain/money.ts'
import type { RestingWant } from '../../src/domain/strategy.ts'
import type { BotToDesk, ControlToDesk, DeskToBot } from '../../src/protocol/desk-messages.ts'
import { encodeLine, LineReader } from '../../src/protocol/lines.ts'
import { applyChanges, fillOf, START } from './recorded-run.ts'
import { SOL } from './tiny-strategy.ts'

export type Hello = Extract<BotToDesk, { type: 'hello' }>
export type WantsMessage = Extract<BotToDesk, { type: 'wants' }>

export const DESK_TOKEN = 'token-of-the-desk-double'

export class DeskDouble {
  readonly path: string
  readonly slots = new Map<string, RestingWant>()
  readonly events: NumberedEvent[] = []
  readonly hellos: Hello[] = []
  readonly wants: WantsMessage[] = []
  readonly controls: ControlToDesk[] = []
  heartbeats = 0
  byes: string[] = []
  position = 0
  last = 10_001
  pace: 'free' | 'lockstep' | undefined = 'free'
  /** Said instead of a welcome. */
  refusal: Extract<DeskToBot, { type: 'refused' }> | null = null
  /** A step that is handed out again after each welcome. */
  step: { readonly step: number; readonly market: readonly DeskToBot[] } | null = null
  #server: Server | null = null
  #bot: Socket | null = null
  readonly #sockets = new Set<Socket>()
  readonly #waiting = new Set<() => void>()

  constructor(path: string) {
    this.path = path
  }

  listen(): Promise<void> {
    this.#server = createServer((socket) => this.#accept(socket))
    return new Promise((resolve) => this.#server?.listen(this.path, resolve))
  }

  /** The process of the desk dies. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#bot = null
    return new Promise((resolve) => this.#server?.close(() => resolve()) ?? resolve())
  }

  send(...messages: readonly DeskToBot[]): void {
    this.#bot?.write(messages.map(encodeLine).join(''))
  }

  /** Books a fill of a slot and hands it out when a bot is there. */
  fill(slot: string, lots: number): NumberedEvent {
    const want = this.slots.get(slot)
    if (want === undefined) throw new Error(`${slot} does not rest: ${[...this.slots.keys()]}`)
    const event = fillOf(want, this.events.length + 1, lots)
    this.events.push(event)
    this.position += (want.side === 'buy' ? 1 : -1) * lots
    this.send({ type: 'account', events: [event] })
    return event
  }

  tick(last: number, at = START + 1_000_000): void {
    this.last = last
    this.send({
      type: 'market',
      step: null,
      events: [
        { kind: 'price', at, instrument: SOL.id, price: { last: price(last), mark: price(last) } },
      ],
    })
  }

  /** Resolves when the condition holds, looked at after each message. */
  async until(what: string, condition: () => boolean, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`not in time: ${what}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20)
        this.#waiting.add(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  #accept(socket: Socket): void {
    const reader = new LineReader()
    this.#sockets.add(socket)
    socket.setEncoding('utf8')
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (chunk: string) => {
      for (const message of reader.push(chunk))
        this.#handle(socket, message as BotToDesk | ControlToDesk)
      for (const wake of this.#waiting) wake()
      this.#waiting.clear()
    })
  }

  #handle(socket: Socket, message: BotToDesk | ControlToDesk): void {
    if (message.type === 'hello') return this.#hello(socket, message)
    if (message.type === 'heartbeat') this.heartbeats += 1
    if (message.type === 'bye') this.byes.push(message.reason)
    if (message.type === 'control') {
      this.controls.push(message)
      socket.write(
        encodeLine({ type: 'answer', id: message.id, ok: true, result: { mode: 'paused' } }),
      )
    }
    if (message.type !== 'wants') return
    this.wants.push(message)
    if (message.replace) this.slots.clear()
    applyChanges(this.slots, message.changes)
  }

  #hello(socket: Socket, hello: Hello): void {
    this.hellos.push(hello)
    this.#bot = socket
    if (this.refusal !== null) return this.send(this.refusal)
    const { pace, last } = this
    const events = this.events.filter((event) => event.seq > hello.afterSeq)
    this.send(
      {
        type: 'welcome',
        version: 1,
        instrument: SOL,
        price: { last: price(last), mark: price(last) },
        at: START,
        fees: { maker: SOL.makerFee, taker: SOL.takerFee },
        position: quantity(this.position),
        mode: 'running',
        feed: 'demo ×60',
        lastSeq: this.events.length,
        ...(pace === undefined ? {} : { pace }),
      },
      { type: 'account', events },
      ...(this.step === null
        ? []
        : [...this.step.market, { type: 'step', step: this.step.step, at: START } as const]),
    )
  }
}
