/** The desk's local socket: bots say hello and send wants; control programs ask with the desk's token. */
import type { ModeEvent } from '../domain/instance-mode.ts'
import type { Clock } from '../ports/clock.ts'
import type { JournalStore } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import { type VenueAccount, VenueError } from '../ports/venue.ts'
import {
  type BotToDesk,
  type ControlToDesk,
  DESK_PROTOCOL_VERSION,
  type DeskInstanceSettings,
  type LegsLimit,
} from '../protocol/desk-messages.ts'
import { encodeLine, LineReader } from '../protocol/lines.ts'
import { limitFault, wantsFault } from '../protocol/wants-check.ts'
import { AccountDesk } from './account-desk.ts'
import type { BotLink, InstanceEntry } from './instance-entry.ts'
import { CommandError, type KillOrders } from './operator.ts'
import { DeskRequestBudget } from './request-budget.ts'
import { accountStatus } from './status.ts'
import { textOf } from './venue-gateway.ts'

/** The part of a socket that the server needs. */
export interface DeskSocket {
  write(text: string): void
  destroy(): void
  onData(listener: (chunk: string) => void): void
  onClose(listener: () => void): void
}

export interface VenueNeeds {
  readonly budget: DeskRequestBudget
  readonly journal: JournalStore
}

export interface DeskServerParts {
  readonly token: string
  readonly clock: Clock
  readonly logger: Logger
  readonly defer: (callback: () => void) => void
  /** @param needs what the adapter of a real venue asks before a request, and of what is booked already */
  openVenue(venue: string, account: string, mode: string, needs: VenueNeeds): VenueAccount
  openJournal(venue: string, account: string, mode: string): JournalStore
  readonly onShutdown: () => void
  /** The account of one of the desks belongs to another process: this one must end with the sentence. */
  readonly onLost?: (text: string) => void
  readonly killOrders?: KillOrders
}

/** `{mode}-{venue}-{account}`: the name of an account in files and messages. */
export const accountKey = (mode: string, venue: string, account: string): string =>
  `${mode}-${venue}-${account}`

export class DeskServer {
  readonly #parts: DeskServerParts
  readonly #accounts = new Map<
    string,
    { readonly desk: AccountDesk; readonly journal: JournalStore; readonly ready: Promise<void> }
  >()
  /** Accounts that are not open, and why: nothing is known of their instances yet. */
  readonly #waiting = new Map<string, string>()
  /** Desks of this machine that speak to venues from its address. */
  #desksSharing = 1

  constructor(parts: DeskServerParts) {
    this.#parts = parts
  }

