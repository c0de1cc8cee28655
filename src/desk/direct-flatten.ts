/**
 * Cancels and flattens an account past its desk: no journal, no loop, no strategy. Everything it sends is reduce-only, so
 * the venue keeps it from doing harm whoever else acts at the same time; it ends when the venue itself reports nothing.
 */
import type { InstrumentId } from '../domain/instrument.ts'
import { quantity } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { approveReduction } from '../domain/risk.ts'
import type { VenueOrder, VenuePosition } from '../domain/venue-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { VenueAccount } from '../ports/venue.ts'

type DirectVenue = Pick<VenueAccount, 'openOrders' | 'positions' | 'cancel' | 'place'>

export interface DirectFlattenOptions {
  /** null = everything on the account, orders of strangers included. */
  readonly instruments: ReadonlySet<InstrumentId> | null
  /** Its wall clock is the venue's: the deadline of an order is read there. */
  readonly clock: Clock
  readonly newId: () => ClientOrderId
  /** Machine time after which it gives up, ms. */
  readonly limitMs: number
}

/** What the venue reported last. */
export interface DirectFlattened {
  readonly isFlat: boolean
  readonly ordersCanceled: number
  readonly ordersLeft: number
  readonly positionsLeft: readonly VenuePosition[]
  /** Why it could not be asked or told at the last try; null = it answered. */
  readonly trouble: string | null
}

const LOOK_MS = 200
const ORDER_DEADLINE_MS = 5000

export async function flattenDirect(
  venue: DirectVenue,
  options: DirectFlattenOptions,
): Promise<DirectFlattened> {
  const { clock, limitMs } = options
  const end = clock.monotonicMs() + limitMs
  const canceled = new Set<ClientOrderId>()
  let last: DirectFlattened = nothingKnown
  for (;;) {
    try {
      const { open, held } = await look(venue, options)
      const ordersLeft = open.length
      const isFlat = ordersLeft === 0 && held.length === 0
      const ordersCanceled = canceled.size
      last = { isFlat, ordersCanceled, ordersLeft, positionsLeft: held, trouble: null }
      if (isFlat) return last
      // Only what the venue has confirmed as cancelled can no longer open the position again.
      const resting = new Set(open.map(({ request }) => request.instrument))
      const free = held.filter(({ instrument }) => !resting.has(instrument))
      // Each contract by itself: one that the venue does not let go holds no other up.
      const troubles = await Promise.all([
        withdraw(venue, open, canceled),
        ...free.map((position) => reduce(venue, position, options)),
      ])
      last = { ...last, trouble: troubles.find((text) => text !== null) ?? null }
    } catch (error) {
      last = {
        ...last,
        isFlat: false,
        trouble: textOf(error),
      }
    }
    if (clock.monotonicMs() > end) return last
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve))
  }
}

const nothingKnown: DirectFlattened = {
  isFlat: false,
  ordersCanceled: 0,
  ordersLeft: 0,
  positionsLeft: [],
  trouble: 'the venue has not answered',
}

/** Orders first: one that fills between the two questions shows as a position. */
async function look(venue: DirectVenue, { instruments }: DirectFlattenOptions) {
  const isMeant = (id: InstrumentId): boolean => instruments === null || instruments.has(id)
  const open = (await venue.openOrders()).filter(({ request }) => isMeant(request.instrument))
  const positions = await venue.positions()
  const held = positions.filter((one) => isMeant(one.instrument) && one.quantity !== 0)
  return { open, held }
}

/** @returns what went wrong, null = nothing */
async function withdraw(
  venue: DirectVenue,
  open: readonly VenueOrder[],
  canceled: Set<ClientOrderId>,
): Promise<string | null> {
  const contracts = [...Map.groupBy(open, ({ request }) => request.instrument)]
  const troubles = contracts.map(async ([instrument, orders]) => {
    const ids = orders.map(({ clientId }) => clientId)
    try {
      await venue.cancel(instrument, ids)
    } catch (error) {
      return textOf(error)
    }
    for (const id of ids) canceled.add(id)
    return null
  })
  return (await Promise.all(troubles)).find((text) => text !== null) ?? null
}

/** @returns why the venue did not take the order, null = it did */
async function reduce(
  venue: DirectVenue,
  position: VenuePosition,
  { clock, newId }: DirectFlattenOptions,
): Promise<string | null> {
  const intent = approveReduction(
    {
      clientId: newId(),
      instance: 'direct',
      origin: { kind: 'operator' },
      request: {
        instrument: position.instrument,
        side: position.quantity > 0 ? 'sell' : 'buy',
        kind: 'market',
        price: null,
        quantity: quantity(Math.abs(position.quantity)),
        timeInForce: 'ioc',
        isPostOnly: false,
        isReduceOnly: true,
        trigger: null,
      },
    },
    clock.wallMs() + ORDER_DEADLINE_MS,
  )
  try {
    const [outcome] = await venue.place([intent])
    if (outcome === undefined || outcome.kind === 'accepted') return null
    const said = outcome.kind === 'rejected' ? 'refused' : 'not answered for certain'
    return `the order that closes ${position.instrument} was ${said} (${outcome.reason})`
  } catch (error) {
    return textOf(error)
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
