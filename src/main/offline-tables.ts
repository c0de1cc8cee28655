/** Orders, fills, trades, positions and balances of a home without a control plane: from journals, desks and bots. */
import { readJournals } from '../adapters/stores/sqlite-fleet-reader.ts'
import type { Awaitable } from '../cli/config-operations.ts'
import {
  balanceRow,
  fillRow,
  filtered,
  orderRow,
  TRADE_FILLS_MAX,
  tradeRows,
} from '../fleet/table-rows.ts'
import type { TableFilter, TableName, TableRow } from '../protocol/fleet-messages.ts'
import { lastBalances } from './offline-balances.ts'
import type { OfflineRegistry } from './offline-registry.ts'
import type { OfflineServices } from './offline-services.ts'
import type { OfflineViews } from './offline-views.ts'

export class OfflineTables {
  readonly #registry: OfflineRegistry
  readonly #services: OfflineServices
  readonly #views: OfflineViews

  constructor(registry: OfflineRegistry, services: OfflineServices, views: OfflineViews) {
    this.#registry = registry
    this.#services = services
    this.#views = views
  }

  /** @throws OfflineError NOT_FOUND when the filter names an instance that nobody knows */
  async rows(name: TableName, filter: TableFilter): Promise<readonly TableRow[]> {
    if (filter.instance !== null) this.#registry.find(filter.instance)
    return filtered(await this.#all(name, filter), filter)
  }

  #all(name: TableName, filter: TableFilter): Awaitable<readonly TableRow[]> {
    if (name === 'positions') return this.#positions()
    if (name === 'balances') return this.#balances()
    const { instance, venue, since, limit } = filter
    const isWhole = name === 'trades' || venue !== null || since !== null
    const count = isWhole ? TRADE_FILLS_MAX : limit
    const { database } = this.#registry.home
    const { orders, fills, instruments } = readJournals(database, instance, count)
    if (name === 'trades') return tradeRows(fills, instruments)
    const rows: readonly { readonly instance: string }[] = name === 'orders' ? orders : fills
    return rows.flatMap((row): TableRow[] => {
      const instrument = instruments.get(row.instance)
      if (instrument === undefined) return []
      return name === 'orders'
        ? [orderRow(row as (typeof orders)[number], instrument)]
        : [fillRow(row as (typeof fills)[number], instrument)]
    })
  }

  async #positions(): Promise<TableRow[]> {
    const { items } = await this.#views.list()
    return items
      .filter((one) => one.position !== null)
      .map((one) => ({
        instance: one.id,
        venue: one.venue,
        symbol: one.symbol,
        quantity: one.position ?? '0',
        equity: one.equity,
        orders: one.orders,
      }))
  }

  /** As the desk tells them; without one what its instances had when they ended, and nothing of the rest. */
  async #balances(): Promise<readonly TableRow[]> {
    const status = await this.#services.deskStatus()
    if (status !== null) return status.accounts.map(balanceRow)
    const { instances } = this.#registry.known()
    const equities = new Map((await this.#views.list()).items.map((one) => [one.id, one.equity]))
    const configs = instances.flatMap(({ config }) => (config === null ? [] : [config]))
    return lastBalances(configs, (id) => equities.get(id) ?? null)
  }
}
