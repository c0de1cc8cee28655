/** Backpack's account: settings, balances, positions and histories (openapi: Account, Capital, Position, History). */
import { formatLots } from '../../../domain/instrument.ts'
import { formatDecimal, formatMoney, type Money, money } from '../../../domain/money.ts'
import type {
  HistoryQuery,
  SandboxAccount,
  SandboxBackend,
  SandboxFill,
  SandboxOrder,
  SandboxPayment,
  SandboxPosition,
} from '../front.ts'
import { type AccountCall, type AccountRoute, instrumentOf, marketParam } from './account-call.ts'
import { listed } from './markets.ts'
import { oneOf, optionalInteger, optionalText, type Params, pageOf } from './query.ts'
import { BackpackRefusal } from './refusal.ts'
import {
  fillJson,
  historicOrderJson,
  type Json,
  type JsonObject,
  marketSymbol,
  naiveTime,
  type PositionFigures,
  positionJson,
  rateText,
} from './wire.ts'

const HISTORY_MAX = 1000

export const ACCOUNT_ROUTES: Readonly<Record<string, AccountRoute>> = {
  'GET /api/v1/account': accountSummary,
  'PATCH /api/v1/account': updateAccount,
  'GET /api/v1/account/limits/order': maxOrderQuantity,
  'GET /api/v1/capital': capital,
  'GET /api/v1/capital/collateral': collateral,
  'GET /api/v1/position': positions,
  'GET /wapi/v1/history/orders': orderHistory,
  'GET /wapi/v1/history/fills': fillHistory,
  'GET /wapi/v1/history/funding': fundingHistory,
  'GET /wapi/v1/history/settlement': settlementHistory,
  'GET /wapi/v1/capital/deposits': deposits,
  'GET /wapi/v1/capital/withdrawals': withdrawals,
}

const settleOf = (backend: SandboxBackend): string =>
  listed(backend)[0]?.instrument.settle ?? 'USDC'

/** The venue has one leverage for the account; the books one per contract, kept equal. */
function leverageOf({ backend, account }: AccountCall): number {
  return Math.max(1, ...listed(backend).map((one) => account.terms(one.instrument.id).leverage))
}

function accountSummary(call: AccountCall): Json {
  const { account } = call
  const orders = account.openOrders()
  const triggers = orders.filter((one) => one.request.trigger !== null && !one.isTriggered).length
  const basisPoints = (rate: number) => formatDecimal(rate, 4)
  return {
    autoBorrowSettlements: false,
    autoLend: false,
    autoRealizePnl: true,
    autoRepayBorrows: false,
    borrowLimit: '0',
    futuresMakerFee: basisPoints(account.fees.maker),
    futuresTakerFee: basisPoints(account.fees.taker),
    leverageLimit: String(leverageOf(call)),
    limitOrders: orders.length - triggers,
    liquidating: false,
    positionLimit: formatMoney(money(1_000_000_000_000_000)),
    spotMakerFee: basisPoints(account.fees.maker),
    spotTakerFee: basisPoints(account.fees.taker),
    triggerOrders: triggers,
  }
}

/** @throws BackpackRefusal for a leverage that no market allows */
function updateAccount({ account, backend, params }: AccountCall): Json {
  const text = optionalText(params, 'leverageLimit')
  if (text === null) return null
  const leverage = Number(text)
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > 50) {
    throw new BackpackRefusal('INVALID_CLIENT_REQUEST', 'Invalid leverage limit')
  }
  for (const { instrument } of listed(backend)) {
    const allowed = Math.min(leverage, instrument.marginTiers[0]?.leverageMax ?? leverage)
    const refusal = account.setTerms(instrument.id, { leverage: allowed })
    if (refusal !== null) {
      throw new BackpackRefusal('INVALID_CLIENT_REQUEST', `Leverage limit refused: ${refusal}`)
    }
  }
  return null
}

function maxOrderQuantity(call: AccountCall): Json {
  const { account, backend, params } = call
  const market = marketParam(call)
  const side = oneOf(params, 'side', ['Bid', 'Ask'] as const)
  if (market === null || side === null) {
    throw new BackpackRefusal('INVALID_CLIENT_REQUEST', 'Must specify `symbol` and `side`')
  }
  const { available } = account.balance()
  const { leverage } = account.terms(market.id)
  const value = backend.price(market.id).last * market.moneyPerUnit
  const lots = Math.floor((available * leverage) / value)
  return {
    maxOrderQuantity: formatLots(market, lots),
    side,
    symbol: marketSymbol(market),
  }
}

