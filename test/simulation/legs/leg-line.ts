/** The local socket between the bot and the desk of one leg, in memory: it keeps its order, and breaks when either end dies. */

import type { AccountDesk } from '../../../src/desk/account-desk.ts'
import type { BotLink, InstanceEntry } from '../../../src/desk/instance-entry.ts'
import type { BotToDesk, DeskToBot } from '../../../src/protocol/desk-messages.ts'
import { limitFault, wantsFault } from '../../../src/protocol/wants-check.ts'
import type { Owner } from '../orders/scheduler.ts'
import type { World } from '../orders/world.ts'
import type { LegPort } from './leg-port.ts'
import { askedOf } from './refusal.ts'

/** What the bot knew when it said something. */
export interface Said {
  readonly isClosed: boolean
  /** Net delta, in units. */
  readonly known: number
  /** The target of the leg is taken back, or another one. */
  readonly isTargetNew: boolean
}

export interface LineParts {
  readonly world: World<LegPort>
  /** The process of the bot. */
  readonly owner: Owner
  readonly onConnected: () => void
  readonly onDisconnected: (reason: string) => void
  readonly onMessages: (messages: readonly DeskToBot[]) => void
  /** A desk is about to take wants of this bot. */
  readonly onTaken: (said: Said) => void
  /** A desk is about to take a limit on the sum of the legs. */
  readonly onLimit: () => void
}

const RETRY_MS = 100

/** Connects again and again, as the bot's own link does. */
export class LegLine {
  readonly #parts: LineParts
  #connection: Connection | null = null
  #cancelRetry: () => void = () => {}

  constructor(parts: LineParts) {
    this.#parts = parts
  }

  open(): void {
    const { world, owner } = this.#parts
    this.#cancelRetry()
    if (owner.isDead || this.#connection !== null) return
    const process = world.desk
    if (process === null) return this.#retry()
    this.#connection = new Connection(this.#parts, process.desk, process.owner, () => {
      this.#connection = null
      this.#retry()
    })
  }

  #retry(): void {
    const { world, owner } = this.#parts
    this.#cancelRetry = world.scheduler.after(RETRY_MS, () => this.open(), owner, false)
  }

  /** Another desk listens now. */
  renew(): void {
    if (this.#connection === null) this.open()
    else this.#connection.break('closed by the desk')
  }

  giveUp(): void {
    this.#connection?.break('given up')
  }

  send(message: BotToDesk, said: Said): void {
    this.#connection?.toDesk(message, said)
  }

  /** After each event: a process that died has closed its sockets. */
  check(): void {
    this.#connection?.check()
  }
}

class Connection implements BotLink {
  readonly #parts: LineParts
  readonly #desk: AccountDesk
  readonly #deskOwner: Owner
  readonly #onGone: () => void
  readonly #inbox: { readonly at: number; readonly message: DeskToBot }[] = []
  readonly #outgoing: (() => void)[] = []
  #entry: InstanceEntry | null = null
  #toldAt = 0
  #saidAt = 0
  #isBroken = false
  #isHeard = false

  constructor(parts: LineParts, desk: AccountDesk, deskOwner: Owner, onGone: () => void) {
    this.#parts = parts
    this.#desk = desk
    this.#deskOwner = deskOwner
    this.#onGone = onGone
    const { scheduler, random } = parts.world
    this.#toldAt = scheduler.now + random.int(1, 3)
    const connected = (): void => {
      if (this.#isBroken) return
      this.#isHeard = true
      parts.onConnected()
    }
    scheduler.after(this.#toldAt - scheduler.now, connected, parts.owner)
  }

  check(): void {
    if (this.#isBroken) return
    if (this.#deskOwner.isDead) this.break('closed by the desk')
    else if (this.#parts.owner.isDead) {
      this.#isBroken = true
      this.#laterAtDesk(() => this.#bye())
    }
  }

  #bye(): void {
    if (this.#entry !== null) this.#desk.gone(this.#entry, this)
  }

  /** Nothing more is sent on it by either; what was sent before still arrives. */
  break(reason: string): void {
    if (this.#isBroken) return
    this.#isBroken = true
    this.#laterAtDesk(() => this.#bye())
    const { scheduler } = this.#parts.world
    const at = Math.max(this.#toldAt + 0.001, scheduler.now + 1)
    const gone = (): void => {
      if (this.#isHeard) this.#parts.onDisconnected(reason)
      this.#onGone()
    }
    scheduler.after(at - scheduler.now, gone, this.#parts.owner)
  }

  // From the desk

  send(message: DeskToBot): void {
    const { world, owner } = this.#parts
    const { fuse, scheduler, random, oracles } = world
    if (this.#isBroken) return
    if (message.type === 'account') oracles.onTold(message.events)
    if (fuse.passes('crash: before the bot is told', this.#deskOwner)) return
    this.#toldAt = Math.max(this.#toldAt + 0.001, scheduler.now + random.int(1, 4))
    this.#inbox.push({ at: this.#toldAt, message })
    scheduler.after(this.#toldAt - scheduler.now, () => this.#hear(), owner)
    fuse.passes('crash: after the bot was told', this.#deskOwner)
  }

  /** One read of a socket may complete several messages. */
  #hear(): void {
    const { scheduler } = this.#parts.world
    let count = 0
    while ((this.#inbox[count]?.at ?? Number.POSITIVE_INFINITY) <= scheduler.now + 0.5) count++
    if (count === 0 || !this.#isHeard) return
    this.#parts.onMessages(this.#inbox.splice(0, count).map(({ message }) => message))
  }

  close(): void {
    this.break('closed by the desk')
  }

  // To the desk

  #laterAtDesk(act: () => void): void {
    const { scheduler, random } = this.#parts.world
    this.#saidAt = Math.max(this.#saidAt + 0.001, scheduler.now + random.int(1, 3))
    // In the order in which it was said, however long the desk is held meanwhile.
    this.#outgoing.push(act)
    const next = (): void => this.#outgoing.shift()?.()
    scheduler.after(this.#saidAt - scheduler.now, next, this.#deskOwner)
  }

  toDesk(message: BotToDesk, said: Said): void {
    if (this.#isBroken || !this.#isHeard) return
    // What was sent is not changed by what the bot does next.
    const sent = structuredClone(message)
    this.#laterAtDesk(() => this.#take(sent, said))
  }

  #take(message: BotToDesk, said: Said): void {
    if (message.type === 'hello') return void this.#hello(message)
    const entry = this.#entry
    if (entry === null || entry.link !== this) return
    switch (message.type) {
      case 'wants': {
        const fault = wantsFault(message)
        if (fault !== null) return this.#parts.world.oracles.blame(`wants that cannot be: ${fault}`)
        this.#parts.onTaken(said)
        return this.#desk.wants(entry, message)
      }
      case 'heartbeat':
        return this.#desk.heartbeat(entry)
      case 'halt':
        return this.#desk.operator.strategyFailed(entry, message.text)
      case 'limit':
        if (limitFault(message) !== null)
          return this.#parts.world.oracles.blame(`a limit that cannot be: ${limitFault(message)}`)
        this.#parts.onLimit()
        return this.#desk.legsLimit(entry, message)
      case 'bye':
        this.#bye()
    }
  }

  async #hello(message: Extract<BotToDesk, { type: 'hello' }>): Promise<void> {
    try {
      this.#entry = await this.#desk.hello(this, message)
    } catch (error) {
      if (!this.#deskOwner.isDead) this.send(askedOf(error))
    }
  }
}
