/**
 * The desk's journal of an instance as log lines, for `logs --stream journal`. The journal keeps wall time of what was sent and
 * market time of what came of it; a fill or funding therefore stands at the time of the newest order known to be before it.
 */
import {
  JOURNAL_BEGIN,
  type JournalMark,
  type JournalReader,
  type JournalRow,
  openJournalReaders,
} from '../adapters/stores/sqlite-journal-reader.ts'
import { formatLine, type LogFormat } from '../adapters/telemetry/log-line.ts'
import { SecretMask } from '../adapters/telemetry/secrets.ts'
import type { NewLines } from '../cli/context.ts'
import type { NumberedEvent } from '../domain/account-event.ts'
import { formatLots, type Instrument } from '../domain/instrument.ts'
import { formatMoney } from '../domain/money.ts'
import { fillRow, orderRow } from '../fleet/table-rows.ts'
import type { JournalOrderRow } from '../ports/journal-store.ts'
import type { LogLevel } from '../ports/logger.ts'

/** How far one journal was told, and the orders whose state may still change. */
interface Told {
  mark: JournalMark
  /** Wall time of the newest order that was certainly sent before the last event. */
  eventAt: number
  readonly open: Map<string, string>
}

export class JournalLines implements NewLines {
  readonly #folder: string
  readonly #instance: string
  readonly #format: LogFormat
  readonly #wallMs: () => number
  readonly #mask = new SecretMask()
  readonly #told = new Map<string, Told>()

  constructor(folder: string, instance: string, format: LogFormat, wallMs: () => number) {
    this.#folder = folder
    this.#instance = instance
    this.#format = format
    this.#wallMs = wallMs
  }

  /** Rows that were not told before, and orders whose state is another one now; of several legs by time. */
  *next(): Generator<string> {
    const readers = openJournalReaders(this.#folder, this.#instance)
    try {
      const all = readers.map((reader) => ({ reader, told: this.#toldOf(reader) }))
      for (const { reader, told } of all) yield* this.#changed(reader, told)
      yield* merged(all.map(({ reader, told }) => this.#added(reader, told)))
    } finally {
      for (const reader of readers) reader.close()
    }
  }

  #toldOf({ path, instance }: JournalReader): Told {
    const key = `${path} ${instance}`
    const told = this.#told.get(key) ?? { mark: JOURNAL_BEGIN, eventAt: 0, open: new Map() }
    this.#told.set(key, told)
    return told
  }

  *#changed(reader: JournalReader, told: Told): Generator<string> {
    for (const [clientId, before] of told.open) {
      const order = reader.order(clientId)
      if (order === null || stateText(order) === before) continue
      yield this.#orderLine(reader.instrument, order, told, this.#wallMs())
    }
  }

  /** Orders and events, each in its own order, put together by time. */
  *#added(reader: JournalReader, told: Told): Generator<TimedLine> {
    const orders = reader.orders(told.mark)
    const events = reader.events(told.mark)
    let order = orders.next()
    let event = events.next()
    while (order.done !== true || event.done !== true) {
      const at = event.done === true ? Number.POSITIVE_INFINITY : eventAt(event.value, told)
      if (order.done !== true && sentAt(order.value) <= at) {
        const sent = sentAt(order.value)
        yield { at: sent, text: this.#tell(reader, order.value, told, sent) }
        order = orders.next()
      } else if (event.done !== true) {
        told.eventAt = at
        yield { at, text: this.#tell(reader, event.value, told, at) }
        event = events.next()
      }
    }
  }

  #tell(reader: JournalReader, { mark, row }: JournalRow, told: Told, at: number): string {
    told.mark = { ...told.mark, ...mark }
    return row.kind === 'order'
      ? this.#orderLine(reader.instrument, row.order, told, at)
      : this.#eventLine(reader.instrument, row.event, at)
  }

  #orderLine(instrument: Instrument, order: JournalOrderRow, { open }: Told, at: number): string {
    const {
      instance: bot,
      symbol: _,
      sent_at: sent,
      state,
      ...fields
    } = orderRow(order, instrument)
    if (order.isSettled) open.delete(order.clientId)
    else open.set(order.clientId, stateText(order))
    const level = state === 'rejected' || state === 'unknown' ? 'warn' : 'info'
    return this.#line(at, level, `order ${state}`, { bot, ...fields, sent_at: sent })
  }

  #eventLine(instrument: Instrument, event: NumberedEvent, at: number): string {
    const market = new Date(event.at).toISOString()
    const common = { bot: this.#instance, seq: event.seq, market_time: market }
    if (event.kind === 'fill') {
      const {
        instance: _,
        symbol: __,
        at: ___,
        ...fields
      } = fillRow({ ...event.fill, instance: this.#instance }, instrument)
      return this.#line(at, 'info', 'fill', { ...common, ...fields })
    }
    return this.#line(at, 'info', 'funding', {
      ...common,
      amount: formatMoney(event.amount),
      position: formatLots(instrument, event.position),
    })
  }

  #line(
    at: number,
    level: LogLevel,
    text: string,
    fields: Readonly<Record<string, unknown>>,
  ): string {
    const entry = { time: new Date(at).toISOString(), level, module: 'journal', text, fields }
    return formatLine(entry, this.#format, this.#mask).trimEnd()
  }
}

interface TimedLine {
  /** Wall ms. */
  readonly at: number
  readonly text: string
}

/** Each leg has a journal of its own: people read them as one, by time. */
function* merged(sources: readonly Generator<TimedLine>[]): Generator<string> {
  const heads = sources.map((source) => ({ source, head: source.next() }))
  for (;;) {
    let first: (typeof heads)[number] | null = null
    for (const one of heads) {
      if (one.head.done === true) continue
      if (first === null || first.head.done === true || one.head.value.at < first.head.value.at)
        first = one
    }
    if (first === null || first.head.done === true) return
    yield first.head.value.text
    first.head = first.source.next()
  }
}

const stateText = ({ outcome, quantityFilled, isSettled }: JournalOrderRow): string =>
  `${outcome} ${quantityFilled} ${isSettled}`

const sentAt = ({ row }: JournalRow): number => (row.kind === 'order' ? row.order.sentAt : 0)

const eventAt = ({ row }: JournalRow, told: Told): number =>
  row.kind === 'event' ? Math.max(told.eventAt, row.sentAt ?? 0) : 0
