/** What this tab has chosen to see of the fleet: it stays when one comes back from an instance. */

import type { EquityCurve } from '../../components/chart-types.ts'
import type { EquityRange } from '../../lib/queries.ts'
import { createStore } from '../../lib/store.ts'
import { type Choice, everything } from './figures.ts'

export const choiceStore = createStore<Choice>(everything)
export const rangeStore = createStore<EquityRange>('1h')
/** What was earned comes first: equity jumps by the capital of whoever joins. */
export const curveStore = createStore<EquityCurve>('pnl')