function capital({ account, backend }: AccountCall): Json {
  const { balance, orderMargin } = account.balance()
  const available = money(Math.max(0, balance - orderMargin))
  return {
    [settleOf(backend)]: {
      available: formatMoney(available),
      locked: formatMoney(money(balance - available)),
      staked: '0',
    },
  }
}

const fractionText = (part: number, whole: number): string =>
  whole > 0 ? rateText(Math.round((part / whole) * 1e8)) : '0'

function collateral({ account, backend }: AccountCall): Json {
  const all = account.balance()
  const exposure = account.positions().reduce((sum, one) => sum + Math.abs(one.notional), 0)
  const locked = money(Math.max(0, all.equity - all.available))
  return {
    assetsValue: formatMoney(all.balance),
    borrowLiability: '0',
    collateral: [
      {
        symbol: settleOf(backend),
        assetMarkPrice: '1',
        totalQuantity: formatMoney(all.balance),
        balanceNotional: formatMoney(all.balance),
        collateralWeight: '1',
        collateralValue: formatMoney(all.balance),
        openOrderQuantity: formatMoney(all.orderMargin),
        lendQuantity: '0',
        availableQuantity: formatMoney(all.available),
      },
    ],
    imf: fractionText(all.positionMargin + all.orderMargin, exposure),
    unsettledEquity: formatMoney(all.unrealised),
    liabilitiesValue: '0',
    ...(exposure > 0 ? { marginFraction: fractionText(all.equity, exposure) } : {}),
    mmf: fractionText(all.maintenanceMargin, exposure),
    netEquity: formatMoney(all.equity),
    netEquityAvailable: formatMoney(all.available),
    netEquityLocked: formatMoney(locked),
    netExposureFutures: formatMoney(money(exposure)),
    pnlUnrealized: formatMoney(all.unrealised),
  }
}

// Positions

/** The number of a position: when it was opened, and in which market. */
export function positionNumber(position: SandboxPosition, backend: SandboxBackend): number {
  const index = backend.instruments().findIndex((one) => one.instrument.id === position.instrument)
  return position.createdAt * 1000 + index
}

/** Profit closed in a position and funding paid on it, since it was opened. */
export function positionSums(
  account: SandboxAccount,
  position: SandboxPosition,
): { realised: Money; funding: Money } {
  const query: HistoryQuery = {
    instrument: position.instrument,
    from: position.createdAt,
    limit: HISTORY_MAX,
  }
  const fills = account.fills(query)
  const payments = account.payments({ ...query, kind: 'funding' })
  return {
    realised: money(fills.reduce((sum, one) => sum + one.realised, 0)),
    funding: money(payments.reduce((sum, one) => sum + one.amount, 0)),
  }
}

/** With `symbol` one position, refused when there is none; without it all. */
function positions(call: AccountCall): Json {
  const { account, backend } = call
  const market = marketParam(call)
  const found = account.positions().filter((one) => market === null || one.instrument === market.id)
  if (market !== null && found.length === 0) {
    throw new BackpackRefusal('RESOURCE_NOT_FOUND', 'Position not found')
  }
  return found.map((one) => {
    const figures: PositionFigures = {
      id: positionNumber(one, backend),
      userId: Number(account.uid),
      ...positionSums(account, one),
    }
    return positionJson(one, instrumentOf(backend, one.instrument), figures)
  })
}

// Histories: newest first unless `sortDirection` is Asc

/** The query of a page, with one row more per row that the offset passes. */
function historyQuery(call: AccountCall): HistoryQuery & { readonly offset: number } {
  const { params } = call
  const { limit, offset } = pageOf(params, HISTORY_MAX)
  const market = marketParam(call)
  const orderId = optionalText(params, 'orderId')
  const from = optionalInteger(params, 'from')
  const until = optionalInteger(params, 'to')
  return {
    ...(market === null ? {} : { instrument: market.id }),
    ...(orderId === null ? {} : { orderId: /^\d{1,16}$/.test(orderId) ? Number(orderId) : -1 }),
    ...(from === null ? {} : { from }),
    ...(until === null ? {} : { until }),
    limit: limit + offset,
    offset,
  }
}

/** Cuts the page out of rows that are sorted newest first. */
function pageFrom<T>(
  rows: readonly T[],
  { limit, offset }: { limit: number; offset: number },
  params: Params,
): T[] {
  const page = rows.slice(offset, limit)
  const isUpwards = oneOf(params, 'sortDirection', ['Asc', 'Desc'] as const) === 'Asc'
  return isUpwards ? page.reverse() : page
}

