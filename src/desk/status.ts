/** What a desk tells of an account, for status, list and checks; money and quantities in integers of the core. */
import type { AccountDesk } from './account-desk.ts'
import type { InstanceEntry } from './instance-entry.ts'

function instanceStatus(entry: InstanceEntry) {
  const { loop, settings } = entry
  const orders = loop.orders()
  return {
    instance: settings.instance,
    symbol: settings.symbol,
    instrument: entry.instrument,
    mode: loop.risk.mode,
    latch: loop.risk.latch,
    override: entry.override,
    shadow: settings.shadow === true,
    is_bot_connected: entry.link !== null,
    position: loop.position,
    equity: loop.risk.equity(),
    pnl_today: loop.risk.profitToday(),
    price: loop.risk.price,
    market_at: loop.at,
    orders_working: orders.filter((order) => order.status !== 'final').length,
    orders_unknown: orders.filter((order) => order.status === 'unknown').length,
    last_seq: loop.handedSeq,
    reasons: loop.reasons(),
  }
}

export function accountStatus(desk: AccountDesk, epoch: number) {
  return {
    account: desk.key,
    epoch,
    venue_seq: desk.venueSeq,
    is_reconciled: desk.reconciler.isDone,
    differences_total: desk.reconciler.differencesTotal,
    foreign_orders: desk.reconciler.foreign,
    position_mismatches: desk.reconciler.mismatches,
    lost_orders: desk.lostOrders.open,
    damage: desk.damage,
    ...desk.guard.report(),
    instances: [...desk.entries.values()].map(instanceStatus),
  }
}