  /** The desk of an account, started at its first use. */
  async account(mode: string, venue: string, account: string): Promise<AccountDesk> {
    const key = accountKey(mode, venue, account)
    let open = this.#accounts.get(key)
    if (!open) {
      const { clock, logger, defer, killOrders, onLost } = this.#parts
      const journal = this.#parts.openJournal(venue, account, mode)
      const budget = new DeskRequestBudget(clock)
      budget.setDesks(this.#desksSharing)
      const desk = new AccountDesk({
        key,
        venue: this.#parts.openVenue(venue, account, mode, { budget, journal }),
        budget,
        journal,
        clock,
        logger,
        defer,
        ...(onLost === undefined ? {} : { onLost }),
        ...(killOrders === undefined ? {} : { killOrders }),
      })
      open = { desk, journal, ready: desk.start() }
      this.#accounts.set(key, open)
      this.#waiting.set(key, 'its venue has not answered yet')
      open.ready.then(
        () => this.#waiting.delete(key),
        (error: unknown) => {
          // A start that failed may be tried again.
          this.#accounts.delete(key)
          this.#waiting.set(key, textOf(error))
          journal.close()
        },
      )
    }
    await open.ready
    return open.desk
  }

  accept(socket: DeskSocket): void {
    const reader = new LineReader()
    const connection = new Connection(this, this.#parts, socket)
    socket.onClose(() => connection.onClose())
    socket.onData((chunk) => {
      try {
        for (const message of reader.push(chunk))
          connection.onMessage(message as BotToDesk | ControlToDesk)
      } catch (error) {
        this.#parts.logger.warn('desk', `a connection was closed: ${textOf(error)}`)
        socket.destroy()
      }
    })
  }

  find(instance: string): { readonly desk: AccountDesk; readonly entry: InstanceEntry } | null {
    for (const { desk } of this.#accounts.values()) {
      const entry = desk.entries.get(instance)
      if (entry) return { desk, entry }
    }
    return null
  }

  async control(request: ControlToDesk): Promise<unknown> {
    switch (request.action) {
      case 'status':
        return {
          accounts: [...this.#accounts.values()].map(({ desk, journal }) =>
            accountStatus(desk, journal.epoch),
          ),
        }
      case 'shutdown':
        this.#parts.clock.after(10, this.#parts.onShutdown)
        return {}
      case 'announce_restart':
        for (const { desk } of this.#accounts.values()) desk.announceRestart(request.forMs)
        return {}
      case 'address_share':
        return this.#shareAddress(request.desks)
      case 'fleet_word':
        return this.#onFleet(request)
      case 'orders':
      case 'fills':
      case 'positions':
      case 'reasons':
        return this.#table(request)
      default:
        return this.#command(request)
    }
  }

  #table(
    request: Extract<ControlToDesk, { action: 'orders' | 'fills' | 'positions' | 'reasons' }>,
  ): unknown {
    const rows: unknown[] = []
    for (const { desk, journal } of this.#accounts.values()) {
      if (request.action === 'orders') rows.push(...journal.orders(request.instance, request.limit))
      else if (request.action === 'fills')
        rows.push(...journal.fills(request.instance, request.limit))
      else
        rows.push(
          ...accountStatus(desk, journal.epoch).instances.filter(
            (row) => request.instance === null || row.instance === request.instance,
          ),
        )
    }
    return { items: rows }
  }

  #command(request: InstanceCommand): Promise<unknown> {
    const found = this.find(request.instance)
    if (!found) throw this.#unknown(request.instance)
    const { desk, entry } = found
    if (request.action === 'prove') return desk.operator.prove(entry)
    if (request.action !== 'stop') return this.#operate(desk, entry, request.action)
    const { orders, positions } = request
    return new Promise((resolve) => {
      desk.end(entry, request.action, orders, positions, (ordersCanceled) =>
        resolve({ orders_canceled: ordersCanceled, position: entry.loop.position }),
      )
    })
  }

  /** While an account is not open nobody can say that it has no such instance. */
  #unknown(instance: string): CommandError {
    const [waiting] = this.#waiting
    if (waiting === undefined)
      return new CommandError('NOT_FOUND', `no instance ${instance} is known to this desk`)
    const [key, why] = waiting
    const text = `account ${key} is not open (${why.replace(/\.$/, '')}), so nothing of ${instance} can be done by its desk yet`
    return new CommandError('SERVICE_UNAVAILABLE', text)
  }

  async #operate(desk: AccountDesk, entry: InstanceEntry, event: ModeEvent): Promise<unknown> {
    await desk.operator.command(entry, event)
    const { loop } = entry
    return { mode: loop.risk.mode, orders: loop.orders().length, position: loop.position }
  }

  #shareAddress(desks: number): unknown {
    if (!Number.isInteger(desks) || desks < 1)
      throw new CommandError('VALIDATION', `desks must be a whole number from 1 on, not ${desks}`)
    this.#desksSharing = desks
    for (const { desk } of this.#accounts.values()) desk.budget?.setDesks(desks)
    return { desks }
  }

  #onFleet({ account, word }: Extract<ControlToDesk, { action: 'fleet_word' }>): unknown {
    const open = this.#accounts.get(account)
    if (!open) throw new CommandError('NOT_FOUND', `no account ${account} is known to this desk`)
    return open.desk.operator.onFleet(word)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#accounts.values()].map(({ desk }) => desk.stop()))
  }
}

type InstanceCommand = Exclude<
  ControlToDesk,
  {
    action:
      | 'status'
      | 'shutdown'
      | 'announce_restart'
      | 'address_share'
      | 'fleet_word'
      | 'orders'
      | 'fills'
      | 'positions'
      | 'reasons'
  }
>

/** One connection: a bot after its hello, else a control program. */
class Connection implements BotLink {
  readonly #server: DeskServer
  readonly #parts: DeskServerParts
  readonly #socket: DeskSocket
  #desk: AccountDesk | null = null
  #entry: InstanceEntry | null = null
  #isClosed = false

