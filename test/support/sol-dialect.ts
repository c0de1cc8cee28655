/** A dialect against the sandbox's front of its venue, over real sockets: the sandbox, SOL as it is watched, orders of it. */
import assert from 'node:assert/strict'
import type { VenueDialect, WireOrder } from '../../src/adapters/venues/live/dialect.ts'
import { type Instrument, roundPrice } from '../../src/domain/instrument.ts'
import { type Price, price, quantity } from '../../src/domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../src/domain/order.ts'
import type { FrontFactory, SandboxVenue } from '../../src/exchange/sandbox/front.ts'
import { VenueError } from '../../src/ports/venue.ts'
import { Heard } from './live-parts.ts'
import { TestSandbox, wave } from './sandbox.ts'
import { sandboxVenue, Wire } from './wire.ts'

const HOUR_MS = 3_600_000

/** A market of waves with one funding rate, and the way to it. */
export async function solSandbox(venue: SandboxVenue, front: FrontFactory, symbol: string) {
  const sandbox = new TestSandbox({
    venue,
    front,
    rows: { [symbol]: wave(10_000, 20) },
    rates: [[HOUR_MS, 10_000]],
    volumeShare: 100_000,
  })
  return { sandbox, wire: await Wire.open(sandboxVenue(sandbox)) }
}

/** Opens the dialect, takes SOL up and listens until so many private streams are live. */
export async function heardSol(dialect: VenueDialect, symbol: string, streams = 1) {
  const heard = new Heard()
  await dialect.open()
  const { instrument: sol, price: at } = await dialect.instrument(symbol)
  await dialect.setTerms(sol, 2, 'cross')
  dialect.watch(sol)
  dialect.listen(heard)
  await heard.until(() => new Set(heard.live).size >= streams)
  return { heard, sol, last: at.last }
}

/** What orders are made of at the moment. */
interface Present {
  readonly dialect: VenueDialect
  readonly sol: Instrument
  readonly last: Price
  /** Wall clock, ms. */
  readonly now: number
}

interface OrderTerms {
  readonly lots: number
  readonly deadlineMs: number
  readonly nextId: () => ClientOrderId
}

export function solOrders(present: () => Present, { lots, deadlineMs, nextId }: OrderTerms) {
  /** A price that the venue takes, at a share of the last one. */
  const near = (share: number): Price => {
    const { sol, last } = present()
    return roundPrice(sol, price(Math.round(last * share)), 'floor')
  }
  const limit = (part: Partial<OrderRequest> = {}): OrderRequest => ({
    instrument: present().sol.id,
    side: 'buy',
    kind: 'limit',
    price: near(0.9),
    quantity: quantity(lots),
    timeInForce: 'gtc',
    isPostOnly: false,
    isReduceOnly: false,
    trigger: null,
    ...part,
  })
  const order = (request: OrderRequest, clientId = nextId()): WireOrder => {
    const { sol, now } = present()
    return { clientId, instrument: sol, request, expiresAt: now + deadlineMs }
  }
  const placeOne = async (request: OrderRequest): Promise<ClientOrderId> => {
    const one = order(request)
    const [outcome] = await present().dialect.place([one])
    assert.equal(outcome?.kind, 'accepted', JSON.stringify(outcome))
    return one.clientId
  }
  return { near, limit, order, placeOne }
}

/** For assert.rejects. */
export const isKind = (kind: VenueError['kind'], code?: string) => (error: unknown) =>
  error instanceof VenueError && error.kind === kind && (code === undefined || error.code === code)
