/**
 * The live stream of the control plane: numbers what happens, keeps the last of it, and hands it to its readers in
 * batches (docs/concepts/stream.md). Sources are asked for something only while somebody listens to it.
 */
import type { Clock } from '../../ports/clock.ts'
import {
  type StreamData,
  type StreamMessage,
  type StreamPosition,
  type StreamTopic,
  streamClose,
} from '../../protocol/api-messages.ts'
import { EventRing, type KeptEvent } from './ring.ts'
import {
  type Channel,
  channelKey,
  readRequest,
  type Subscription,
  subscriptionOf,
} from './subscription.ts'

/** A line to one reader. */
export interface StreamConnection {
  /** What it has been given and has not taken yet. */
  readonly unsentBytes: number
  /** One text message, UTF-8. */
  send(message: Buffer): void
  close(code: number, reason: string): void
}

/** What the hub wants to hear of a line. */
export interface StreamReader {
  receive(text: string): void
  /** The line is gone, whoever ended it. */
  leave(): void
}

/** Begins to follow something; the result ends that. It publishes nothing before it has returned. */
export type Follow = (channel: Channel) => () => void

export interface HubOptions {
  readonly clock: Clock
  /** New at each start of the control plane: numbers of another one mean nothing. */
  readonly epoch: string
  /** Events that are kept. */
  readonly ringSize?: number
}

const RING_SIZE = 20_000
const RING_LENGTH_MAX = 16 * 1_048_576
const BATCH_MS = 100
const TICK_MS = 1000
/** So long a source goes on when its last reader has gone: most come back at once. */
const LINGER_MS = 30_000
const SUBSCRIBE_WITHIN_MS = 10_000
const UNSENT_MAX = 1_048_576
/** More than this is loaded anew rather than told once more. */
const REPLAY_LENGTH_MAX = UNSENT_MAX / 2
const READERS_MAX = 1000
const MESSAGES_PER_TICK_MAX = 30

interface Reader {
  readonly connection: StreamConnection
  readonly sessionId: string | null
  readonly since: number
  group: Group | null
  messages: number
}

/** Readers who see the same events: their messages are made once. All of them stand at the same number. */
interface Group {
  readonly subscription: Subscription
  readonly readers: Set<Reader>
}

interface Followed {
  /** Every event with a greater number was published; nothing is known of what lies before. */
  readonly from: number
  stop: () => void
  readers: number
  cancelLinger: (() => void) | null
}

export class StreamHub {
  readonly epoch: string
  readonly #clock: Clock
  readonly #ring: EventRing
  readonly #sources = new Map<StreamTopic, Follow>()
  readonly #readers = new Set<Reader>()
  readonly #groups = new Map<string, Group>()
  readonly #followed = new Map<string, Followed>()
  #seq = 0
  #pending: KeptEvent[] = []
  #cancelBatch: (() => void) | null = null
  #cancelTick: (() => void) | null = null

  constructor({ clock, epoch, ringSize = RING_SIZE }: HubOptions) {
    this.#clock = clock
    this.epoch = epoch
    this.#ring = new EventRing(ringSize, RING_LENGTH_MAX)
  }

  /** Says where the events of a topic come from. */
  provide(topic: StreamTopic, follow: Follow): void {
    this.#sources.set(topic, follow)
  }

  /** Whether events of a topic are wanted; nobody need make them otherwise. */
  isFollowed(topic: StreamTopic): boolean {
    return this.#followed.has(channelKey({ topic, instance: null, timeframe: null }))
  }

