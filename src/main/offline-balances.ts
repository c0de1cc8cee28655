/** What accounts held last, when no desk runs that could tell. */
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { formatMoney, money, parseDecimal } from '../domain/money.ts'
import type { BalanceRow } from '../protocol/fleet-messages.ts'

const MONEY_DECIMALS = 8

/** @param equityOf decimal text; null = the instance has never run */
export function lastBalances(
  configs: readonly ResolvedInstance[],
  equityOf: (id: string) => string | null,
): BalanceRow[] {
  // What an instance of several legs had is one sum, which no account tells apart: its legs are left out.
  const accounts = Map.groupBy(
    configs.filter(({ legs }) => legs.length === 0).map(({ settings }) => settings),
    ({ mode, venue, account }) => `${mode}-${venue}-${account}`,
  )
  return [...accounts].map(([account, own]) => {
    const equities = own.map((one) => parseDecimal(equityOf(one.instance) ?? '0', MONEY_DECIMALS))
    const { mode = '', venue = '', symbol = '' } = own[0] ?? {}
    return {
      account,
      venue,
      mode,
      currency: symbol.split(':')[1] ?? '',
      equity: null,
      instances_equity: formatMoney(money(equities.reduce((sum, one) => sum + one, 0))),
      unallocated: null,
      instances: own.map(({ instance }) => instance),
    }
  })
}
