/** A paper account: the port of a venue spoken to the exchange process over its local socket. */
import type { InstrumentId } from '../../../domain/instrument.ts'
import { invariant } from '../../../domain/money.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import { ApprovedIntent } from '../../../domain/risk.ts'
import type { Wake } from '../../../domain/strategy.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import {
  type Attached,
  type AttachRequest,
  type CancelOutcome,
  type PlaceOutcome,
  type VenueAccount,
  type VenueAccountEvent,
  type VenueBalance,
  VenueError,
  type VenueLink,
  type VenueListener,
  type VenueOrder,
  type VenuePosition,
} from '../../../ports/venue.ts'
import {
  EVENTS_LIMIT,
  type ExchangePush,
  type ExchangeResults,
} from '../../../protocol/exchange-messages.ts'
import { NoAnswerError, PaperConnection, type Request } from './paper-connection.ts'

export interface PaperVenueOptions {
  /** Path of the exchange's socket. */
  readonly socket: string
  readonly token: string
  /** `{venue}/{account}`, e.g. `backpack/main`. */
  readonly account: string
  readonly clock: Clock
  readonly logger: Logger
  /** Machine time for an answer beyond twice the wire's latency; 2 s when absent. */
  readonly requestTimeoutMs?: number
}

export class PaperVenue implements VenueAccount {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #account: string
  readonly #connection: PaperConnection
  readonly #wakes = new Map<string, readonly Wake[]>()
  readonly #detaching = new Set<string>()
  #listener: VenueListener | null = null
  #onFirstOpen: (() => void) | null = null

  constructor(options: PaperVenueOptions) {
    const [venue = '', ...rest] = options.account.split('/')
    this.#clock = options.clock
    this.#logger = options.logger
    this.#account = options.account
    this.#connection = new PaperConnection(
      { ...options, account: { venue, account: rest.join('/') } },
      {
        onOpen: () => this.#onOpen(),
        onLost: (reason) => this.#listener?.onGap(reason),
        onPush: (push) => this.#onPush(push),
      },
    )
  }

  /** Resolves with the first connection, however long the exchange takes to come; later ones call `onReady`. */
  connect(listener: VenueListener): Promise<void> {
    this.#listener = listener
    return new Promise((resolve) => {
      this.#onFirstOpen = resolve
      this.#connection.open()
    })
  }

  link(): VenueLink {
    return this.#connection.link
  }

  #onOpen(): void {
    for (const instance of this.#detaching) void this.#detachAgain(instance)
    if (this.#onFirstOpen) {
      this.#onFirstOpen()
      this.#onFirstOpen = null
    } else this.#listener?.onReady()
  }

  #onPush(push: ExchangePush): void {
    const listener = this.#listener
    if (!listener) return
    if (push.type === 'account') listener.onAccount(push.events)
    else if (push.type === 'market') listener.onMarket(push.events)
    else if (push.type === 'step') {
      if (push.account.length > 0) listener.onAccount(push.account)
      if (push.market.length > 0) listener.onMarket(push.market)
      listener.onStep(push.step, push.at)
    } else if (push.type === 'stale') listener.onStale?.(push.instrument, push.isStale)
    else {
      const at = new Date(push.at).toISOString()
      this.#logger.info('venue', `the replay has ended at market time ${at}; prices stand still`, {
        account: this.#account,
      })
    }
  }

  /** In every connection anew; the wakes of the instance are set again. */
  async attach(request: AttachRequest): Promise<Attached> {
    this.#detaching.delete(request.instance)
    const attached = await this.#ask({ type: 'attach', request })
    const wakes = this.#wakes.get(request.instance)
    if (wakes) this.setWakes(request.instance, wakes)
    return attached
  }

  /** A detach that could not be said is said with the next connection: a lockstep market would wait for ever. */
  async detach(instance: string): Promise<void> {
    this.#wakes.delete(instance)
    this.#detaching.add(instance)
    await this.#ask({ type: 'detach', instance })
    this.#detaching.delete(instance)
  }

  async #detachAgain(instance: string): Promise<void> {
    try {
      await this.detach(instance)
    } catch (error) {
      this.#logger.warn('venue', `detach of ${instance} failed: ${textOf(error)}`)
    }
  }

  async place(intents: readonly ApprovedIntent[]): Promise<readonly PlaceOutcome[]> {
    for (const approved of intents) {
      invariant(ApprovedIntent.isApproved(approved), 'only what the risk gate approved is sent')
    }
    const orders = intents.map(({ intent, expiresAt }) => ({
      clientId: intent.clientId,
      request: intent.request,
      expiresAt,
    }))
    try {
      return await this.#connection.request({ type: 'place', orders })
    } catch (error) {
      // Nothing was sent, or the exchange refused the whole message: this proves that no order exists.
      const isCertain = error instanceof VenueError && !(error instanceof NoAnswerError)
      const kind = isCertain ? 'rejected' : 'unknown'
      return orders.map(({ clientId }) => ({ kind, clientId, reason: codeOf(error) }))
    }
  }

  async cancel(
    instrument: InstrumentId,
    ids: readonly ClientOrderId[],
  ): Promise<readonly CancelOutcome[]> {
    try {
      return await this.#connection.request({ type: 'cancel', instrument, clientIds: ids })
    } catch (error) {
      return ids.map((clientId) => ({ kind: 'unknown', clientId, reason: codeOf(error) }))
    }
  }

  lookup(instrument: InstrumentId, clientId: ClientOrderId): Promise<VenueOrder | null> {
    return this.#ask({ type: 'lookup', instrument, clientId })
  }

  openOrders(): Promise<readonly VenueOrder[]> {
    return this.#ask({ type: 'openOrders' })
  }

  async eventsSince(venueSeq: number): Promise<readonly VenueAccountEvent[]> {
    const all: VenueAccountEvent[] = []
    for (let after = venueSeq; ; ) {
      const events = await this.#ask({ type: 'eventsSince', venueSeq: after })
      all.push(...events)
      const last = events.at(-1)
      if (!last || events.length < EVENTS_LIMIT) return all
      after = last.venueSeq
    }
  }

  positions(): Promise<readonly VenuePosition[]> {
    return this.#ask({ type: 'positions' })
  }

  balance(): Promise<VenueBalance> {
    return this.#ask({ type: 'balance' })
  }

  async clockOffsetMs(): Promise<number> {
    const before = this.#clock.wallMs()
    const { wallMs } = await this.#ask({ type: 'time' })
    const after = this.#clock.wallMs()
    return wallMs - (before + after) / 2
  }

  setWakes(instance: string, wakes: readonly Wake[]): void {
    this.#wakes.set(instance, wakes)
    this.#connection.note({ type: 'setWakes', instance, wakes })
  }

  stepDone(step: number): void {
    this.#connection.note({ type: 'stepDone', step })
  }

  async close(): Promise<void> {
    this.#listener = null
    this.#connection.close()
  }

  /** For queries: an answer that does not come is no more than `unavailable`. */
  async #ask<T extends Request['type']>(
    request: Extract<Request, { type: T }>,
  ): Promise<ExchangeResults[T]> {
    try {
      return await this.#connection.request<T>(request)
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error
      throw new VenueError('unavailable', error.code, error.message, { cause: error })
    }
  }
}

const codeOf = (error: unknown): string => (error instanceof VenueError ? error.code : 'failed')
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
