/**
 * Orders, fills, positions and balances as the venue reports them. Sides are B (bid) and A (ask); `sz` of an order is what
 * is left of it. Source: Hyperliquid documentation, "Info endpoint", "Websocket: data formats".
 */
import { type Money, money, type Quantity, quantity } from '../../../domain/money.ts'
import type { ClientOrderId, Fill, OrderRequest, Side, Trigger } from '../../../domain/order.ts'
import type {
  VenueBalance,
  VenueOrder,
  VenueOrderStatus,
  VenuePosition,
} from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import { lotsFrom, momentFrom, moneyFrom, roundedPriceFrom } from '../live/decimal.ts'
import type { VenueFact } from '../live/dialect.ts'
import type { HyperliquidMarket, MarketTable } from './instruments.ts'
import { isRaw, neededText, type Raw, rawOf, rowsOf, textOf } from './raw.ts'

const SETTLE = 'USDC'

const sideOf = (row: Raw): Side => (neededText(row, 'side') === 'B' ? 'buy' : 'sell')

/** The id we gave it; an order without one is called by the venue's own. */
const clientIdOf = (row: Raw): ClientOrderId =>
  (textOf(row, 'cloid') ?? `venue:${neededText(row, 'oid')}`) as ClientOrderId

/**
 * What one of the venue's many statuses means. `canceled` has a dozen kinds (marginCanceled, reduceOnlyCanceled, …) and one
 * that does not end like them (scheduledCancel); ccxt 4.5.84 leaves that one unmapped.
 * @throws VenueError `unknown` for a status that nobody knows: it must never count as final
 */
export function statusOf(text: string): VenueOrderStatus {
  if (text === 'open' || text === 'triggered' || text === 'accepted') return 'open'
  if (text === 'filled') return 'filled'
  if (text === 'rejected' || text.endsWith('Rejected')) return 'rejected'
  if (text === 'canceled' || text === 'scheduledCancel' || text.endsWith('Canceled'))
    return 'canceled'
  throw new VenueError(
    'unknown',
    'order_status',
    `hyperliquid calls an order "${text.slice(0, 40)}", which is not a known status.`,
  )
}

/** Why it ended, where the plain status does not tell. */
const reasonOf = (text: string): string | null =>
  ['open', 'triggered', 'accepted', 'filled', 'canceled', 'rejected'].includes(text) ? null : text

/** `sz` of a filled order is 0 in answers and its old size in some messages: the original size counts then. */
function filledOf(market: HyperliquidMarket, row: Raw, status: VenueOrderStatus): Quantity {
  const left = lotsFrom(market.instrument, neededText(row, 'sz'))
  const original = lotsFrom(market.instrument, textOf(row, 'origSz') ?? neededText(row, 'sz'))
  if (status === 'rejected') return quantity(0)
  if (status === 'filled' && (left === 0 || left >= original)) return original
  return quantity(Math.max(0, original - left))
}

function triggerOf(market: HyperliquidMarket, row: Raw): Trigger | null {
  const at = textOf(row, 'triggerPx')
  if (row['isTrigger'] !== true || at === null) return null
  const isTake = (textOf(row, 'orderType') ?? '').startsWith('Take')
  return {
    kind: isTake ? 'take_profit' : 'stop',
    price: roundedPriceFrom(market.instrument, at),
    by: 'mark',
  }
}

function requestOf(market: HyperliquidMarket, row: Raw): OrderRequest {
  const tif = textOf(row, 'tif') ?? ''
  const isMarket = (textOf(row, 'orderType') ?? '').includes('Market')
  const size = lotsFrom(market.instrument, textOf(row, 'origSz') ?? neededText(row, 'sz'))
  return {
    instrument: market.instrument.id,
    side: sideOf(row),
    kind: isMarket ? 'market' : 'limit',
    price: isMarket ? null : roundedPriceFrom(market.instrument, row['limitPx']),
    // A position order has no size of its own: it closes what there is.
    quantity: row['isPositionTpsl'] === true && size === 0 ? 'position' : size,
    timeInForce: tif === 'Gtc' || tif === 'Alo' || tif === '' ? 'gtc' : 'ioc',
    isPostOnly: tif === 'Alo',
    isReduceOnly: row['reduceOnly'] === true,
    trigger: triggerOf(market, row),
  }
}

/** An order with its status; null: not of a contract of the table (spot, builders'). */
export function orderOf(table: MarketTable, row: Raw, status: string): VenueOrder | null {
  const market = table.ofCoin(neededText(row, 'coin'))
  if (!market) return null
  const known = statusOf(status)
  return {
    clientId: clientIdOf(row),
    request: requestOf(market, row),
    status: known,
    quantityFilled: filledOf(market, row, known),
    reason: reasonOf(status),
  }
}

/** The answer to `orderStatus`; null = the venue does not know the id. */
export function lookupOf(table: MarketTable, answer: unknown): VenueOrder | null {
  const outer = rawOf(answer, 'order status')
  if (outer['status'] === 'unknownOid') return null
  const state = rawOf(outer['order'], 'order status')
  return orderOf(table, rawOf(state['order'], 'order status'), neededText(state, 'status'))
}