function orderHistory(call: AccountCall): Json {
  const { account, backend, expiries, params } = call
  const query = historyQuery(call)
  const isMeant = (one: SandboxOrder) => query.orderId === undefined || one.id === query.orderId
  const rows = [
    ...account.openOrders(query.instrument).filter(isMeant),
    ...account.orderHistory(query),
    ...expiries.of(account.name, query.instrument).filter(isMeant),
  ].sort((a, b) => b.createdAt - a.createdAt || b.id - a.id)
  return pageFrom(rows, query, params).map((one) =>
    historicOrderJson(one, instrumentOf(backend, one.instrument)),
  )
}

const FILL_TYPES = [
  'User',
  'BookLiquidation',
  'Adl',
  'Backstop',
  'Liquidation',
  'AllLiquidation',
  'CollateralConversion',
  'CollateralConversionAndSpotLiquidation',
] as const

function isOfType(fill: SandboxFill, type: (typeof FILL_TYPES)[number] | null): boolean {
  if (type === null) return true
  if (type === 'User') return fill.origin === 'client' || fill.origin === 'foreign'
  if (type === 'Adl') return fill.origin === 'adl'
  return type.includes('Liquidation') && fill.origin === 'liquidation'
}

function fillHistory(call: AccountCall): Json {
  const { account, backend, params } = call
  const query = historyQuery(call)
  const type = oneOf(params, 'fillType', FILL_TYPES)
  const rows = account.fills(query).filter((one) => isOfType(one, type))
  return pageFrom(rows, query, params).map((one) =>
    fillJson(one, instrumentOf(backend, one.instrument)),
  )
}

function fundingHistory(call: AccountCall): Json {
  const { account, backend, params } = call
  const query = historyQuery(call)
  const rows = account.payments({ ...query, kind: 'funding' })
  return pageFrom(rows, query, params).map((one) => ({
    userId: Number(account.uid),
    symbol: one.instrument === null ? '' : marketSymbol(instrumentOf(backend, one.instrument)),
    quantity: formatMoney(one.amount),
    intervalEndTimestamp: naiveTime(one.at).slice(0, 19),
    fundingRate: rateText(one.rate ?? 0),
  }))
}

interface Settled {
  readonly at: number
  readonly sequence: number
  readonly quantity: Money
  readonly source: string
}

/** Funding, fees and closed profit as they were settled. */
function settlementHistory(call: AccountCall): Json {
  const { account, params } = call
  const query = historyQuery(call)
  const source = optionalText(params, 'source')
  const rows = [
    ...account.payments({ ...query, kind: 'funding' }).map(settledFunding),
    ...account.fills(query).flatMap(settledFill),
  ]
    .filter((one) => source === null || one.source === source)
    .sort((a, b) => b.at - a.at || b.sequence - a.sequence)
  return pageFrom(rows, query, params).map((one) => ({
    quantity: formatMoney(one.quantity),
    source: one.source,
    timestamp: naiveTime(one.at),
    userId: Number(account.uid),
    engineSequence: one.sequence,
  }))
}

const settledFunding = (payment: SandboxPayment): Settled => ({
  at: payment.at,
  sequence: payment.id,
  quantity: payment.amount,
  source: 'FundingPayment',
})

function settledFill(fill: SandboxFill): readonly Settled[] {
  const { at, id: sequence } = fill
  const fee = { at, sequence, quantity: money(0 - fill.fee), source: 'TradingFees' }
  if (fill.realised === 0) return [fee]
  return [{ at, sequence, quantity: fill.realised, source: 'RealizePnl' }, fee]
}

/** What came from outside or went there; what the insurance fund bore is neither. */
function cash(call: AccountCall): readonly SandboxPayment[] {
  const all = call.account.payments({ ...historyQuery(call), kind: 'cash' })
  return all.filter((one) => one.reason !== 'insurance')
}

function deposits(call: AccountCall): Json {
  const symbol = settleOf(call.backend)
  const rows = cash(call).filter((one) => one.amount > 0)
  return pageFrom(rows, historyQuery(call), call.params).map(
    (one): JsonObject => ({
      id: one.id,
      source: 'administrator',
      status: 'confirmed',
      symbol,
      quantity: formatMoney(one.amount),
      createdAt: naiveTime(one.at),
    }),
  )
}

function withdrawals(call: AccountCall): Json {
  const symbol = settleOf(call.backend)
  const rows = cash(call).filter((one) => one.amount < 0)
  return pageFrom(rows, historyQuery(call), call.params).map(
    (one): JsonObject => ({
      id: one.id,
      blockchain: 'Solana',
      quantity: formatMoney(money(0 - one.amount)),
      fee: '0',
      symbol,
      status: 'confirmed',
      toAddress: '11111111111111111111111111111111',
      createdAt: naiveTime(one.at),
      isInternal: false,
    }),
  )
}
