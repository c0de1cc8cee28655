/**
 * Two bots as the desk sees them: a grid of cells, and one that swings between two positions. They keep what they have
 * booked on a disk that survives them, and speak the desk's protocol.
 */
import type { AccountDesk } from '../../../src/desk/account-desk.ts'
import type { BotLink, InstanceEntry } from '../../../src/desk/instance-entry.ts'
import type { NumberedEvent } from '../../../src/domain/account-event.ts'
import type { Instrument } from '../../../src/domain/instrument.ts'
import { price, quantity } from '../../../src/domain/money.ts'
import type { WantChange } from '../../../src/domain/strategy.ts'
import type { DeskInstanceSettings, DeskToBot } from '../../../src/protocol/desk-messages.ts'
import type { Random } from '../../support/random.ts'
import type { Coverage } from './coverage.ts'
import type { Fuse } from './fuse.ts'
import type { Owner, Scheduler } from './scheduler.ts'

export const CELL_LOTS = 100
/** Between two lines of a grid, price units. */
export const LINE_STEP = 100

/** What a bot has stored; it survives a kill. */
export interface BotDisk {
  /** Lots in each cell; empty for a bot that swings. */
  readonly x: number[]
  readonly lines: readonly number[]
  seq: number
  /** Everything booked, signed. */
  position: number
  /** Cells that are traded; an operator may take some out of the grid. */
  first: number
  last: number
  /** The position that the swinging bot wants. */
  target: number
  isSwinging: boolean
}

export function newBotDisk(startPrice: number, isSwinging: boolean): BotDisk {
  const lines = [-3, -2, -1, 0, 1, 2, 3].map((step) => startPrice + step * LINE_STEP)
  const x = isSwinging ? [] : lines.slice(1).map((_, i) => (i >= 3 ? CELL_LOTS : 0))
  return { x, lines, seq: 0, position: 0, first: 0, last: 5, target: 0, isSwinging }
}

export interface BotParts {
  readonly disk: BotDisk
  readonly settings: DeskInstanceSettings
  readonly instrument: Instrument
  readonly scheduler: Scheduler
  readonly random: Random
  readonly fuse: Fuse
  readonly coverage: Coverage
  /** What the desk lets the bot see. */
  readonly onTold: (events: readonly NumberedEvent[]) => void
}

export class Bot implements BotLink {
  readonly disk: BotDisk
  readonly owner: Owner = { isDead: false, heldUntil: 0 }
  readonly #parts: BotParts
  #desk: AccountDesk | null = null
  #deskOwner: Owner | null = null
  #entry: InstanceEntry | null = null
  #lastAt = 0
  #lastSentAt = 0
  /** Counts connections: what an earlier one was told is not heard any more. */
  #connection = 0

  constructor(parts: BotParts) {
    this.#parts = parts
    this.disk = parts.disk
  }

  get settings(): DeskInstanceSettings {
    return this.#parts.settings
  }
  get entry(): InstanceEntry | null {
    return this.#entry
  }

  /** Knocks at a desk until it is let in. */
  async connect(desk: AccountDesk, deskOwner: Owner): Promise<void> {
    const { settings, scheduler } = this.#parts
    this.#lastSentAt = 0
    this.#desk = desk
    this.#deskOwner = deskOwner
    this.#entry = null
    const connection = ++this.#connection
    const afterSeq = this.disk.seq
    if (deskOwner.heldUntil > scheduler.now) {
      const knock = (): void => {
        if (!this.#isGone(desk, connection)) void this.connect(desk, deskOwner)
      }
      scheduler.after(deskOwner.heldUntil - scheduler.now + 1, knock, this.owner)
      return
    }
    try {
      const message = { type: 'hello', version: 1, token: '', settings, afterSeq } as const
      const entry = await desk.hello(this, message)
      if (this.#isGone(desk, connection)) return
      this.#entry = entry
    } catch {
      const again = (): void => {
        if (!this.#isGone(desk, connection)) void this.connect(desk, deskOwner)
      }
      scheduler.after(500, again, this.owner)
      return
    }
    this.#sendAll()
    this.#beat(desk, connection)
  }

  #isGone(desk: AccountDesk, connection: number): boolean {
    return this.owner.isDead || this.#desk !== desk || this.#connection !== connection
  }

  #beat(desk: AccountDesk, connection: number): void {
    if (this.#isGone(desk, connection)) return
    this.#toDesk((entry) => desk.heartbeat(entry))
    this.#parts.scheduler.after(3000, () => this.#beat(desk, connection), this.owner)
  }

  /** A message to the desk arrives when the desk runs, and not at all when it is dead. */
  #toDesk(act: (entry: InstanceEntry) => void): void {
    const entry = this.#entry
    const owner = this.#deskOwner
    if (entry === null || owner === null || owner.isDead || this.owner.isDead) return
    const { scheduler } = this.#parts
    if (owner.heldUntil <= scheduler.now && this.#lastSentAt <= scheduler.now) return act(entry)
    // What a connection carries keeps its order.
    this.#lastSentAt = Math.max(this.#lastSentAt + 0.001, owner.heldUntil, scheduler.now)
    const connection = this.#connection
    const arrive = (): void => {
      if (connection === this.#connection && !this.owner.isDead) act(entry)
    }
    scheduler.after(this.#lastSentAt - scheduler.now, arrive, owner)
  }

  #sendAll(): void {
    const changes = this.disk.isSwinging
      ? this.#swing()
      : this.disk.x.flatMap((_, i) => this.#cell(i))
    this.#send(
      true,
      changes.filter(({ kind }) => kind !== 'drop'),
    )
  }

  #cell(i: number): WantChange[] {
    const { x, lines, first, last } = this.disk
    const held = x[i] ?? 0
    const isIn = i >= first && i <= last
    return [
      this.#want('buy', lines[i] as number, isIn ? CELL_LOTS - held : 0),
      this.#want('sell', lines[i + 1] as number, isIn ? held : 0),
    ]
  }

  #want(side: 'buy' | 'sell', at: number, lots: number): WantChange {
    const slot = `${side === 'buy' ? 'B' : 'S'}${at}`
    if (lots <= 0) return { kind: 'drop', slot }
    const want = {
      slot,
      instrument: this.#parts.instrument.id,
      side,
      price: price(at),
      quantity: quantity(lots),
      isPostOnly: true,
      isReduceOnly: false,
      trigger: null,
    }
    return { kind: 'rest', want }
  }

  /** The target, and while a position is held a stop that closes it and an order that takes profit. */
  #swing(): WantChange[] {
    const { target, position, lines } = this.disk
    const instrument = this.#parts.instrument.id
    const want = {
      instrument,
      quantity: quantity(target),
      worstPrice: null,
      style: 'take',
      deadlineAt: null,
      isReduceOnly: false,
    } as const
    const changes: WantChange[] = [{ kind: 'target', want }]
    if (position === 0)
      return [...changes, { kind: 'drop', slot: 'stop' }, { kind: 'drop', slot: 'take' }]
    const isLong = position > 0
    const side = isLong ? 'sell' : 'buy'
    const stopAt = price((isLong ? lines[0] : lines[6]) as number)
    const takeAt = price((isLong ? lines[6] : lines[0]) as number)
    const common = { instrument, side, isPostOnly: false, isReduceOnly: true } as const
    const trigger = { kind: 'stop', price: stopAt, by: 'mark' } as const
    const stop = { ...common, slot: 'stop', price: stopAt, quantity: 'position', trigger } as const
    const half = quantity(Math.max(1, Math.floor(Math.abs(position) / 2)))
    const take = { ...common, slot: 'take', price: takeAt, quantity: half, trigger: null }
    return [...changes, { kind: 'rest', want: stop }, { kind: 'rest', want: take }]
  }