/** The answer to `frontendOpenOrders`: triggers and reduce-only included. */
export function openOrdersOf(table: MarketTable, answer: unknown): readonly VenueOrder[] {
  return rowsOf(answer, 'open orders')
    .map((row) => orderOf(table, row, 'open'))
    .filter((order) => order !== null)
}

/** One entry of `orderUpdates`. */
export function orderFact(table: MarketTable, entry: Raw): VenueFact | null {
  const order = orderOf(table, rawOf(entry['order'], 'order update'), neededText(entry, 'status'))
  if (!order) return null
  const { clientId, status, quantityFilled, reason } = order
  return {
    key: `order:${clientId}:${status}:${quantityFilled}`,
    kind: 'order',
    at: momentFrom(entry['statusTimestamp']),
    clientId,
    status,
    quantityFilled,
    reason,
  }
}

/** Unique per account: the venue's trade id is a hash of both orders. Fills of the first months, before there was one, are told apart by all they say. */
function fillIdOf(row: Raw): string {
  const trade = textOf(row, 'tid')
  const rest = ['oid', 'startPosition', 'px', 'sz'].map((key) => neededText(row, key))
  return [neededText(row, 'time'), ...(trade === null ? rest : [trade])].join('-')
}

/** Whether the venue forced it upon us. The field `liquidation` alone also stands on fills of those who traded against one. */
function isForced(row: Raw, user: string): boolean {
  const details = row['liquidation']
  const isOurs =
    isRaw(details) && (textOf(details, 'liquidatedUser') ?? '').toLowerCase() === user.toLowerCase()
  return isOurs || /^(Liquidated|Auto-Deleveraging)/.test(textOf(row, 'dir') ?? '')
}

/** Perpetuals are charged in USDC; a fee in something else cannot be converted here and counts as 0. */
const feeOf = (row: Raw): Money =>
  (textOf(row, 'feeToken') ?? SETTLE) === SETTLE ? moneyFrom(row['fee'], 'ceil') : money(0)

/** null: not of a contract of the table. @param user the account's address */
export function fillFact(table: MarketTable, row: Raw, user: string): VenueFact | null {
  const market = table.ofCoin(neededText(row, 'coin'))
  if (!market) return null
  const id = fillIdOf(row)
  const fill: Fill = {
    id,
    at: momentFrom(row['time']),
    instrument: market.instrument.id,
    clientId: textOf(row, 'cloid') as ClientOrderId | null,
    side: sideOf(row),
    price: roundedPriceFrom(market.instrument, row['px']),
    quantity: lotsFrom(market.instrument, row['sz']),
    fee: feeOf(row),
    isMaker: row['crossed'] !== true,
  }
  return { key: `fill:${id}`, kind: 'fill', at: fill.at, fill, isLiquidation: isForced(row, user) }
}

/** Not in USDC and not nothing: worth a warning. */
export function hasForeignFee(row: Raw): boolean {
  const token = textOf(row, 'feeToken') ?? SETTLE
  return token !== SETTLE && Number(textOf(row, 'fee') ?? 0) !== 0
}

/** Positions of `clearinghouseState`. @throws VenueError `rejected` when the account is not one-way */
export function positionsOf(table: MarketTable, answer: unknown): readonly VenuePosition[] {
  const positions: VenuePosition[] = []
  for (const entry of rowsOf(rawOf(answer, 'positions')['assetPositions'], 'positions')) {
    if ((textOf(entry, 'type') ?? 'oneWay') !== 'oneWay') throw notOneWay()
    const row = rawOf(entry['position'], 'position')
    const market = table.ofCoin(neededText(row, 'coin'))
    if (!market) continue
    const lots = lotsFrom(market.instrument, row['szi'])
    if (lots === 0) continue
    positions.push({ instrument: market.instrument.id, quantity: lots, cost: costOf(row, lots) })
  }
  return positions
}

/** Worth at mark less profit is what was paid: exact, where the entry price that is shown is rounded. */
function costOf(row: Raw, lots: Quantity): Money {
  const worth = moneyFrom(row['positionValue'])
  return money((lots < 0 ? -worth : worth) - moneyFrom(row['unrealizedPnl']))
}

const notOneWay = (): VenueError =>
  new VenueError(
    'rejected',
    'position_mode',
    'The hyperliquid account is not in one-way mode, which is the only one that can be traded.',
  )

/** Equity of cross and isolated margin together, and what it is without unrealised profit. */
export function balanceOf(answer: unknown): VenueBalance {
  const state = rawOf(answer, 'balance')
  const summary = state['marginSummary'] ?? state['crossMarginSummary']
  const equity = moneyFrom(rawOf(summary, 'balance')['accountValue'])
  const unrealised = rowsOf(state['assetPositions'], 'balance').reduce(
    (sum, entry) => sum + moneyFrom(rawOf(entry['position'], 'balance')['unrealizedPnl']),
    0,
  )
  return { settle: SETTLE, equity, balance: money(equity - unrealised) }
}
