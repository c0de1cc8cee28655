/** Aster's account: balances, positions, settings, trades, income, listen keys, builders. */
import type { Instrument } from '../../../domain/instrument.ts'
import { formatMoney, money } from '../../../domain/money.ts'
import type { SandboxFill, SandboxInstrument, SandboxPayment, SandboxPosition } from '../front.ts'
import { type AccountCall, type AccountRoute, instrumentOf } from './account-call.ts'
import { WEEK_MS, weekOf } from './order-routes.ts'
import { flag, limitOf, mandatory, optionalInteger, optionalText, text } from './params.ts'
import { AsterRefusal } from './refusal.ts'
import { listed, namedSymbol, optionalSymbol } from './symbols.ts'
import {
  type Json,
  type JsonObject,
  plainNumber,
  positionRiskJson,
  rateText,
  symbolName,
  tradeJson,
} from './wire.ts'

const HISTORY_MAX = 100_000
const DONE = { code: 200, msg: 'success' } as const

export const ACCOUNT_ROUTES: Readonly<Record<string, AccountRoute>> = {
  // Its nonce is used up before it comes here: that is all that it is for.
  'POST /fapi/v3/noop': () => DONE,
  'GET /fapi/v3/balance': balance,
  'GET /fapi/v3/account': accountInformation,
  'GET /fapi/v3/accountWithJoinMargin': accountInformation,
  'GET /fapi/v3/positionRisk': positionRisk,
  'GET /fapi/v3/userTrades': userTrades,
  'GET /fapi/v3/income': income,
  'GET /fapi/v3/leverageBracket': leverageBracket,
  'GET /fapi/v3/commissionRate': commissionRate,
  'POST /fapi/v3/leverage': setLeverage,
  'POST /fapi/v3/marginType': setMarginType,
  'GET /fapi/v3/positionSide/dual': ({ account }) => ({
    dualSidePosition: account.positionMode === 'hedge',
  }),
  'POST /fapi/v3/positionSide/dual': setPositionMode,
  'GET /fapi/v3/multiAssetsMargin': () => ({ multiAssetsMargin: false }),
  'GET /fapi/v3/stpMode': () => ({ stpMode: 'EXPIRE_TAKER' }),
  'POST /fapi/v3/listenKey': ({ account, listenKeys }) => ({
    listenKey: listenKeys.open(account.name),
  }),
  'PUT /fapi/v3/listenKey': ({ account, listenKeys }) => {
    listenKeys.prolong(account.name)
    return {}
  },
  'DELETE /fapi/v3/listenKey': ({ account, listenKeys }) => {
    listenKeys.close(account.name)
    return {}
  },
  'GET /fapi/v3/builder': ({ builders }) => [...builders.values()],
  'POST /fapi/v3/approveBuilder': approveBuilder,
  'GET /api/v3/account': spotAccount,
}

const settleOf = ({ backend }: AccountCall): string =>
  backend.instruments()[0]?.instrument.settle ?? 'USDT'

function balance(call: AccountCall): Json {
  const all = call.account.balance()
  return [
    {
      accountAlias: 'SgsR',
      asset: settleOf(call),
      balance: formatMoney(all.balance),
      crossWalletBalance: formatMoney(all.balance),
      crossUnPnl: formatMoney(all.unrealised),
      availableBalance: formatMoney(all.available),
      maxWithdrawAmount: formatMoney(money(Math.min(all.available, Math.max(0, all.balance)))),
      marginAvailable: true,
      updateTime: call.backend.marketAt(),
    },
  ]
}

function accountInformation(call: AccountCall): Json {
  const { account, backend } = call
  const all = account.balance()
  const initial = formatMoney(money(all.positionMargin + all.orderMargin))
  const free = formatMoney(money(Math.min(all.available, Math.max(0, all.balance))))
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: true,
    canWithdraw: account.key.canWithdraw,
    updateTime: 0,
    totalInitialMargin: initial,
    totalMaintMargin: formatMoney(all.maintenanceMargin),
    totalWalletBalance: formatMoney(all.balance),
    totalUnrealizedProfit: formatMoney(all.unrealised),
    totalMarginBalance: formatMoney(all.equity),
    totalPositionInitialMargin: formatMoney(all.positionMargin),
    totalOpenOrderInitialMargin: formatMoney(all.orderMargin),
    totalCrossWalletBalance: formatMoney(all.balance),
    totalCrossUnPnl: formatMoney(all.unrealised),
    availableBalance: formatMoney(all.available),
    maxWithdrawAmount: free,
    assets: [
      {
        asset: settleOf(call),
        walletBalance: formatMoney(all.balance),
        unrealizedProfit: formatMoney(all.unrealised),
        marginBalance: formatMoney(all.equity),
        maintMargin: formatMoney(all.maintenanceMargin),
        initialMargin: initial,
        positionInitialMargin: formatMoney(all.positionMargin),
        openOrderInitialMargin: formatMoney(all.orderMargin),
        crossWalletBalance: formatMoney(all.balance),
        crossUnPnl: formatMoney(all.unrealised),
        availableBalance: formatMoney(all.available),
        maxWithdrawAmount: free,
        marginAvailable: true,
        updateTime: backend.marketAt(),
      },
    ],
    positions: listed(backend).map((one) => accountPosition(call, one)),
  }
}

