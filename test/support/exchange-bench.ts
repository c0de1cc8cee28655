/** A simulated exchange with one account, told in short words: for tests. */
import { money } from '../../src/domain/money.ts'
import type { ClientOrderId, OrderRequest, Side } from '../../src/domain/order.ts'
import {
  type AccountTerms,
  type CandlePath,
  SimulatedExchange,
  type Stop,
} from '../../src/simulation/simulated-exchange.ts'
import {
  ONE,
  orderRequest,
  paperTerms,
  type Row,
  type Table,
  TableSource,
  tableInstrument,
} from './table-market.ts'

export const AAA = tableInstrument()
export const BBB = tableInstrument('BBB')
export const ACCOUNT = 'test/main'
/** A minute in which nothing moves. */
export const FLAT: Row = [10_000, 10_000, 10_000, 10_000]

export interface Setting {
  readonly tables?: readonly Table[]
  readonly rule?: 'through' | 'touch'
  readonly path?: CandlePath
  readonly terms?: Partial<Omit<AccountTerms, 'paper'>>
  readonly paper?: Parameters<typeof paperTerms>[0]
  readonly capital?: number
}

export class Bench {
  readonly exchange: SimulatedExchange
  readonly source: TableSource
  #lastId = 0

  constructor(rows: readonly (Row | null)[], setting: Setting = {}) {
    this.source = new TableSource(...(setting.tables ?? [{ instrument: AAA, rows }]))
    this.exchange = new SimulatedExchange({
      source: this.source,
      startAt: 0,
      endAt: this.source.endAt,
      fillRule: setting.rule ?? 'through',
      ...(setting.path === undefined ? {} : { candlePath: setting.path }),
    })
    this.exchange.openAccount(ACCOUNT)
    this.exchange.deposit(ACCOUNT, money(setting.capital ?? 10_000 * ONE), 'deposit')
    for (const { id, base } of this.source.instruments) {
      this.exchange.attach(ACCOUNT, `bot-${base}`, id, {
        leverage: 10,
        marginMode: 'cross',
        ...setting.terms,
        paper: paperTerms(setting.paper),
      })
    }
    this.exchange.takeEvents()
  }

  place(side: Side, lots: number, at: number | null, parts: Partial<OrderRequest> = {}, of = AAA) {
    this.#lastId += 1
    const id = `o${this.#lastId}` as ClientOrderId
    const outcome = this.exchange.place(ACCOUNT, id, orderRequest(of, side, lots, at, parts))
    return outcome.kind === 'accepted'
      ? { id, status: outcome.status, filled: outcome.quantityFilled as number }
      : { id, status: 'refused', reason: outcome.reason }
  }

  /** Short texts of the account's events since the last look. */
  told(): string[] {
    return this.exchange.takeEvents().map(({ event }) => {
      const when = event.at === 0 ? '' : `${event.at / 1000}s `
      if (event.kind === 'fill') {
        const { side, quantity: lots, price: at, isMaker } = event.fill
        const how = event.isLiquidation ? 'liquidation' : isMaker ? 'maker' : 'taker'
        return `${when}${side} ${lots} at ${at} ${how}`
      }
      if (event.kind === 'funding') return `${when}funding ${event.amount}`
      if (event.kind === 'cash') return `${when}${event.reason} ${event.amount}`
      return `${when}${event.clientId} ${event.status} ${event.quantityFilled} ${event.reason}`
    })
  }

  /** Goes on to the end and returns all account events. */
  rest(): string[] {
    const all: string[] = this.told()
    for (;;) {
      const stop = this.exchange.advance(this.source.endAt)
      all.push(...this.told())
      if (stop === null) return all
    }
  }

  /** Goes on to the next stop. */
  next(): Stop | null {
    return this.exchange.advance(this.source.endAt)
  }

  get held(): number {
    return this.exchange.positions(ACCOUNT)[0]?.quantity ?? 0
  }
}
