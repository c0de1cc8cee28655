/** How the desks are connected to the venues, as desk and exchange told it last. */
import { contractsOf } from '../config/resolved-instance.ts'
import { instanceOfLeg } from '../domain/leg-name.ts'
import type { ConnectionRow, ExchangeRow } from '../protocol/api-messages.ts'
import type { DeskAccount } from './desk-rows.ts'
import type { Fleet } from './fleet.ts'

/** `{mode}-{venue}-{account}`; neither mode nor venue holds a hyphen. */
export const venueOf = ({ account }: Pick<DeskAccount, 'account'>): string =>
  account.split('-')[1] ?? ''

export function connectionRows(fleet: Fleet): ConnectionRow[] {
  return fleet.deskWatch.accounts.map((account) =>
    connectionRow(fleet, account, fleet.desks.isAccountReached(account.account)),
  )
}

function connectionRow(fleet: Fleet, account: DeskAccount, isDeskThere: boolean): ConnectionRow {
  const { link = null, instances } = account
  const average = link === null || link.roundTrips.count === 0 ? null : link.roundTrips
  return {
    exchange: venueOf(account),
    account: account.account,
    connected:
      isDeskThere &&
      (link?.refusal ?? null) === null &&
      (account.away ?? null) === null &&
      (link?.isOpen ?? isSeenByExchange(fleet, account)),
    reconciled: isDeskThere && account.is_reconciled,
    latency_ms: average === null ? null : rounded((average.sum / average.count) * 1000),
    last_message_at:
      typeof link?.lastMessageAt === 'number' ? new Date(link.lastMessageAt).toISOString() : null,
    reconnects: link?.reconnects ?? null,
    streams: [...new Set(instances.map(({ symbol }) => symbol))].sort(),
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000

/** Of a desk that does not tell: the other end of the connection does. */
function isSeenByExchange({ exchange, exchangeStatus }: Fleet, { account }: DeskAccount): boolean {
  const name = account.replace(/^[^-]+-([^-]+)-/, '$1/')
  const found = exchangeStatus?.accounts.find((one) => one.account === name)
  return exchange.phase.kind === 'running' && found?.isConnected === true
}

/** Venues of accounts that the desk has, and of instances that have no account yet; by name. */
export function exchangeRows(fleet: Fleet): ExchangeRow[] {
  const connections = connectionRows(fleet)
  const { accounts } = fleet.deskWatch
  const configured = [...fleet.units.values()].flatMap(({ id, config }) =>
    config === null ? [] : contractsOf(config).map(({ venue, symbol }) => ({ id, venue, symbol })),
  )
  const attached = accounts.flatMap((account) =>
    account.instances.map(({ instance, symbol }) => ({
      id: instanceOfLeg(instance),
      venue: venueOf(account),
      symbol,
    })),
  )
  const all = [...configured, ...attached]
  const names = new Set([...all.map(({ venue }) => venue), ...accounts.map(venueOf)])
  return [...names].sort().map((name) => {
    const own = connections.filter(({ exchange }) => exchange === name)
    const here = all.filter(({ venue }) => venue === name)
    return {
      name,
      connected: own.length > 0 && own.every(({ connected }) => connected),
      reconciled: own.length > 0 && own.every(({ reconciled }) => reconciled),
      accounts: own.map(({ account }) => account),
      instances: [...new Set(here.map(({ id }) => id))].sort(),
      symbols: [...new Set(here.map(({ symbol }) => symbol))].sort(),
    }
  })
}