const positionIn = ({ account }: AccountCall, instrument: Instrument): SandboxPosition | null =>
  account.positions().find((one) => one.instrument === instrument.id) ?? null

/** The greatest notional at a leverage: where the first tier with a lower one begins. */
function notionalMax(instrument: Instrument, leverage: number): string {
  const next = instrument.marginTiers.find((tier) => tier.leverageMax < leverage)
  return next === undefined ? '1000000000' : formatMoney(next.notionalFloor)
}

function accountPosition(call: AccountCall, { instrument }: SandboxInstrument): JsonObject {
  const position = positionIn(call, instrument)
  const terms = call.account.terms(instrument.id)
  const risk = positionRiskJson(position, instrument, {
    mark: 0,
    ...terms,
    notionalMax: notionalMax(instrument, terms.leverage),
  })
  const initial = formatMoney(position?.initialMargin ?? money(0))
  return {
    symbol: symbolName(instrument),
    initialMargin: initial,
    maintMargin: formatMoney(position?.maintenanceMargin ?? money(0)),
    unrealizedProfit: risk['unRealizedProfit'] ?? '0',
    positionInitialMargin: initial,
    openOrderInitialMargin: '0',
    leverage: String(terms.leverage),
    isolated: terms.marginMode === 'isolated',
    entryPrice: risk['entryPrice'] ?? '0',
    maxNotional: notionalMax(instrument, terms.leverage),
    positionSide: 'BOTH',
    positionAmt: risk['positionAmt'] ?? '0',
    updateTime: position?.updatedAt ?? 0,
  }
}

/** Of every symbol, flat ones included. */
function positionRisk(call: AccountCall): Json {
  const { account, backend, params } = call
  const found = optionalSymbol(backend, params)
  return (found === null ? listed(backend) : [found]).map(({ instrument }) => {
    const terms = account.terms(instrument.id)
    return positionRiskJson(positionIn(call, instrument), instrument, {
      mark: backend.price(instrument.id).mark,
      ...terms,
      notionalMax: notionalMax(instrument, terms.leverage),
    })
  })
}

function userTrades({ account, backend, params }: AccountCall): Json {
  const { instrument } = namedSymbol(backend, params)
  const limit = limitOf(params, 500, 1000)
  const fromId = optionalInteger(params, 'fromId')
  const span = weekOf(params)
  if (fromId !== null && (span.from !== undefined || span.until !== undefined)) {
    throw new AsterRefusal('-1130', "Data sent for parameter 'fromId' is not valid.")
  }
  const recent = fromId === null && span.from === undefined && span.until === undefined
  const rows = account
    .fills({
      instrument: instrument.id,
      ...span,
      ...(recent ? { from: backend.marketAt() - WEEK_MS } : {}),
      limit: HISTORY_MAX,
    })
    .filter((one) => fromId === null || one.id >= fromId)
    .toReversed()
  const isForwards = fromId !== null || span.from !== undefined
  const page = isForwards ? rows.slice(0, limit) : rows.slice(-limit)
  return page.map((one) => tradeJson(one, instrument))
}

interface Income {
  readonly type: string
  readonly at: number
  readonly id: number
  readonly row: JsonObject
}

function income(call: AccountCall): Json {
  const { account, backend, params } = call
  const found = optionalSymbol(backend, params)
  const type = optionalText(params, 'incomeType')
  const from = optionalInteger(params, 'startTime')
  const until = optionalInteger(params, 'endTime')
  const limit = limitOf(params, 100, 1000)
  const query = {
    ...(found === null ? {} : { instrument: found.instrument.id }),
    from: from ?? (until === null ? backend.marketAt() - WEEK_MS : 0),
    ...(until === null ? {} : { until }),
    limit: HISTORY_MAX,
  }
  const rows = [
    ...account.payments(query).map((one) => paymentIncome(call, one)),
    ...account.fills(query).flatMap((one) => fillIncome(call, one)),
  ]
    .filter((one) => type === null || one.type === type)
    .sort((a, b) => a.at - b.at || a.id - b.id)
  const page = from === null ? rows.slice(-limit) : rows.slice(0, limit)
  return page.map((one) => one.row)
}

function incomeRow(
  call: AccountCall,
  type: string,
  {
    amount,
    symbol,
    at,
    id,
    tradeId,
  }: { amount: number; symbol: string; at: number; id: number; tradeId: string },
): Income {
  const row = {
    symbol,
    incomeType: type,
    income: formatMoney(money(amount)),
    asset: settleOf(call),
    info: type,
    time: at,
    tranId: String(id),
    tradeId,
  }
  return { type, at, id, row }
}

