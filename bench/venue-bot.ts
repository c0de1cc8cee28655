/** What the benches say to a desk in the place of a bot. */
import { connect, type Socket } from 'node:net'
import {
  type Instrument,
  lotsFor,
  minimumLots,
  priceStep,
  roundPrice,
} from '../src/domain/instrument.ts'
import { money, price, quantity } from '../src/domain/money.ts'
import type { RestingWant, WantChange } from '../src/domain/strategy.ts'
import {
  type BotToDesk,
  DESK_PROTOCOL_VERSION,
  type DeskInstanceSettings,
  type DeskToBot,
} from '../src/protocol/desk-messages.ts'
import { encodeLine, LineReader } from '../src/protocol/lines.ts'

export type Welcome = Extract<DeskToBot, { readonly type: 'welcome' }>

/** As the bot's own link to its desk (src/bot/desk-link.ts). */
const BACKOFF_FIRST_MS = 50
const BACKOFF_MAX_MS = 250
/** Below the market, so that nothing fills while it is measured. */
const BELOW = 0.9
const SLOTS = 400
/** Above the least order of every venue. */
const WORTH = money(20e8)

export const helloOf = (
  settings: DeskInstanceSettings,
  token: string,
  afterSeq: number,
): BotToDesk => ({
  type: 'hello',
  version: DESK_PROTOCOL_VERSION,
  token,
  afterSeq,
  settings,
})

export const wantsLine = (changes: readonly WantChange[], replace = false): string =>
  encodeLine({
    type: 'wants',
    basisSeq: 0,
    step: null,
    replace,
    changes,
    wakes: null,
    finish: null,
  } satisfies BotToDesk)

/** A small buy far below the market; another slot and price for each index. */
export function restingWant({ instrument, price: known }: Welcome, index: number): RestingWant {
  const around = Math.round(known.last * BELOW)
  const at = roundPrice(instrument, price(around - stepsBelow(instrument, around, index)), 'floor')
  return {
    slot: `B${index}`,
    instrument: instrument.id,
    side: 'buy',
    price: at,
    quantity: quantity(Math.max(minimumLots(instrument, at), lotsFor(instrument, at, WORTH))),
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  }
}

const stepsBelow = (instrument: Instrument, around: number, index: number): number =>
  priceStep(instrument, price(around)) * (index % SLOTS)

/** Keeps its wants at a desk that may be killed: connects again as a bot does, and says everything anew. */
export class PlayedBot {
  readonly #path: string
  readonly #hello: BotToDesk
  #wants: readonly WantChange[] = []
  #socket: Socket | null = null
  #timer: NodeJS.Timeout | null = null
  #backoffMs = BACKOFF_FIRST_MS
  #isClosed = false
  welcome: Welcome | null = null
  /** What a desk refused last, for the message of a bench that fails. */
  refused: string | null = null

  constructor(path: string, settings: DeskInstanceSettings, token: string) {
    this.#path = path
    this.#hello = helloOf(settings, token, 0)
  }

  open(): void {
    const socket = connect(this.#path)
    const reader = new LineReader()
    socket.setEncoding('utf8')
    socket.on('connect', () => void socket.write(encodeLine(this.#hello)))
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      for (const message of reader.push(String(chunk))) this.#on(socket, message as DeskToBot)
    })
    socket.on('close', () => this.#retry())
    this.#socket = socket
  }

  #on(socket: Socket, message: DeskToBot): void {
    if (message.type === 'refused') this.refused = message.text
    if (message.type !== 'welcome') return
    this.#backoffMs = BACKOFF_FIRST_MS
    this.welcome = message
    socket.write(wantsLine(this.#wants, true))
  }

  #retry(): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => this.open(), this.#backoffMs)
    this.#backoffMs = Math.min(BACKOFF_MAX_MS, this.#backoffMs * 2)
  }

  /** All of them, from now on and to every desk that comes. */
  want(wants: readonly RestingWant[]): void {
    this.#wants = wants.map((want) => ({ kind: 'rest', want }))
    this.#socket?.write(wantsLine(this.#wants, true))
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#socket?.destroy()
  }
}
