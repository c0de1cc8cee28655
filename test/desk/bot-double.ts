/** A grid of cells as a bot would hold it, small enough to check by eye: it speaks the desk's protocol. */

import type { AccountDesk } from '../../src/desk/account-desk.ts'
import type { BotLink, InstanceEntry } from '../../src/desk/instance-entry.ts'
import { price, quantity } from '../../src/domain/money.ts'
import type { WantChange } from '../../src/domain/strategy.ts'
import type { DeskInstanceSettings, DeskToBot } from '../../src/protocol/desk-messages.ts'
import { testInstrument } from '../support/fault-venue.ts'
import type { VirtualClock } from '../support/virtual-clock.ts'

export const LINES = [14_700, 14_800, 14_900, 15_000, 15_100, 15_200, 15_300]
export const CELL_LOTS = 100
const RETRY_MS = 500

/** What the bot has stored; it survives a kill. */
export interface BotDisk {
  x: number[]
  seq: number
  /** Fills of targets and of unknown lines, signed. */
  other: number
}

export const newBotDisk = (): BotDisk => ({
  x: LINES.slice(1).map((_, i) => (i >= 3 ? CELL_LOTS : 0)),
  seq: 0,
  other: 0,
})

export class BotDouble implements BotLink {
  readonly disk: BotDisk
  readonly #settings: DeskInstanceSettings
  readonly #clock: VirtualClock
  #desk: AccountDesk | null = null
  #entry: InstanceEntry | null = null
  #hasWelcome = false
  isDead = false
  reasons: Readonly<Record<string, string>> = {}

  constructor(disk: BotDisk, settings: DeskInstanceSettings, clock: VirtualClock) {
    this.disk = disk
    this.#settings = settings
    this.#clock = clock
  }

  async connect(desk: AccountDesk): Promise<void> {
    this.#desk = desk
    const settings = this.#settings
    const hello = {
      type: 'hello',
      version: 1,
      token: '',
      settings,
      afterSeq: this.disk.seq,
    } as const
    try {
      this.#entry = await desk.hello(this, hello)
    } catch {
      // A desk whose venue does not answer takes no new instance: a bot knocks again.
      this.#clock.after(RETRY_MS, () => {
        if (!this.isDead && this.#desk === desk) void this.connect(desk)
      })
      return
    }
    this.#sendAll()
    const beat = (): void => {
      if (this.isDead || this.#desk !== desk) return
      if (this.#entry) desk.heartbeat(this.#entry)
      this.#clock.after(1000, beat)
    }
    beat()
  }

  #sendAll(): void {
    if (!this.#hasWelcome || !this.#desk || !this.#entry) return
    const changes: WantChange[] = []
    for (let i = 0; i < this.disk.x.length; i++) changes.push(...this.#cellWants(i))
    this.#send(
      true,
      changes.filter((change) => change.kind === 'rest'),
    )
  }

  #cellWants(i: number): WantChange[] {
    const x = this.disk.x[i] ?? 0
    return [
      this.#want('buy', LINES[i] ?? 0, CELL_LOTS - x),
      this.#want('sell', LINES[i + 1] ?? 0, x),
    ]
  }

  #want(side: 'buy' | 'sell', at: number, lots: number): WantChange {
    const slot = `${side === 'buy' ? 'B' : 'S'}${at}`
    if (lots === 0) return { kind: 'drop', slot }
    const want = {
      slot,
      instrument: testInstrument.id,
      side,
      price: price(at),
      quantity: quantity(lots),
      isPostOnly: true,
      isReduceOnly: false,
      trigger: null,
    }
    return { kind: 'rest', want }
  }

  #send(replace: boolean, changes: WantChange[]): void {
    if (!this.#desk || !this.#entry || this.isDead) return
    this.#desk.wants(this.#entry, {
      type: 'wants',
      basisSeq: this.disk.seq,
      step: null,
      replace,
      changes,
      wakes: null,
      finish: null,
    })
  }

  send(message: DeskToBot): void {
    // A message takes a moment, so that the desk can act between sending and the answer.
    this.#clock.after(1, () => this.#on(message))
  }

  #on(message: DeskToBot): void {
    if (this.isDead) return
    if (message.type === 'welcome') {
      this.#hasWelcome = true
      this.#sendAll()
    } else if (message.type === 'account') {
      const touched = new Set<number>()
      for (const event of message.events) {
        if (event.seq <= this.disk.seq) continue
        this.disk.seq = event.seq
        if (event.kind === 'fill')
          touched.add(
            this.#book(
              event.fill.origin.kind === 'slot' ? event.fill.origin.slot : '',
              event.fill.quantity,
            ),
          )
      }
      this.#send(
        false,
        [...touched].flatMap((i) => (i >= 0 ? this.#cellWants(i) : [])),
      )
    } else if (message.type === 'reasons') this.reasons = message.reasons
  }

  #book(slot: string, lots: number): number {
    const line = LINES.indexOf(Number(slot.slice(1)))
    const cell = slot.startsWith('B') ? line : line - 1
    const x = this.disk.x[cell]
    if (x === undefined) {
      this.disk.other += lots
      return -1
    }
    this.disk.x[cell] = slot.startsWith('B') ? x + lots : x - lots
    return cell
  }

  close(): void {
    this.isDead = true
  }
}
