/** What a desk tells of an account, for status, list and checks; money and quantities in integers of the core. */
import { isExposed } from '../domain/order-state.ts'
import type { AccountDesk } from './account-desk.ts'
import type { InstanceEntry } from './instance-entry.ts'

function instanceStatus(desk: AccountDesk, entry: InstanceEntry) {
  const { loop, settings } = entry
  const orders = loop.orders()
  const reasons = loop.reasons()
  return {
    instance: settings.instance,
    symbol: settings.symbol,
    instrument: entry.instrument,
    mode: loop.risk.mode,
    latch: loop.risk.latch,
    cause: loop.risk.cause,
    override: entry.override,
    shadow: settings.shadow === true,
    is_bot_connected: entry.link !== null,
    position: loop.position,
    /** What the venue holds where that is another number; null = the books agree with it. */
    position_venue: loop.outside.gap === 0 ? null : loop.position + loop.outside.gap,
    foreign: loop.outside.lots(),
    /** Orders and trades of others under `on_foreign: halt`, since the desk started. */
    foreign_total: desk.watches.policy.newsOf(settings.instance),
    equity: loop.risk.equity(),
    pnl: loop.risk.profit(),
    pnl_today: loop.risk.profitToday(),
    price: loop.risk.price,
    market_at: loop.at,
    drawdown: loop.risk.drawdown(),
    orders_working: orders.filter(({ status }) => isExposed(status)).length,
    is_market_stale: loop.isMarketStale,
    orders_unknown: orders.filter((order) => order.status === 'unknown').length,
    last_seq: loop.handedSeq,
    reasons,
    /** Of the reasons that are limits on what may be held: what the last order refused would have come to. */
    limits: loop.risk.refused.figures(Object.values(reasons)),
  }
}

export function accountStatus(desk: AccountDesk, epoch: number) {
  return {
    account: desk.key,
    epoch,
    venue_seq: desk.venueSeq,
    is_reconciled: desk.reconciler.isDone,
    /** Why nothing new is placed although connections stand: the venue does not answer, or says that it is down. */
    away: desk.watches.outage.text,
    link: desk.link,
    executions: desk.executions,
    differences_total: desk.reconciler.differencesTotal,
    burned_total: desk.reconciler.burnedTotal,
    dead_man: desk.watches.deadMan.report(),
    late_fills_total: desk.book.lateFillsTotal,
    foreign_total: desk.watches.policy.seenTotal,
    requests: desk.budget?.report() ?? null,
    foreign_orders: desk.differences.foreign.map(({ clientId }) => clientId),
    position_mismatches: desk.differences.positions,
    average_mismatches: desk.differences.averages,
    lost_orders: desk.lostOrders.open,
    damage: desk.damage,
    ...desk.guard.report(),
    instances: [...desk.entries.values()].map((entry) => instanceStatus(desk, entry)),
  }
}
