/** An account to compare without a desk: a venue that answers what it is told, and everything that was asked and said. */
import assert from 'node:assert/strict'
import type { InstanceEntry } from '../../src/desk/instance-entry.ts'
import { type ReconciledAccount, Reconciler } from '../../src/desk/reconciler.ts'
import type { OrderState } from '../../src/domain/order-state.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { VenueAccount } from '../../src/ports/venue.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

interface Order {
  readonly clientId: string
  status: OrderState
  readonly expiresAt: number | null
}

const LAG_MS = 100
/** The venue's clock when a test begins; what expired 601 ms and more before is provably absent. */
export const VENUE_NOW = 1_000_000
export const event = (venueSeq: number) => ({ venueSeq })

function entryOf(orders: Order[], settings: object): InstanceEntry {
  return {
    settings,
    instrument: { id: 'test:A' },
    loop: {
      orders: () => orders,
      hasOrder: (id: string) => orders.some(({ clientId }) => clientId === id),
    },
  } as unknown as InstanceEntry
}

/** A venue on which nothing is the matter; a test may put other answers into it. */
function venueTelling(asked: string[]): Record<string, (...words: never[]) => Promise<unknown>> {
  const said = (kind: string, answer: unknown) => () => {
    asked.push(kind)
    return Promise.resolve(answer)
  }
  return {
    positions: said('positions', ['P']),
    openOrders: said('orders', []),
    eventsSince: said('events', []),
    balance: said('balance', 'B'),
    lookup: (_instrument: string, id: string) => {
      asked.push(`lookup ${id}`)
      return Promise.resolve(null)
    },
  }
}

/** An account with one instance, a venue that answers what it is told, and everything that was said. */
export function questionWorld() {
  const clock = new VirtualClock()
  const orders: Order[] = []
  const settings = { shadow: false }
  const entry = entryOf(orders, settings)
  const seen = {
    asked: [] as string[],
    resolved: [] as [string, unknown][],
    taken: [] as unknown[],
    strangers: [] as unknown[],
    balances: [] as unknown[],
    booked: [] as unknown[],
    log: [] as string[],
    reconciled: 0,
  }
  const differences = {
    intervalMs: null as number | null,
    isUnconfirmed: false,
    found: [] as unknown[],
    compare: () => differences.found,
    take: (positions: unknown, askedAt: number) => void seen.taken.push([positions, askedAt]),
    takeOrders: (strangers: unknown) => void seen.strangers.push(strangers),
  }
  const account = {
    key: 'account',
    entries: new Map([['bot', entry]]),
    venueSeq: 7,
    isTakenUp: true,
    now: VENUE_NOW,
    venueNow: () => account.now + clock.monotonicMs(),
    queryLagMs: LAG_MS,
    hasLostOrders: false,
    isBalanceKnown: true,
    differences,
    watches: { outage: { text: null, isSilent: false, failed: () => {}, answered: () => {} } },
    onAccount: (events: readonly unknown[]) => {
      seen.booked.push(events)
      account.venueSeq += events.length
    },
    onResolved: (of: InstanceEntry, id: string, found: unknown) => {
      assert.equal(of, entry)
      seen.resolved.push([id, found])
      const order = orders.find(({ clientId }) => clientId === id)
      if (order) order.status = found === null ? 'settled' : 'open'
    },
    onBalance: (balance: unknown, positions: unknown) =>
      void seen.balances.push([balance, positions]),
    onReconciled: () => {
      seen.reconciled += 1
    },
  }
  const venue = venueTelling(seen.asked)
  const write = (_module: string, text: string) => void seen.log.push(text)
  const logger = { info: write, warn: write } as unknown as Logger
  const reconciler = new Reconciler({
    venue: venue as unknown as VenueAccount,
    clock,
    logger,
    account: account as unknown as ReconciledAccount,
  })
  const add = (clientId: string, status: OrderState, expiresAt: number | null = null) => {
    orders.push({ clientId, status, expiresAt })
  }
  const runs = () => seen.asked.filter((kind) => kind === 'orders').length
  return { clock, orders, settings, seen, differences, account, venue, reconciler, add, runs }
}
