/** After all kills: the exchange's own books against journals and bots, order by order and to the last unit. */

import { FillFingerprint } from '../../src/domain/fingerprint.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { instrumentId } from '../../src/domain/instrument.ts'
import { type Fill, signOf } from '../../src/domain/order.ts'
import type { VenueAccountEvent } from '../../src/domain/venue-report.ts'
import {
  botInstance,
  type ExchangeOrder,
  exchangeEvents,
  exchangeOpenOrders,
  exchangeOrders,
  type JournalOrder,
  journalEvents,
  journalOrders,
} from './books.ts'
import { sleep, type World } from './world.ts'

export interface Verdict {
  intents: number
  venueOrders: number
  fills: number
  /** Accepted by the exchange, but the journal does not know it as such (or with another filled quantity). */
  readonly lost: string[]
  /** The exchange was asked twice for one intent. */
  readonly doubled: string[]
  /** At the exchange without an intent, or open there although no bot wants it. */
  readonly orphaned: string[]
  /** In a journal as accepted, and unknown at the exchange. */
  readonly invented: string[]
  readonly unsettled: string[]
  /** Positions, fills, fees, funding and fingerprints that differ between exchange, journal and bot. */
  readonly differences: string[]
}

export const emptyVerdict = (): Verdict => ({
  intents: 0,
  venueOrders: 0,
  fills: 0,
  lost: [],
  doubled: [],
  orphaned: [],
  invented: [],
  unsettled: [],
  differences: [],
})

/** Everything is stopped: compares the files. */
export function compareBooks(world: World, verdict: Verdict): void {
  const orders = exchangeOrders(world.exchangeDb)
  for (const [account, journal] of world.accounts) {
    const own = orders.filter((order) => order.account === account)
    compareOrders(own, journalOrders(journal), verdict)
  }
  for (const one of world.options.instances) compareInstance(world, one, verdict)
}

export function compareOrders(
  venue: readonly ExchangeOrder[],
  intents: readonly JournalOrder[],
  verdict: Verdict,
): void {
  const atVenue = new Map(venue.map((order) => [order.clientId, order]))
  const known = new Set(intents.map(({ clientId }) => clientId))
  verdict.intents += intents.length
  verdict.venueOrders += venue.length
  for (const { clientId } of venue) {
    if (!known.has(clientId)) verdict.orphaned.push(`${clientId} has no intent`)
  }
  for (const intent of intents) compareOrder(intent, atVenue.get(intent.clientId), verdict)
}

const ACCEPTED = new Set(['accepted', 'filled', 'canceled', 'expired'])

function compareOrder(
  intent: JournalOrder,
  order: ExchangeOrder | undefined,
  verdict: Verdict,
): void {
  const { clientId, outcome, reason, filled, isSettled } = intent
  if (reason === 'duplicate_client_id') verdict.doubled.push(`${clientId} was sent twice`)
  if (!isSettled) verdict.unsettled.push(`${clientId} is not settled (${outcome ?? 'no outcome'})`)
  const isAccepted = order !== undefined && order.status !== 'rejected'
  if (isAccepted && !ACCEPTED.has(outcome ?? '')) {
    verdict.lost.push(`${clientId}: ${order.status} at the exchange, ${outcome} in the journal`)
  } else if (isAccepted && order.filled !== filled) {
    verdict.lost.push(`${clientId}: filled ${order.filled} at the exchange, ${filled} booked`)
  } else if (!isAccepted && ACCEPTED.has(outcome ?? '')) {
    verdict.invented.push(`${clientId}: ${outcome} in the journal, not at the exchange`)
  }
}

export interface Sums {
  readonly position: number
  readonly fees: number
  readonly funding: number
  readonly fills: number
  readonly fingerprint: string
}