  #send(replace: boolean, changes: readonly WantChange[]): void {
    const basisSeq = this.disk.seq
    const desk = this.#desk
    this.#toDesk((entry) => {
      desk?.wants(entry, {
        type: 'wants',
        basisSeq,
        step: null,
        replace,
        changes: [...changes],
        wakes: null,
        finish: null,
      })
    })
  }

  /** An operator changes the grid, or the swinging bot its mind. */
  adjust(random: Random): void {
    const { disk } = this
    if (disk.isSwinging) disk.target = random.pick([-200, -100, 0, 100, 200])
    else {
      disk.first = random.int(0, 2)
      disk.last = random.int(3, 5)
    }
    this.#sendAll()
  }

  widen(): void {
    this.disk.first = 0
    this.disk.last = 5
    this.#sendAll()
  }

  #note(reasons: Readonly<Record<string, string>>): void {
    const { coverage } = this.#parts
    for (const reason of Object.values(reasons)) {
      if (reason.startsWith('limit_account')) coverage.sometimes('gate: limit of the account')
      else if (reason.startsWith('limit_')) coverage.sometimes('gate: limit of the instance')
      else if (reason === 'position_mismatch') coverage.sometimes('desk: position mismatch')
      else if (reason === 'stale_market') coverage.sometimes('desk: stale market')
    }
  }

  send(message: DeskToBot): void {
    const { scheduler, fuse, random } = this.#parts
    if (message.type === 'reasons') this.#note(message.reasons)
    if (message.type === 'account') this.#parts.onTold(message.events)
    const owner = this.#deskOwner
    if (owner === null || fuse.passes('crash: before the bot is told', owner)) return
    const connection = this.#connection
    this.#lastAt = Math.max(this.#lastAt + 0.001, scheduler.now + random.int(1, 4))
    const hear = (): void => {
      if (connection === this.#connection) this.#on(message)
    }
    scheduler.after(this.#lastAt - scheduler.now, hear, this.owner)
    fuse.passes('crash: after the bot was told', owner)
  }

  #on(message: DeskToBot): void {
    if (message.type === 'welcome') this.#sendAll()
    if (message.type !== 'account') return
    const touched = new Set<number>()
    for (const event of message.events) {
      if (event.seq <= this.disk.seq) continue
      this.disk.seq = event.seq
      const cell = this.#book(event)
      if (cell >= 0) touched.add(cell)
    }
    if (this.disk.isSwinging) this.#send(false, this.#swing())
    else
      this.#send(
        false,
        [...touched].flatMap((i) => this.#cell(i)),
      )
  }

  /** Returns the cell that a fill belongs to, -1 for none. */
  #book(event: NumberedEvent): number {
    if (event.kind !== 'fill') return -1
    const { origin, side, quantity: lots } = event.fill
    this.disk.position += side === 'buy' ? lots : -lots
    // What its own stop or profit has closed it does not want back.
    if (origin.kind === 'slot' && this.disk.isSwinging) this.disk.target = this.disk.position
    if (origin.kind !== 'slot' || this.disk.isSwinging) return -1
    const line = this.disk.lines.indexOf(Number(origin.slot.slice(1)))
    const isBuy = origin.slot.startsWith('B')
    const cell = isBuy ? line : line - 1
    const held = this.disk.x[cell]
    if (held === undefined) return -1
    this.disk.x[cell] = isBuy ? held + lots : held - lots
    return cell
  }

  close(): void {
    this.#entry = null
    this.#connection++
  }

  kill(): void {
    this.owner.isDead = true
  }
}
