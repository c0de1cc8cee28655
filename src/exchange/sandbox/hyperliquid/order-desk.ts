/** Orders, cancels, changes and the dead-man switch of one venue ("Exchange endpoint"). */
import type {
  CancelResult,
  OrderRef,
  PlaceResult,
  SandboxAccount,
  SandboxBackend,
  SandboxEvent,
  SandboxOrder,
} from '../front.ts'
import type { L1Action, OidOrCloid, WireModify, WireOrder } from './actions.ts'
import {
  type Baggage,
  type Checked,
  checkOrder,
  type Grouping,
  payloadError,
  refusalText,
} from './order-check.ts'
import { cloidOf } from './order-views.ts'
import { MISSING, NOT_MODIFIABLE, UNFILLED, withAsset } from './refusals.ts'
import type { Coin, Universe } from './universe.ts'
import { wireAverage, wireSize } from './wire-number.ts'

export type OrderStatus = string | Readonly<Record<string, unknown>>

/** How an action reached the venue; stays with the orders it places. */
export interface Sending {
  readonly signer: string
  readonly nonce: number
  readonly expiresAfter: number | null
  readonly used: number
}

type ActionOf<T extends L1Action['type']> = Extract<L1Action, { type: T }>

export class OrderDesk {
  readonly #backend: SandboxBackend
  readonly #universe: Universe
  /** Why the venue itself has ended an order, by its number. */
  readonly causes = new Map<number, string>()

  constructor(backend: SandboxBackend, universe: Universe) {
    this.#backend = backend
    this.#universe = universe
  }