function paymentIncome(call: AccountCall, payment: SandboxPayment): Income {
  const { kind, amount, at, id, instrument, reason } = payment
  const symbol = instrument === null ? '' : symbolName(instrumentOf(call.backend, instrument))
  const type =
    kind === 'funding' ? 'FUNDING_FEE' : reason === 'insurance' ? 'INSURANCE_CLEAR' : 'TRANSFER'
  return incomeRow(call, type, { amount, symbol, at, id, tradeId: '' })
}

function fillIncome(call: AccountCall, fill: SandboxFill): readonly Income[] {
  const { at, id } = fill
  const symbol = symbolName(instrumentOf(call.backend, fill.instrument))
  const tradeId = String(id)
  const fee = incomeRow(call, 'COMMISSION', { amount: 0 - fill.fee, symbol, at, id, tradeId })
  if (fill.realised === 0) return [fee]
  const { realised: amount } = fill
  return [incomeRow(call, 'REALIZED_PNL', { amount, symbol, at, id, tradeId }), fee]
}

function leverageBracket({ backend, params }: AccountCall): Json {
  const found = optionalSymbol(backend, params)
  if (found !== null) return bracketsOf(found.instrument)
  return listed(backend).map((one) => bracketsOf(one.instrument))
}

function bracketsOf(instrument: Instrument): JsonObject {
  const tiers = instrument.marginTiers
  return {
    symbol: symbolName(instrument),
    brackets: tiers.map((tier, index) => ({
      bracket: index + 1,
      initialLeverage: tier.leverageMax,
      notionalCap: plainNumber(tiers[index + 1]?.notionalFloor ?? 100_000_000_000_000_000),
      notionalFloor: plainNumber(tier.notionalFloor),
      maintMarginRatio: plainNumber(tier.maintenanceRate),
      cum: plainNumber(tier.maintenanceAmount),
    })),
  }
}

function commissionRate({ account, backend, params }: AccountCall): Json {
  const { instrument } = namedSymbol(backend, params)
  return {
    symbol: symbolName(instrument),
    makerCommissionRate: rateText(account.fees.maker),
    takerCommissionRate: rateText(account.fees.taker),
  }
}

function setLeverage({ account, backend, params }: AccountCall): Json {
  const { instrument } = namedSymbol(backend, params)
  const leverage = optionalInteger(params, 'leverage')
  if (leverage === null) throw mandatory('leverage')
  const refusal = leverage < 1 ? 'leverage_max' : account.setTerms(instrument.id, { leverage })
  if (refusal !== null) throw new AsterRefusal('-4028', `Leverage ${leverage} is not valid`)
  return {
    leverage,
    maxNotionalValue: notionalMax(instrument, leverage),
    symbol: symbolName(instrument),
  }
}

function setMarginType({ account, backend, params }: AccountCall): Json {
  const { instrument } = namedSymbol(backend, params)
  const wished = text(params, 'marginType')
  if (wished !== 'ISOLATED' && wished !== 'CROSSED') {
    throw new AsterRefusal('-1130', "Data sent for parameter 'marginType' is not valid.")
  }
  const marginMode = wished === 'ISOLATED' ? 'isolated' : 'cross'
  if (account.terms(instrument.id).marginMode === marginMode) throw new AsterRefusal('-4046')
  if (account.openOrders(instrument.id).length > 0) throw new AsterRefusal('-4047')
  if (account.setTerms(instrument.id, { marginMode }) !== null) throw new AsterRefusal('-4048')
  return DONE
}

function setPositionMode({ account, params }: AccountCall): Json {
  text(params, 'dualSidePosition')
  const mode = flag(params, 'dualSidePosition') ? 'hedge' : 'one_way'
  if (mode === account.positionMode) throw new AsterRefusal('-4059')
  if (account.openOrders().length > 0) throw new AsterRefusal('-4067')
  if (account.setPositionMode(mode) !== null) throw new AsterRefusal('-4068')
  return DONE
}

function approveBuilder({ params, builders }: AccountCall): Json {
  const builder = text(params, 'builder')
  builders.set(builder.toLowerCase(), {
    userAddress: text(params, 'user'),
    builderAddress: builder,
    maxFeeRate: text(params, 'maxFeeRate'),
    builderName: optionalText(params, 'builderName') ?? '',
  })
  return DONE
}

/** The money lies with the contracts; the spot side shows the same purse, as clients ask for it. */
function spotAccount(call: AccountCall): Json {
  const { balance: all, orderMargin } = call.account.balance()
  const free = money(Math.max(0, all - orderMargin))
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: true,
    canWithdraw: call.account.key.canWithdraw,
    canBurnAsset: true,
    updateTime: 0,
    balances: [
      { asset: settleOf(call), free: formatMoney(free), locked: formatMoney(money(all - free)) },
    ],
  }
}