export function sumsOf(
  fills: readonly Fill[],
  funding: readonly { readonly amount: number }[],
  instrument: Instrument,
): Sums {
  const fingerprint = new FillFingerprint()
  let position = 0
  let fees = 0
  for (const fill of fills) {
    position += signOf(fill.side) * fill.quantity
    fees += fill.fee
    fingerprint.add(instrument, fill)
  }
  const paid = funding.reduce((sum, { amount }) => sum + amount, 0)
  return { position, fees, funding: paid, fills: fills.length, fingerprint: fingerprint.value() }
}

type VenueFill = Extract<VenueAccountEvent, { kind: 'fill' }>
type VenueFunding = Extract<VenueAccountEvent, { kind: 'funding' }>

function compareInstance(
  world: World,
  one: World['options']['instances'][number],
  verdict: Verdict,
): void {
  const stored = botInstance(world.botDb(one.id))
  const instrument = stored?.instruments[0]
  if (stored === null || instrument === undefined) {
    verdict.differences.push(`${one.id} has stored nothing`)
    return
  }
  const id = instrumentId(one.venue, one.symbol)
  const events = exchangeEvents(world.exchangeDb, `${one.venue}/${one.account}`)
  const fills = events.filter((event): event is VenueFill => event.kind === 'fill')
  const funding = events.filter((event): event is VenueFunding => event.kind === 'funding')
  const venue = sumsOf(
    fills.map(({ fill }) => fill).filter((fill) => fill.instrument === id),
    funding.filter((event) => event.instrument === id),
    instrument,
  )
  const booked = journalEvents(world.journalDb(one.venue, one.account)).filter(
    ({ instance }) => instance === one.id,
  )
  const journal = sumsOf(
    booked.flatMap(({ event }) => (event.kind === 'fill' ? [event.fill] : [])),
    booked.flatMap(({ event }) => (event.kind === 'funding' ? [event] : [])),
    instrument,
  )
  const { ledger } = stored
  const bot: Sums = {
    position: ledger.holdings[0]?.position ?? 0,
    fees: ledger.fees,
    funding: ledger.funding,
    fills: ledger.fillsCount,
    fingerprint: FillFingerprint.restore(ledger.fingerprint).value(),
  }
  verdict.fills += venue.fills
  for (const key of ['position', 'fees', 'funding', 'fills', 'fingerprint'] as const) {
    if (venue[key] === journal[key] && journal[key] === bot[key]) continue
    verdict.differences.push(
      `${one.id} ${key}: exchange ${venue[key]}, journal ${journal[key]}, bot ${bot[key]}`,
    )
  }
}

const UNWANTED_LOOKS = 4
const UNWANTED_PAUSE_MS = 1500

/** While everything runs: open orders at the exchange that no bot wants, look after look. */
export async function findUnwanted(world: World, verdict: Verdict): Promise<void> {
  let suspects = [...(await unwantedNow(world))]
  for (let look = 1; look < UNWANTED_LOOKS && suspects.length > 0; look++) {
    await sleep(UNWANTED_PAUSE_MS)
    // An order that is being cancelled, or whose fill is on its way, is gone at the next look.
    const unwanted = await unwantedNow(world)
    suspects = suspects.filter((id) => unwanted.has(id))
  }
  for (const id of suspects) verdict.orphaned.push(`${id} is open and no bot wants it`)
}

async function unwantedNow(world: World): Promise<ReadonlySet<string>> {
  const wanted = new Set<string>()
  for (const { id } of world.options.instances) {
    const status = await world.botStatus(id)
    for (const { slot } of status?.orders?.list ?? []) wanted.add(`${id} ${slot}`)
  }
  const intents = new Map<string, string>()
  for (const [account, journal] of world.accounts) {
    for (const { clientId, instance, origin } of journalOrders(journal)) {
      if (origin.kind === 'slot')
        intents.set(`${account} ${clientId}`, `${instance} ${origin.slot}`)
    }
  }
  const open = exchangeOpenOrders(world.exchangeDb).map(
    (order) => `${order.account} ${order.clientId}`,
  )
  return new Set(open.filter((order) => !wanted.has(intents.get(order) ?? '')))
}