  /** @returns one status an order; a single one when the payload alone is wrong */
  place(
    account: SandboxAccount,
    action: ActionOf<'order'>,
    sending: Sending,
  ): readonly OrderStatus[] {
    const { orders, grouping } = action
    const wrong = payloadError(this.#universe, orders, grouping)
    if (wrong !== null) return [{ error: wrong }]
    if (grouping === 'normalTpsl') return this.#placeFamily(account, orders, sending)
    return this.#placeAll(account, orders, grouping, baggageOf(sending), sending)
  }

  #placeAll(
    account: SandboxAccount,
    orders: readonly WireOrder[],
    grouping: Grouping,
    baggage: Baggage,
    sending: Sending,
  ): readonly OrderStatus[] {
    const terms = { grouping, baggage, expiresAt: sending.expiresAfter }
    const checked = orders.map((order) => {
      const coin = this.#coin(order.a)
      return { coin, checked: checkOrder(this.#backend, coin, order, terms) }
    })
    const wishes = checked.flatMap((one) => (one.checked.kind === 'wish' ? [one.checked.wish] : []))
    const results = [...(wishes.length > 0 ? account.place(wishes) : [])]
    return checked.map((one) => this.#statusOf(one.coin, one.checked, results))
  }

  #statusOf(coin: Coin, checked: Checked, results: PlaceResult[]): OrderStatus {
    if (checked.kind === 'error') return { error: checked.error }
    const result = results.shift()
    if (result?.kind !== 'accepted') {
      const reason = result?.reason ?? 'fault'
      return { error: refusalText(this.#backend, coin, reason) }
    }
    return acceptedStatus(coin, result.order)
  }

  /** A parent with its take-profit and stop-loss: the children rest reduce-only, and end with the parent or each other. */
  #placeFamily(
    account: SandboxAccount,
    [parent, ...children]: readonly WireOrder[],
    sending: Sending,
  ): readonly OrderStatus[] {
    if (!parent) return []
    const baggage = baggageOf(sending)
    const [status = { error: MISSING }] = this.#placeAll(account, [parent], 'na', baggage, sending)
    const oid = oidOf(status)
    if (oid === null) return [status, ...children.map(() => status)]
    const family = { ...baggage, parent: String(oid) }
    const isFilled = typeof status === 'object' && 'filled' in status
    const rest = this.#placeAll(account, children, 'na', family, sending)
    const waiting = isFilled ? 'waitingForTrigger' : 'waitingForFill'
    return [status, ...rest.map((one) => (oidOf(one) === null ? one : waiting))]
  }

  cancel(account: SandboxAccount, action: ActionOf<'cancel'>): readonly OrderStatus[] {
    return action.cancels.map(({ a, o }) => this.#cancelOne(account, a, { id: o }))
  }

  cancelByCloid(
    account: SandboxAccount,
    action: ActionOf<'cancelByCloid'>,
  ): readonly OrderStatus[] {
    return action.cancels.map(({ asset, cloid }) => {
      const order = this.find(account, cloid)
      return this.#cancelOne(account, asset, order ? { id: order.id } : { clientId: cloid })
    })
  }

  #cancelOne(account: SandboxAccount, asset: number, ref: OrderRef): OrderStatus {
    const missing = { error: withAsset(MISSING, asset) }
    const coin = this.#universe.byAsset(asset)
    const order = account.order(ref)
    if (order !== null && order.instrument !== coin?.instrument.id) return missing
    const result: CancelResult | undefined = account.cancel([ref])[0]
    return result?.kind === 'canceled' ? 'success' : missing
  }

  /**
   * Each is a cancel and a new order under a new number; the new one keeps the client's id.
   * @param isForced the new one is placed even when there is nothing to cancel any more
   */
  modifyAll(
    account: SandboxAccount,
    modifies: readonly WireModify[],
    isForced: boolean,
    sending: Sending,
  ): readonly OrderStatus[] {
    const orders = modifies.map((one) => one.order)
    const wrong = payloadError(this.#universe, orders, 'na')
    if (wrong !== null) return [{ error: wrong }]
    return modifies.map((one) => this.#modifyOne(account, one, isForced, sending))
  }

  #modifyOne(
    account: SandboxAccount,
    { oid, order }: WireModify,
    isForced: boolean,
    sending: Sending,
  ): OrderStatus {
    const old = this.find(account, oid)
    const coin = this.#coin(order.a)
    const isOpen = old?.status === 'open' && old.instrument === coin.instrument.id
    const isCanceled = isOpen && account.cancel([{ id: old.id }])[0]?.kind === 'canceled'
    if (!isCanceled && !isForced) return { error: NOT_MODIFIABLE }
    const cloid = order.c ?? (old ? cloidOf(old) : null)
    const renewed = cloid === null ? order : { ...order, c: cloid }
    const grouping = old?.request.quantity === 'position' ? 'positionTpsl' : 'na'
    const baggage = baggageOf(sending)
    return this.#placeAll(account, [renewed], grouping, baggage, sending)[0] ?? { error: MISSING }
  }

  /** The order of a number or a client's id; of several with one id the one that lives, else the newest. */
  find(account: SandboxAccount, ref: OidOrCloid): SandboxOrder | null {
    if (typeof ref === 'number') return account.order({ id: ref })
    const newest = account.order({ clientId: ref })
    if (newest === null || newest.status === 'open') return newest
    return account.openOrders(newest.instrument).find((one) => one.clientId === ref) ?? newest
  }

  /** Ends what belongs to an order that has ended: children of a canceled parent, the sibling of one that fired. */
  onOrder(account: SandboxAccount, event: Extract<SandboxEvent, { kind: 'order' }>): void {
    const { order } = event
    if (order.status === 'open') return
    const parent = order.extra['parent']
    const isDead = order.status !== 'filled' && order.quantityFilled === 0
    if (parent === undefined && isDead)
      this.#endFamily(account, order, String(order.id), 'canceled')
    if (parent !== undefined && !isDead) {
      this.#endFamily(account, order, parent, 'siblingFilledCanceled')
    }
  }

  #endFamily(account: SandboxAccount, by: SandboxOrder, parent: string, cause: string): void {
    for (const one of account.openOrders(by.instrument)) {
      if (one.extra['parent'] === parent && one.id !== by.id) this.end(account, one, cause)
    }
  }

  /** Cancels an order in the name of the venue. */
  end(account: SandboxAccount, order: SandboxOrder, cause: string): void {
    this.causes.set(order.id, cause)
    account.cancel([{ id: order.id }])
  }

  #coin(asset: number): Coin {
    const coin = this.#universe.byAsset(asset)
    if (!coin)
      throw new RangeError(`asset ${asset} passed the check of the payload and is not listed`)
    return coin
  }
}

const baggageOf = ({ signer, nonce, used }: Sending): Baggage => ({
  signer,
  nonce: String(nonce),
  used: String(used),
})

function acceptedStatus(coin: Coin, order: SandboxOrder): OrderStatus {
  const cloid = cloidOf(order)
  const named = { oid: order.id, ...(cloid === null ? {} : { cloid }) }
  if (order.status === 'open') return { resting: named }
  if (order.quantityFilled === 0) return { error: withAsset(UNFILLED, coin.asset) }
  const { instrument } = coin
  return {
    filled: {
      totalSz: wireSize(instrument, order.quantityFilled).replace(/\.0$/, ''),
      avgPx: wireAverage(instrument, order.costFilled / order.quantityFilled),
      ...named,
    },
  }
}

function oidOf(status: OrderStatus): number | null {
  if (typeof status === 'string') return null
  const told = (status['resting'] ?? status['filled']) as { oid: number } | undefined
  return told?.oid ?? null
}
