/** Orders, fills and stops as OKX writes them. */
import type { SandboxAccount, SandboxFill, SandboxOrder } from '../front.ts'
import { averageText, moneyText, type OkxContract, priceText, sizeText } from './contracts.ts'

export type OkxRow = Readonly<Record<string, unknown>>

/** What a stop places has a number of its own: that of the stop with a 1 behind it. */
const CHILD = '1'

export const isStop = (order: SandboxOrder): boolean => order.extra['algo'] !== undefined

export const orderIdOf = (order: SandboxOrder): string =>
  isStop(order) ? `${order.id}${CHILD}` : String(order.id)

/** The number behind an ordId; a stop's own order is found by it too. */
export function numberOf(ordId: string): number {
  const isChild = /^4\d{10}1$/.test(ordId)
  return /^\d{1,15}$/.test(ordId) ? Number(isChild ? ordId.slice(0, -1) : ordId) : 0
}

function stateOf(order: SandboxOrder): string {
  if (order.status === 'filled') return 'filled'
  if (order.status !== 'open') return 'canceled'
  return order.quantityFilled > 0 ? 'partially_filled' : 'live'
}

/** Where a cancel came from: 1 the user, 2 a liquidation, 14 an IOC, 20 the dead-man switch, 31 a post-only that would take. */
function cancelSource(order: SandboxOrder): readonly [string, string] {
  if (order.status === 'open' || order.status === 'filled') return ['', '']
  switch (order.reason) {
    case 'user':
      return ['1', 'Order canceled by user']
    case 'liquidation':
      return ['2', 'Order canceled by liquidation']
    case 'would_cross':
      return ['31', 'The post-only order will take liquidity in taker orders']
    case 'reduce_only':
      return ['6', 'The reduce-only order has nothing left to reduce']
    default:
      return ['14', 'Order canceled: IOC order was partially canceled due to incompletely filled']
  }
}

const CATEGORY: Readonly<Record<SandboxOrder['origin'], string>> = {
  client: 'normal',
  foreign: 'normal',
  liquidation: 'full_liquidation',
  adl: 'adl',
}

/** OKX tells what is paid as a negative fee and what is received as a rebate. */
const fees = (fee: number) => ({
  fee: moneyText(Math.min(0, -fee) || 0),
  rebate: moneyText(Math.max(0, -fee) || 0),
})

/** One order of `trade/order`, `orders-pending` and `orders-history`. */
export function orderRow(
  contract: OkxContract,
  order: SandboxOrder,
  account: SandboxAccount,
): OkxRow {
  const { request, extra, lastFill } = order
  const { settle } = contract.instrument
  const { fee, rebate } = fees(order.fee)
  const [source, reason] = cancelSource(order)
  const isFilled = order.quantityFilled > 0
  const average = isFilled ? averageText(contract, order.costFilled / order.quantityFilled) : ''
  return {
    accFillSz: sizeText(contract, order.quantityFilled),
    algoClOrdId: isStop(order) ? (order.clientId ?? '') : '',
    algoId: isStop(order) ? String(order.id) : '',
    attachAlgoClOrdId: '',
    attachAlgoOrds: [],
    avgPx: average,
    cTime: String(order.createdAt),
    cancelSource: source,
    cancelSourceReason: reason,
    category: CATEGORY[order.origin],
    ccy: '',
    clOrdId: isStop(order) ? '' : (order.clientId ?? ''),
    fee,
    feeCcy: settle,
    fillPx: lastFill === null ? '' : priceText(contract, lastFill.price),
    fillSz: lastFill === null ? '0' : sizeText(contract, lastFill.quantity),
    fillTime: lastFill === null ? '' : String(lastFill.at),
    instId: contract.instId,
    instType: 'SWAP',
    isTpLimit: 'false',
    lever: extra['lever'] ?? String(account.terms(order.instrument).leverage),
    linkedAlgoOrd: { algoId: isStop(order) ? String(order.id) : '' },
    ordId: orderIdOf(order),
    ordType: extra['ordType'] ?? (request.kind === 'market' ? 'market' : 'limit'),
    pnl: moneyText(order.realised),
    posSide: extra['posSide'] ?? 'net',
    px: request.price === null ? '' : priceText(contract, request.price),
    pxType: '',
    pxUsd: '',
    pxVol: '',
    quickMgnType: '',
    rebate,
    rebateCcy: settle,
    reduceOnly: String(request.isReduceOnly),
    side: request.side,
    slOrdPx: '',
    slTriggerPx: '',
    slTriggerPxType: '',
    source: isStop(order) ? '7' : '',
    state: stateOf(order),
    stpId: '',
    stpMode: extra['stpMode'] ?? 'cancel_maker',
    sz: sizeText(contract, order.quantity),
    tag: extra['tag'] ?? '',
    tdMode: extra['tdMode'] ?? account.terms(order.instrument).marginMode,
    tgtCcy: '',
    tpOrdPx: '',
    tpTriggerPx: '',
    tpTriggerPxType: '',
    tradeId: lastFill === null ? '' : String(lastFill.id),
    uTime: String(order.updatedAt),
  }
}

