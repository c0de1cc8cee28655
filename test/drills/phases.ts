/**
 * In which phase of an order's way a program was killed. Decided after the kill from what journal and exchange hold, never
 * assumed from the aim:
 *
 * - `intent committed`: the journal holds an intent that never left the desk
 * - `sent`: the request was on the wire: the exchange did not have it yet at the kill, and got it later or died with it
 * - `accepted unseen`: the exchange has the order, the journal has no outcome of it
 * - `fill unseen`: the exchange has a fill that the journal does not (bots: or that the bot has not booked)
 * - `none`: nothing was under way
 */
import { instrumentId } from '../../src/domain/instrument.ts'
import {
  botInstance,
  exchangeEvents,
  exchangeHas,
  exchangeHeads,
  type JournalOrder,
  journalLastFill,
  journalOpen,
  journalReasons,
} from './books.ts'
import type { ProgramKind } from './supervised.ts'
import type { World } from './world.ts'

export const PHASES = ['intent committed', 'sent', 'accepted unseen', 'fill unseen'] as const
export type Phase = (typeof PHASES)[number]
export type Measured = Phase | 'none'

interface Pending {
  readonly account: string
  readonly journal: string
  readonly clientIds: readonly string[]
}

/** What was seen right after a kill; `pending` orders show later whether they had left the desk. */
export interface Sight {
  readonly kind: ProgramKind
  readonly phases: ReadonlySet<Phase>
  readonly pending: readonly Pending[]
}

/**
 * Looks at the books. Of a desk or the exchange after its death, so that its own side stands still; the exchange's side
 * goes on within the few milliseconds that this takes.
 * @param instance only what concerns this bot
 */
export function seeKill(world: World, kind: ProgramKind, instance: string | null): Sight {
  const phases = new Set<Phase>()
  const pending: Pending[] = []
  const heads = exchangeHeads(world.exchangeDb)
  const all = [...world.accounts].map(([account, journal]) => ({
    account,
    journal,
    open: journalOpen(journal),
  }))
  for (const { account, journal, open } of all) {
    const unanswered = open.orders
      .filter((order) => order.outcome === null && isOf(order, instance))
      .map((order) => order.clientId)
    const known = exchangeHas(world.exchangeDb, account, unanswered)
    if (known.size > 0) phases.add('accepted unseen')
    const clientIds = unanswered.filter((clientId) => !known.has(clientId))
    if (clientIds.length > 0) pending.push({ account, journal, clientIds })
    const isBehind = (heads.get(account) ?? 0) > open.venueSeq
    if (isBehind && hasFill(world, account, open.venueSeq, instance)) phases.add('fill unseen')
  }
  if (instance !== null && isBotBehind(world, instance)) phases.add('fill unseen')
  return { kind, phases, pending }
}

const isOf = (order: JournalOrder, instance: string | null): boolean =>
  instance === null || order.instance === instance

function hasFill(world: World, account: string, after: number, instance: string | null): boolean {
  const one = world.options.instances.find(({ id }) => id === instance)
  const instrument = one === undefined ? null : instrumentId(one.venue, one.symbol)
  return exchangeEvents(world.exchangeDb, account, after).some(
    (event) =>
      event.kind === 'fill' && (instrument === null || event.fill.instrument === instrument),
  )
}

function isBotBehind(world: World, instance: string): boolean {
  const stored = botInstance(world.botDb(instance))
  const one = world.options.instances.find(({ id }) => id === instance)
  if (stored === null || one === undefined) return false
  return journalLastFill(world.journalDb(one.venue, one.account), instance) > stored.lastSeq
}

/** Called some time after the kill: an order that has arrived meanwhile was on the wire, the others had not left. */
export function measure(world: World, sight: Sight, aim: Phase | null): Measured {
  const phases = new Set<Phase>(sight.phases)
  for (const { account, journal, clientIds } of sight.pending) {
    const arrived = exchangeHas(world.exchangeDb, account, clientIds)
    if (arrived.size > 0) phases.add('sent')
    const missing = clientIds.filter((clientId) => !arrived.has(clientId))
    if (missing.length === 0) continue
    if (sight.kind !== 'exchange') phases.add('intent committed')
    // The request died with the exchange, unless the desk found the connection gone before it wrote.
    else phases.add(isUnsent(journal, missing) ? 'intent committed' : 'sent')
  }
  if (aim !== null && phases.has(aim)) return aim
  const order: readonly Phase[] = ['intent committed', 'fill unseen', 'accepted unseen', 'sent']
  return order.find((phase) => phases.has(phase)) ?? 'none'
}

function isUnsent(journal: string, clientIds: readonly string[]): boolean {
  return journalReasons(journal, clientIds).includes('not_connected')
}