  constructor(server: DeskServer, parts: DeskServerParts, socket: DeskSocket) {
    this.#server = server
    this.#parts = parts
    this.#socket = socket
  }

  send(message: unknown): void {
    if (!this.#isClosed) this.#socket.write(encodeLine(message))
  }

  close(): void {
    this.#socket.destroy()
  }

  onClose(): void {
    this.#isClosed = true
    if (this.#desk && this.#entry) this.#desk.gone(this.#entry, this)
  }

  onMessage(message: BotToDesk | ControlToDesk): void {
    if (message.type === 'hello') void this.#hello(message)
    else if (message.type === 'control') void this.#control(message)
    else if (this.#desk && this.#entry && this.#entry.link === this) {
      if (message.type === 'wants') this.#wants(this.#desk, this.#entry, message)
      else if (message.type === 'heartbeat') this.#desk.heartbeat(this.#entry)
      else if (message.type === 'halt')
        this.#desk.operator.strategyFailed(this.#entry, String(message.text))
      else if (message.type === 'limit') this.#limit(this.#desk, this.#entry, message)
      else this.#desk.gone(this.#entry, this)
    }
  }

  #limit(desk: AccountDesk, entry: InstanceEntry, message: LegsLimit): void {
    const fault = limitFault(message)
    if (fault === null) return desk.legsLimit(entry, message)
    this.#parts.logger.error('desk', `${entry.settings.instance} tells what cannot be: ${fault}`)
    this.#refuse('bad_limit', fault)
    this.close()
  }

  /** A message that no desk can carry out ends the connection, never the desk. */
  #wants(
    desk: AccountDesk,
    entry: InstanceEntry,
    message: Extract<BotToDesk, { type: 'wants' }>,
  ): void {
    const fault = wantsFault(message)
    if (fault === null) return desk.wants(entry, message)
    this.#parts.logger.error('desk', `${entry.settings.instance} wants what cannot be: ${fault}`)
    this.#refuse('bad_wants', fault)
    this.close()
  }

  async #hello(message: Extract<BotToDesk, { type: 'hello' }>): Promise<void> {
    if (message.token !== this.#parts.token)
      return this.#refuse('token', 'the token of this desk is another one')
    if (message.version !== DESK_PROTOCOL_VERSION) {
      return this.#refuse(
        'version',
        `this desk speaks version ${DESK_PROTOCOL_VERSION}, the bot ${message.version}: restart both from one installation`,
      )
    }
    try {
      const { settings } = message
      this.#checkOwner(settings)
      const desk = await this.#server.account(settings.mode, settings.venue, settings.account)
      this.#desk = desk
      this.#entry = await desk.hello(this, message)
    } catch (error) {
      const isReal = message.settings.mode !== 'paper'
      // What a venue refuses once it refuses again: the bot ends with its sentence instead of asking for ever.
      const code = isReal && isRefusal(error) ? 'venue_refused' : codeOf(error)
      this.#refuse(code, textOf(error))
    }
  }

  #checkOwner(settings: DeskInstanceSettings): void {
    const found = this.#server.find(settings.instance)
    const key = accountKey(settings.mode, settings.venue, settings.account)
    if (found && found.desk.key !== key) {
      throw new Error(
        `instance ${settings.instance} already trades on account ${found.desk.key}; stop it there before it moves to ${key}`,
      )
    }
  }

  #refuse(code: string, text: string): void {
    this.send({ type: 'refused', code, text })
  }

  async #control(request: ControlToDesk): Promise<void> {
    if (request.token !== this.#parts.token) {
      this.send({
        type: 'answer',
        id: request.id,
        ok: false,
        code: 'UNAUTHORIZED',
        text: 'the token of this desk is another one',
      })
      return
    }
    try {
      this.send({
        type: 'answer',
        id: request.id,
        ok: true,
        result: await this.#server.control(request),
      })
    } catch (error) {
      this.send({
        type: 'answer',
        id: request.id,
        ok: false,
        code: codeOf(error),
        text: textOf(error),
      })
    }
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof VenueError && (error.kind === 'rejected' || error.kind === 'credential')

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'REFUSED'
}