/** One order of the `orders` stream: of this change, `fill` null = none. */
export function orderMessage(
  contract: OkxContract,
  order: SandboxOrder,
  fill: SandboxFill | null,
  account: SandboxAccount,
): OkxRow {
  const { instrument } = contract
  const value = (lots: number, at: number) =>
    moneyText(Math.round(lots * at * instrument.moneyPerUnit))
  return {
    ...orderRow(contract, order, account),
    amendResult: '',
    code: '0',
    execType: fill === null ? '' : fill.isMaker ? 'M' : 'T',
    fillFee: fill === null ? '0' : moneyText(0 - fill.fee),
    fillFeeCcy: fill === null ? '' : instrument.settle,
    fillNotionalUsd: fill === null ? '' : value(fill.quantity, fill.price),
    fillPx: fill === null ? '' : priceText(contract, fill.price),
    fillSz: fill === null ? '0' : sizeText(contract, fill.quantity),
    fillTime: fill === null ? '' : String(fill.at),
    msg: '',
    notionalUsd: value(order.quantity, order.request.price ?? order.lastFill?.price ?? 0),
    reqId: '',
    tradeId: fill === null ? '' : String(fill.id),
  }
}

/** One row of `trade/fills` and `trade/fills-history`. */
export function fillRow(
  contract: OkxContract,
  fill: SandboxFill,
  order: SandboxOrder | null,
): OkxRow {
  return {
    instType: 'SWAP',
    instId: contract.instId,
    tradeId: String(fill.id),
    ordId: order === null ? String(fill.orderId) : orderIdOf(order),
    clOrdId: order !== null && isStop(order) ? '' : (fill.clientId ?? ''),
    billId: String(fill.id),
    subType: subTypeOf(fill),
    tag: order?.extra['tag'] ?? '',
    fillPx: priceText(contract, fill.price),
    fillSz: sizeText(contract, fill.quantity),
    fillPnl: moneyText(fill.realised),
    side: fill.side,
    posSide: 'net',
    execType: fill.isMaker ? 'M' : 'T',
    feeCcy: contract.instrument.settle,
    fee: moneyText(0 - fill.fee),
    fillTime: String(fill.at),
    ts: String(fill.at),
  }
}

/** Bill subtypes: 1 buy, 2 sell, 104 and 105 liquidation of a long and a short, 125 and 126 auto-deleveraging. */
function subTypeOf(fill: SandboxFill): string {
  const isSell = fill.side === 'sell'
  if (fill.origin === 'liquidation') return isSell ? '104' : '105'
  if (fill.origin === 'adl') return isSell ? '125' : '126'
  return isSell ? '2' : '1'
}

// Stops

function stopState(order: SandboxOrder): string {
  if (order.status === 'open') return order.isTriggered ? 'partially_effective' : 'live'
  if (order.status === 'filled' || order.isTriggered) return 'effective'
  return order.status === 'rejected' ? 'order_failed' : 'canceled'
}

