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
import type { Instrument } from '../domain/instrument.ts'
import { formatDecimal, formatMoney } from '../domain/money.ts'
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

  /** Rows that were not told before, and orders whose state is another one now. */
  *next(): Generator<string> {
    const readers = openJournalReaders(this.#folder, this.#instance)
    try {
      for (const reader of readers) {
        const key = `${reader.path} ${reader.instance}`
        const told = this.#told.get(key) ?? {
          mark: JOURNAL_BEGIN,
          eventAt: 0,
          open: new Map<string, string>(),
        }
        this.#told.set(key, told)
        yield* this.#changed(reader, told)
        yield* this.#added(reader, told)
      }
    } finally {
      for (const reader of readers) reader.close()
    }
  }

  *#changed(reader: JournalReader, told: Told): Generator<string> {
    for (const [clientId, before] of told.open) {
      const order = reader.order(clientId)
      if (order === null || stateText(order) === before) continue
      yield this.#orderLine(reader.instrument, order, told, this.#wallMs())
    }
  }

  /** Orders and events, each in its own order, put together by time. */
  *#added(reader: JournalReader, told: Told): Generator<string> {
    const orders = reader.orders(told.mark)
    const events = reader.events(told.mark)
    let order = orders.next()
    let event = events.next()
    while (order.done !== true || event.done !== true) {
      const at = event.done === true ? Number.POSITIVE_INFINITY : eventAt(event.value, told)
      if (order.done !== true && sentAt(order.value) <= at) {
        yield* this.#tell(reader, order.value, told, sentAt(order.value))
        order = orders.next()
      } else if (event.done !== true) {
        told.eventAt = at
        yield* this.#tell(reader, event.value, told, at)
        event = events.next()
      }
    }
  }

  *#tell(reader: JournalReader, { mark, row }: JournalRow, told: Told, at: number) {
    told.mark = { ...told.mark, ...mark }
    if (row.kind === 'order') yield this.#orderLine(reader.instrument, row.order, told, at)
    else yield this.#eventLine(reader.instrument, row.event, at)
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
      position: formatDecimal(event.position * instrument.lotSize, instrument.quantityDecimals),
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

const stateText = ({ outcome, quantityFilled, isSettled }: JournalOrderRow): string =>
  `${outcome} ${quantityFilled} ${isSettled}`

const sentAt = ({ row }: JournalRow): number => (row.kind === 'order' ? row.order.sentAt : 0)

const eventAt = ({ row }: JournalRow, told: Told): number =>
  row.kind === 'event' ? Math.max(told.eventAt, row.sentAt ?? 0) : 0
