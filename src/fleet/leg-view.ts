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
 * @param closed what the bot tells: a clause for each leg, null for those that may take new risk
 */
export function contractView(
  config: ResolvedInstance | null,
  rowOf: (leg: string) => DeskInstanceRow | null,
  closed: unknown = null,
): Contract {
  if (config === null) return { venue: '', symbol: '', mode: 'paper' }
  const contracts = contractsOf(config)
  const { symbol, mode } = config.settings
  const venue = [...new Set(contracts.map((one) => one.venue))].join('+')
  if (contracts.length === 1) return { venue, symbol, mode }
  const reasons: readonly unknown[] = Array.isArray(closed) ? closed : []
  const legs = contracts.map((one, leg) => legView(one, rowOf(one.instance), reasons[leg]))
  return { venue, symbol, mode, legs }
}

const legView = (
  { instance, venue, symbol, account }: ResolvedInstance['settings'],
  row: DeskInstanceRow | null,
  closed: unknown,
): LegView => ({
  name: instance,
  venue,
  symbol,
  account,
  state: row === null ? null : stateShown(row),
  position: heldOf(row),
  equity: row === null ? null : formatMoney(row.equity),
  orders: row?.orders_working ?? null,
  closed_reason: typeof closed === 'string' ? closed : null,
})
