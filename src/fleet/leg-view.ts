/** What lists show of the contracts of an instance: one, or those of its legs. */
import { contractsOf, type ResolvedInstance } from '../config/resolved-instance.ts'
import { formatMoney } from '../domain/money.ts'
import type { InstanceView, LegView } from '../protocol/fleet-messages.ts'
import { heldOf } from './bot-report.ts'
import type { DeskInstanceRow } from './desk-rows.ts'
import { stateShown } from './outside-view.ts'

type Contract = Pick<InstanceView, 'venue' | 'symbol' | 'mode' | 'legs'>

/**
 * @param config null = its file is missing or faulty
 * @param rowOf what the desk of a leg tells of it, by its name there
 */
export function contractView(
  config: ResolvedInstance | null,
  rowOf: (leg: string) => DeskInstanceRow | null,
): Contract {
  if (config === null) return { venue: '', symbol: '', mode: 'paper' }
  const contracts = contractsOf(config)
  const { symbol, mode } = config.settings
  const venue = [...new Set(contracts.map((one) => one.venue))].join('+')
  if (contracts.length === 1) return { venue, symbol, mode }
  return { venue, symbol, mode, legs: contracts.map((one) => legView(one, rowOf(one.instance))) }
}

const legView = (
  { instance, venue, symbol, account }: ResolvedInstance['settings'],
  row: DeskInstanceRow | null,
): LegView => ({
  name: instance,
  venue,
  symbol,
  account,
  state: row === null ? null : stateShown(row),
  position: heldOf(row),
  equity: row === null ? null : formatMoney(row.equity),
  orders: row?.orders_working ?? null,
})
