/**
 * Pages of GET /api/v1/{orders,fills,trades,funding,positions,balances}: positions and balances from the desk, the rest
 * from the journals on disk, because a desk has better things to do. Pages stay as they are while new rows come in.
 */
import type { NumberedEvent } from '../domain/account-event.ts'
import { instanceOfLeg } from '../domain/leg-name.ts'
import type {
  JournalPages,
  JournalPlace,
  JournalQuestion,
  PlacedEvent,
} from '../ports/journal-pages.ts'
import type { FundingRow, JournalEventRow } from '../protocol/api-messages.ts'
import type {
  OrderRow,
  TableFilter,
  TableName,
  TableRow,
  TradeRow,
} from '../protocol/fleet-messages.ts'
import { CommandError } from './commands.ts'
import { type DeskInstanceRow, isDeskStatus } from './desk-rows.ts'
import type { Fleet } from './fleet.ts'
import {
  balanceRow,
  fillRow,
  filtered,
  fundingRow,
  journalEventRow,
  orderRow,
  positionRow,
} from './table-rows.ts'
import { TradeKeeper } from './trade-keeper.ts'

export interface TablePage<Row> {
  /** Newest first. */
  readonly items: readonly Row[]
  /** Where the next page begins, plain data for a cursor; null = there is none. */
  readonly next: unknown
}

const DESK_TIMEOUT_MS = 5000
const KEEPERS_MAX = 10

export class TablePages {
  readonly #fleet: Fleet
  readonly #journals: JournalPages
  /** By instance, null = of all: they are made of very many fills. */
  readonly #trades = new Map<string | null, TradeKeeper>()

  constructor(fleet: Fleet, journals: JournalPages) {
    this.#fleet = fleet
    this.#journals = journals
  }

  /**
   * @param place the `next` of the page before; null = from the newest row on
   * @throws CommandError VALIDATION (no such place), SERVICE_UNAVAILABLE
   */
  async page(name: TableName, filter: TableFilter, place: unknown): Promise<TablePage<TableRow>> {
    if (name === 'orders') return this.#orders(filter, place, 'all')
    if (name === 'fills') return this.#fills(filter, place)
    if (name === 'trades') return keyPage(this.#tradesOf(filter), filter, place, tradeKey)
    const status = await this.#deskStatus()
    const { accounts } = isDeskStatus(status) ? status : { accounts: [] }
    if (name === 'balances') {
      return keyPage(accounts.map(balanceRow), filter, place, ({ account }) => [account])
    }
    // The legs of an instance stand together.
    const told = accounts.flatMap(({ instances }) => instances)
    const rows = told.sort(byInstance).map(positionRow)
    return keyPage(rows, filter, place, ({ instance, venue, symbol }) => [instance, venue, symbol])
  }

  /** Orders whose end is not known yet. @throws as page */
  activeOrders(filter: TableFilter, place: unknown): TablePage<OrderRow> {
    return this.#orders(filter, place, 'active')
  }

  /** @throws as page */
  funding(filter: TableFilter, place: unknown): TablePage<FundingRow> {
    return this.#events(filter, place, 'funding', (one) =>
      one.event.kind === 'funding' ? fundingRow({ ...one, event: one.event }) : null,
    )
  }

  /** The numbered events of an instance, as the journal of its desk has them. @throws as page */
  journalOf(instance: string, limit: number, place: unknown): TablePage<JournalEventRow> {
    const filter = { instance, venue: null, since: null, limit }
    return this.#events(filter, place, null, journalEventRow)
  }

  #orders(filter: TableFilter, place: unknown, which: 'all' | 'active'): TablePage<OrderRow> {
    const question = questionOf(filter, place)
    const part = this.#reading(() => this.#journals.orders(question, which))
    const items = part.rows.map(({ order, instrument }) => orderRow(order, instrument))
    return { items, next: part.next }
  }

  #fills(filter: TableFilter, place: unknown): TablePage<TableRow> {
    return this.#events(filter, place, 'fill', ({ event, instance, instrument }) =>
      event.kind === 'fill' ? fillRow({ ...event.fill, instance }, instrument) : null,
    )
  }

  #events<Row>(
    filter: TableFilter,
    place: unknown,
    kind: NumberedEvent['kind'] | null,
    rowOf: (one: PlacedEvent) => Row | null,
  ): TablePage<Row> {
    const question = questionOf(filter, place)
    const part = this.#reading(() => this.#journals.events(question, kind))
    return { items: part.rows.flatMap((one) => rowOf(one) ?? []), next: part.next }
  }

  #tradesOf({ instance }: TableFilter): readonly TradeRow[] {
    const keeper = this.#trades.get(instance) ?? new TradeKeeper(this.#journals, instance)
    // The ones that were asked for last stay.
    this.#trades.delete(instance)
    this.#trades.set(instance, keeper)
    for (const oldest of this.#trades.keys()) {
      if (this.#trades.size <= KEEPERS_MAX) break
      this.#trades.delete(oldest)
    }
    return this.#reading(() => keeper.rows())
  }

  #deskStatus(): Promise<unknown> {
    return this.#fleet.askDesk({ action: 'status' }, DESK_TIMEOUT_MS)
  }

  #reading<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      throw new CommandError('SERVICE_UNAVAILABLE', text)
    }
  }
}

const byInstance = (a: DeskInstanceRow, b: DeskInstanceRow): number => {
  const [one, other] = [instanceOfLeg(a.instance), instanceOfLeg(b.instance)]
  if (one !== other) return one < other ? -1 : 1
  return a.instance < b.instance ? -1 : 1
}

function questionOf(
  { instance, venue, since, limit }: TableFilter,
  place: unknown,
): JournalQuestion {
  const at = since === null ? null : Date.parse(since)
  return { instance, venue, since: at, limit, place: placeOf(place) }
}

export const CURSOR_TEXT =
  'cursor must be the next_cursor of an answer before, to the same question'

function placeOf(place: unknown): JournalPlace | null {
  if (place === null) return null
  const isPlace =
    typeof place === 'object' &&
    !Array.isArray(place) &&
    Object.values(place).every((below) => Number.isSafeInteger(below))
  if (isPlace) return place as JournalPlace
  throw new CommandError('VALIDATION', CURSOR_TEXT)
}

/** What names a trade: one execution closes at most one. */
const tradeKey = ({ closed_at: at, instance, id }: TradeRow): readonly string[] => [
  at,
  instance,
  id,
]

/** A page of rows that have their order already: it goes on behind the row with the key of `place`. */
function keyPage<Row extends TableRow>(
  all: readonly Row[],
  filter: TableFilter,
  place: unknown,
  keyOf: (row: Row) => readonly string[],
): TablePage<Row> {
  const passing = filtered(all, { ...filter, limit: all.length }) as readonly Row[]
  const from = place === null ? 0 : passing.findIndex((row) => isSame(keyOf(row), place)) + 1
  if (place !== null && from === 0) throw new CommandError('VALIDATION', CURSOR_TEXT)
  const items = passing.slice(from, from + filter.limit)
  const last = items.at(-1)
  const isEnd = last === undefined || from + items.length >= passing.length
  return { items, next: isEnd ? null : keyOf(last) }
}

const isSame = (key: readonly string[], place: unknown): boolean =>
  JSON.stringify(key) === JSON.stringify(place)