/** The fields of the trigger as the client wrote them: `sl…`, `tp…` or the plain ones. */
function triggerFields(contract: OkxContract, order: SandboxOrder): OkxRow {
  const { trigger, price: limit } = order.request
  const at = trigger === null ? '' : priceText(contract, trigger.price)
  const orderPx = limit === null ? '-1' : priceText(contract, limit)
  const by = trigger?.by ?? 'last'
  if (order.extra['algo'] === 'trigger') {
    return { triggerPx: at, triggerPxType: by, ordPx: orderPx }
  }
  const prefix = trigger?.kind === 'take_profit' ? 'tp' : 'sl'
  return {
    [`${prefix}TriggerPx`]: at,
    [`${prefix}OrdPx`]: orderPx,
    [`${prefix}TriggerPxType`]: by,
  }
}

/** One row of `orders-algo-pending` and `orders-algo-history`. */
export function stopRow(
  contract: OkxContract,
  order: SandboxOrder,
  account: SandboxAccount,
): OkxRow {
  const { request, extra } = order
  const isWhole = request.quantity === 'position'
  const isPlain = extra['algo'] === 'trigger'
  const has = order.isTriggered
  return {
    algoId: String(order.id),
    algoClOrdId: order.clientId ?? '',
    clOrdId: '',
    ordId: has ? orderIdOf(order) : '',
    instId: contract.instId,
    instType: 'SWAP',
    ordType: extra['algo'] ?? 'conditional',
    state: stopState(order),
    side: request.side,
    posSide: extra['posSide'] ?? 'net',
    sz: isWhole ? '' : sizeText(contract, order.quantity),
    ...triggerFields(contract, order),
    actualSz: has ? sizeText(contract, order.quantityFilled) : '0',
    actualPx: has
      ? averageText(contract, order.costFilled / Math.max(1, order.quantityFilled))
      : '',
    triggerTime: has ? String(order.updatedAt) : '',
    tdMode: extra['tdMode'] ?? account.terms(order.instrument).marginMode,
    cTime: String(order.createdAt),
    uTime: String(order.updatedAt),
    tag: extra['tag'] ?? '',
    ...(isPlain
      ? {
          actualSide: has ? request.side : '',
          pxVar: '',
          pxSpread: '',
          pxLimit: '',
          szLimit: '',
          amendPxOnTriggerType: '',
        }
      : { reduceOnly: String(request.isReduceOnly), closeFraction: isWhole ? '1' : '' }),
  }
}

/** One stop of the `orders-algo` stream. */
export function stopMessage(
  contract: OkxContract,
  order: SandboxOrder,
  account: SandboxAccount,
): OkxRow {
  const { instrument } = contract
  const at = order.request.trigger?.price ?? 0
  const { request, extra } = order
  const has = order.isTriggered
  return {
    algoId: String(order.id),
    algoClOrdId: order.clientId ?? '',
    clOrdId: '',
    ordId: has ? orderIdOf(order) : '',
    instId: contract.instId,
    instType: 'SWAP',
    ordType: extra['algo'] ?? 'conditional',
    state: stopState(order),
    side: request.side,
    posSide: extra['posSide'] ?? 'net',
    sz: request.quantity === 'position' ? '' : sizeText(contract, order.quantity),
    ...triggerFields(contract, order),
    ...(request.quantity === 'position' ? { closeFraction: '1' } : {}),
    tdMode: extra['tdMode'] ?? account.terms(order.instrument).marginMode,
    lever: extra['lever'] ?? String(account.terms(order.instrument).leverage),
    reduceOnly: String(request.isReduceOnly),
    actualPx: has
      ? averageText(contract, order.costFilled / Math.max(1, order.quantityFilled))
      : '',
    actualSz: has ? sizeText(contract, order.quantityFilled) : '0',
    notionalUsd: moneyText(order.quantity * at * instrument.moneyPerUnit),
    triggerTime: has ? String(order.updatedAt) : '',
    tag: extra['tag'] ?? '',
    cTime: String(order.createdAt),
    uTime: String(order.updatedAt),
  }
}