  get readers(): number {
    return this.#readers.size
  }
  get position(): StreamPosition {
    return { epoch: this.epoch, seq: this.#seq }
  }

  /** @param instance whose event it is, null = of no single one; @param timeframe of a candle */
  publish<T extends StreamTopic>(
    topic: T,
    instance: string | null,
    data: StreamData[T],
    timeframe: string | null = null,
  ): void {
    this.publishText(topic, instance, JSON.stringify(data), timeframe)
  }

  /** The same for data that is JSON text already. */
  publishText(
    topic: StreamTopic,
    instance: string | null,
    data: string,
    timeframe: string | null = null,
  ): void {
    const seq = ++this.#seq
    const text = `{"seq":${seq},"topic":"${topic}","data":${data}}`
    const event: KeptEvent = { seq, topic, instance, timeframe, text }
    this.#ring.add(event)
    if (this.#groups.size === 0) return
    this.#pending.push(event)
    this.#cancelBatch ??= this.#clock.after(BATCH_MS, () => this.#flush())
  }

  /** Takes a reader in. @param sessionId ends with it; null = belongs to no session */
  connect(connection: StreamConnection, sessionId: string | null): StreamReader {
    const since = this.#clock.monotonicMs()
    const reader: Reader = { connection, sessionId, since, group: null, messages: 0 }
    if (this.#readers.size >= READERS_MAX) {
      connection.close(streamClose.full, 'too many streams are open')
      return { receive: () => {}, leave: () => {} }
    }
    this.#readers.add(reader)
    this.#cancelTick ??= this.#clock.every(TICK_MS, () => this.#tick())
    return {
      receive: (text) => this.#receive(reader, text),
      leave: () => this.#remove(reader),
    }
  }

  /** The session is over: whoever listened by it must log in again. */
  endSession(sessionId: string): void {
    for (const reader of [...this.#readers])
      if (reader.sessionId === sessionId)
        this.#drop(reader, streamClose.sessionEnded, 'the session has ended')
  }

  /** Ends every stream and every source. */
  close(): void {
    for (const reader of [...this.#readers]) this.#drop(reader, 1001, 'the control plane ends')
    for (const { stop, cancelLinger } of this.#followed.values()) {
      cancelLinger?.()
      stop()
    }
    this.#followed.clear()
    this.#cancelBatch?.()
    this.#cancelBatch = null
  }

  #receive(reader: Reader, text: string): void {
    if (!this.#readers.has(reader)) return
    reader.messages += 1
    if (reader.messages > MESSAGES_PER_TICK_MAX)
      return this.#refuse(reader, 'too many messages in one second')
    const request = readRequest(text)
    if (typeof request === 'string') return this.#refuse(reader, request)
    if (request.type === 'ping') return send(reader, { type: 'pong' })
    this.#subscribe(reader, subscriptionOf(request), request.since)
  }

  #subscribe(reader: Reader, subscription: Subscription, since: StreamPosition | null): void {
    this.#flush()
    const before = reader.group
    const begun = subscription.channels.filter((channel) => this.#want(channel))
    // What it did not want before its position it has never been told.
    const isOther = before !== null && before.subscription.key !== subscription.key
    const kept = isOther ? null : this.#between(subscription, since)
    this.#leaveGroup(reader, before)
    // What lies between is still on its way: a reader who loses the line before it comes stands where he stood.
    const position = kept === null || since === null ? this.position : since
    send(reader, { type: 'welcome', position, resumed: kept !== null })
    if (kept !== null && kept.length > 0) reader.connection.send(eventsMessage(kept))
    const group = this.#groups.get(subscription.key) ?? { subscription, readers: new Set() }
    this.#groups.set(subscription.key, group)
    group.readers.add(reader)
    reader.group = group
    for (const channel of begun) this.#begin(channel)
  }

  /** @returns whether nobody follows it yet */
  #want(channel: Channel): boolean {
    const key = channelKey(channel)
    const known = this.#followed.get(key)
    if (known !== undefined) {
      known.readers += 1
      known.cancelLinger?.()
      known.cancelLinger = null
      return false
    }
    // A number that no event has: whoever stands before it has missed what nobody followed.
    this.#seq += 1
    this.#followed.set(key, { from: this.#seq, stop: () => {}, readers: 1, cancelLinger: null })
    return true
  }

  #begin(channel: Channel): void {
    const followed = this.#followed.get(channelKey(channel))
    const follow = this.#sources.get(channel.topic)
    if (followed !== undefined && follow !== undefined) followed.stop = follow(channel)
  }

  /** What lies between a position and now; null = not all of it is known. */
  #between(subscription: Subscription, since: StreamPosition | null): readonly KeptEvent[] | null {
    if (since === null || since.epoch !== this.epoch || since.seq > this.#seq) return null
    const isGap = ({ from }: Followed) => since.seq < from
    for (const channel of subscription.channels) {
      const followed = this.#followed.get(channelKey(channel))
      if (followed === undefined || isGap(followed)) return null
    }
    const kept = this.#ring.after(since.seq)
    if (kept === null) return null
    const events = kept.filter((event) => subscription.passes(event))
    const length = events.reduce((sum, { text }) => sum + text.length, 0)
    return length > REPLAY_LENGTH_MAX ? null : events
  }

  #leaveGroup(reader: Reader, group: Group | null): void {
    if (group === null) return
    reader.group = null
    group.readers.delete(reader)
    if (group.readers.size === 0) this.#groups.delete(group.subscription.key)
    for (const channel of group.subscription.channels) this.#unwant(channelKey(channel))
  }

  #unwant(key: string): void {
    const followed = this.#followed.get(key)
    if (followed === undefined) return
    followed.readers -= 1
    if (followed.readers > 0) return
    followed.cancelLinger = this.#clock.after(LINGER_MS, () => {
      this.#followed.delete(key)
      followed.stop()
    })
  }

  #remove(reader: Reader): void {
    if (!this.#readers.delete(reader)) return
    this.#leaveGroup(reader, reader.group)
    if (this.#readers.size > 0) return
    this.#cancelTick?.()
    this.#cancelTick = null
  }

  #drop(reader: Reader, code: number, reason: string): void {
    this.#remove(reader)
    reader.connection.close(code, reason)
  }

  #refuse(reader: Reader, message: string): void {
    send(reader, { type: 'error', message })
    this.#drop(reader, streamClose.refused, 'refused')
  }

  #flush(): void {
    this.#cancelBatch?.()
    this.#cancelBatch = null
    const pending = this.#pending
    if (pending.length === 0) return
    this.#pending = []
    for (const { subscription, readers } of [...this.#groups.values()]) {
      const events = pending.filter((event) => subscription.passes(event))
      if (events.length > 0) this.#sendAll(readers, eventsMessage(events))
    }
  }

  #sendAll(readers: Iterable<Reader>, message: Buffer): void {
    for (const reader of [...readers]) {
      if (reader.connection.unsentBytes > UNSENT_MAX)
        this.#drop(reader, streamClose.tooSlow, 'it reads too slowly')
      else reader.connection.send(message)
    }
  }

  #tick(): void {
    this.#flush()
    const now = this.#clock.monotonicMs()
    const subscribed: Reader[] = []
    for (const reader of [...this.#readers]) {
      reader.messages = 0
      if (reader.group !== null) subscribed.push(reader)
      else if (now - reader.since > SUBSCRIBE_WITHIN_MS)
        this.#refuse(reader, 'the first message must be subscribe')
    }
    const at = new Date(this.#clock.wallMs()).toISOString()
    this.#sendAll(subscribed, bytesOf({ type: 'tick', at, position: this.position }))
  }
}

const bytesOf = (message: StreamMessage): Buffer => Buffer.from(JSON.stringify(message))

function send({ connection }: Reader, message: StreamMessage): void {
  connection.send(bytesOf(message))
}

const eventsMessage = (events: readonly KeptEvent[]): Buffer =>
  Buffer.from(`{"type":"events","events":[${events.map(({ text }) => text).join(',')}]}`)
