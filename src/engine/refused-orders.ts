/** The orders that limits on what may be held have refused last: their figures are made only when somebody asks. Pure. */
import type { OrderRequest } from '../domain/order.ts'
import type { ReasonCode } from '../domain/reason.ts'
import { type GateState, type LimitFound, reachedLimit } from '../domain/risk.ts'

interface Refused {
  readonly request: OrderRequest
  readonly state: GateState
}

export class RefusedOrders {
  readonly #last = new Map<ReasonCode, Refused>()

  note(code: ReasonCode, request: OrderRequest, state: GateState): void {
    if (code.startsWith('limit_')) this.#last.set(code, { request, state })
  }

  /** Of the named reasons those that have figures: what the last order refused would have come to, and what is allowed. */
  figures(reasons: Iterable<ReasonCode>): Readonly<Record<string, LimitFound>> {
    const found: Record<string, LimitFound> = {}
    for (const code of new Set(reasons)) {
      const last = this.#last.get(code)
      const reached = last === undefined ? null : reachedLimit(last.request, last.state)
      if (reached?.code === code && reached.figures !== null) found[code] = reached.figures
    }
    return found
  }
}
