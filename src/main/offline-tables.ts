/** Orders, fills, trades, positions and balances of a home without a control plane: from journals, desks and bots. */
import { SqliteJournalPages } from '../adapters/stores/sqlite-journal-pages.ts'
import type { Awaitable } from '../cli/config-operations.ts'
import { contractsOf } from '../config/resolved-instance.ts'
import { chosenExecuted, executedRows } from '../fleet/executed-rows.ts'
import { balanceRow, fillRow, filtered, orderRow } from '../fleet/table-rows.ts'
import { TradeKeeper } from '../fleet/trade-keeper.ts'
import type { ExecutedFilter, ExecutedRow } from '../protocol/arbitrage-messages.ts'
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

  /** As the bots tell them, or told them last. @throws as rows */
  async executed(filter: ExecutedFilter): Promise<readonly ExecutedRow[]> {
    if (filter.instance !== null) this.#registry.find(filter.instance)
    const told = this.#registry.known().instances.map(async ({ record: { id }, config }) => {
      if (config === null || contractsOf(config).length === 1) return []
      // One that has never run has taken none.
      return executedRows(id, await this.#views.status(id).catch(() => null))
    })
    return chosenExecuted((await Promise.all(told)).flat(), filter)
  }

  #all(name: TableName, filter: TableFilter): Awaitable<readonly TableRow[]> {
    if (name === 'positions') return this.#positions()
    if (name === 'balances') return this.#balances()
    return this.#ofJournals(name, filter)
  }

  #ofJournals(
    name: Exclude<TableName, 'positions' | 'balances'>,
    { instance, venue, since, limit }: TableFilter,
  ): readonly TableRow[] {
    const journals = new SqliteJournalPages(this.#registry.home.database)
    if (name === 'trades') return new TradeKeeper(journals, instance).rows()
    const from = since === null ? null : Date.parse(since)
    const question = { instance, venue, since: from, limit, place: null }
    if (name === 'orders')
      return journals
        .orders(question, 'all')
        .rows.map(({ order, instrument }) => orderRow(order, instrument))
    return journals
      .events(question, 'fill')
      .rows.flatMap(({ event, instance: id, instrument }) =>
        event.kind === 'fill' ? [fillRow({ ...event.fill, instance: id }, instrument)] : [],
      )
  }

  async #positions(): Promise<TableRow[]> {
    const { items } = await this.#views.list()
    return items
      .filter((one) => one.position !== null)
      .flatMap((one) =>
        (one.legs ?? [one]).map(({ venue, symbol, position, equity, orders }) => ({
          instance: one.id,
          venue,
          symbol,
          quantity: position ?? '0',
          equity,
          orders,
        })),
      )
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
