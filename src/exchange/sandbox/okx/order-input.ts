/** Reads what a client asks of OKX into orders of the core; everything that is wrong has OKX's code. */
import { type Quantity, quantity } from '../../../domain/money.ts'
import type { OrderRequest, Side, Trigger } from '../../../domain/order.ts'
import type { PlaceWish, SandboxAccount } from '../front.ts'
import { missing, OkxError, unknownInstrument, wrong } from './answers.ts'
import { type OkxContract, type OkxContracts, readPrice, readSize } from './contracts.ts'

export type OkxInput = Readonly<Record<string, unknown>>

const ORDER_TYPES = ['market', 'limit', 'post_only', 'fok', 'ioc', 'optimal_limit_ioc']
const CLIENT_ID = /^[A-Za-z0-9]{1,32}$/
const TAG = /^[A-Za-z0-9]{0,16}$/

/** A field as text; numbers and booleans are taken as OKX takes them. '' = not there. */
export function textOf(input: OkxInput, name: string): string {
  const value = input[name]
  if (typeof value === 'string') return value.trim()
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

function needed(input: OkxInput, name: string): string {
  const value = textOf(input, name)
  if (value === '') throw missing(name)
  return value
}

export function contractOf(contracts: OkxContracts, input: OkxInput): OkxContract {
  const contract = contracts.byId(needed(input, 'instId'))
  if (contract === null) throw unknownInstrument()
  return contract
}

/** Null = none was given. @throws OkxError 51000 for one that OKX does not take */
export function clientIdOf(input: OkxInput, name = 'clOrdId'): string | null {
  const clientId = textOf(input, name)
  if (clientId === '') return null
  if (!CLIENT_ID.test(clientId)) throw wrong(name)
  return clientId
}

interface Terms {
  readonly side: Side
  readonly tdMode: 'cross' | 'isolated'
  readonly isReduceOnly: boolean
  readonly posSide: string
}

function termsOf(input: OkxInput, account: SandboxAccount): Terms {
  const tdMode = needed(input, 'tdMode')
  if (tdMode !== 'cross' && tdMode !== 'isolated') throw wrong('tdMode')
  const side = needed(input, 'side')
  if (side !== 'buy' && side !== 'sell') throw wrong('side')
  const posSide = textOf(input, 'posSide')
  const isNet = account.positionMode === 'one_way'
  if (isNet ? posSide !== '' && posSide !== 'net' : posSide !== 'long' && posSide !== 'short') {
    throw wrong('posSide')
  }
  if (!TAG.test(textOf(input, 'tag'))) throw wrong('tag')
  // OKX keeps a position a margin mode; the sandbox has one, which follows the orders while it is flat.
  return { side, tdMode, isReduceOnly: isTrue(input, 'reduceOnly'), posSide: posSide || 'net' }
}

function isTrue(input: OkxInput, name: string): boolean {
  const value = textOf(input, name)
  if (value !== '' && value !== 'true' && value !== 'false') throw wrong(name)
  return value === 'true'
}

function sizeOf(contract: OkxContract, input: OkxInput): Quantity {
  const text = needed(input, 'sz')
  if (!(Number(text) > 0)) throw wrong('sz')
  const lots = readSize(contract, text)
  if (lots === null || lots % contract.listed.lotStep !== 0) {
    throw new OkxError('51121', 'Order quantity must be a multiple of the lot size.')
  }
  // At OKX the least size is one lot, so that no position is too small to be closed; here it is more, and closing is let through.
  const least = isTrue(input, 'reduceOnly')
    ? quantity(1)
    : (readSize(contract, contract.minSz) ?? quantity(1))
  if (lots < least) {
    throw new OkxError('51020', 'Your order should meet or exceed the minimum order amount.')
  }
  return lots
}

function extraOf(input: OkxInput, terms: Terms, more: Readonly<Record<string, string>>) {
  const { tdMode, posSide } = terms
  const stpMode = textOf(input, 'stpMode') || 'cancel_maker'
  return { tdMode, posSide, stpMode, tag: textOf(input, 'tag'), ...more }
}

/** One of `trade/order` and `trade/batch-orders`. @param expiresAt of the header expTime */
export function orderOf(
  contracts: OkxContracts,
  input: OkxInput,
  account: SandboxAccount,
  expiresAt: number | null,
): PlaceWish {
  const contract = contractOf(contracts, input)
  const terms = termsOf(input, account)
  const ordType = needed(input, 'ordType')
  if (!ORDER_TYPES.includes(ordType)) throw wrong('ordType')
  const isMarket = ordType === 'market' || ordType === 'optimal_limit_ioc'
  const limit = isMarket ? null : readPrice(contract, needed(input, 'px'))
  if (!isMarket && (limit === null || limit <= 0)) throw wrong('px')
  const request: OrderRequest = {
    instrument: contract.instrument.id,
    side: terms.side,
    kind: isMarket ? 'market' : 'limit',
    price: limit,
    quantity: sizeOf(contract, input),
    timeInForce: isMarket || ordType === 'ioc' || ordType === 'fok' ? 'ioc' : 'gtc',
    isPostOnly: ordType === 'post_only',
    isReduceOnly: terms.isReduceOnly,
    trigger: null,
  }
  const extra = extraOf(input, terms, { ordType })
  return { clientId: clientIdOf(input), request, expiresAt, extra }
}

/** One of `trade/order-algo`: conditional (stop loss or take profit) and trigger. */
export function stopOf(
  contracts: OkxContracts,
  input: OkxInput,
  account: SandboxAccount,
  priceOf: (contract: OkxContract) => number,
): PlaceWish {
  const contract = contractOf(contracts, input)
  const terms = termsOf(input, account)
  const algo = needed(input, 'ordType')
  if (algo !== 'conditional' && algo !== 'trigger') throw wrong('ordType')
  const { trigger, orderPx } =
    algo === 'trigger' ? plain(contract, input) : conditional(contract, input)
  const isMarket = orderPx === '-1'
  const limit = isMarket ? null : readPrice(contract, orderPx)
  if (!isMarket && (limit === null || limit <= 0)) throw wrong('ordPx')
  const isWhole = textOf(input, 'closeFraction') !== ''
  if (isWhole && (textOf(input, 'closeFraction') !== '1' || !isMarket)) throw wrong('closeFraction')
  const request: OrderRequest = {
    instrument: contract.instrument.id,
    side: terms.side,
    kind: isMarket ? 'market' : 'limit',
    price: limit,
    quantity: isWhole ? 'position' : sizeOf(contract, input),
    timeInForce: isMarket ? 'ioc' : 'gtc',
    isPostOnly: false,
    isReduceOnly: terms.isReduceOnly || isWhole,
    trigger: {
      ...trigger,
      kind: algo === 'trigger' ? kindOf(trigger, terms.side, priceOf(contract)) : trigger.kind,
    },
  }
  const extra = extraOf(input, terms, { ordType: isMarket ? 'market' : 'limit', algo })
  const clientId = clientIdOf(input, 'algoClOrdId') ?? clientIdOf(input)
  return { clientId, request, expiresAt: null, extra }
}

interface ReadTrigger {
  readonly trigger: Trigger
  readonly orderPx: string
}

function readTrigger(contract: OkxContract, input: OkxInput, at: string, by: string): Trigger {
  const found = readPrice(contract, needed(input, at))
  if (found === null || found <= 0) throw wrong(at)
  const type = textOf(input, by) || 'last'
  if (type !== 'last' && type !== 'mark' && type !== 'index') throw wrong(by)
  return { kind: 'stop', price: found, by: type === 'last' ? 'last' : 'mark' }
}

function conditional(contract: OkxContract, input: OkxInput): ReadTrigger {
  const isStopLoss = textOf(input, 'slTriggerPx') !== ''
  const isTakeProfit = textOf(input, 'tpTriggerPx') !== ''
  if (isStopLoss === isTakeProfit) throw wrong('slTriggerPx')
  const prefix = isStopLoss ? 'sl' : 'tp'
  const trigger = readTrigger(contract, input, `${prefix}TriggerPx`, `${prefix}TriggerPxType`)
  const kind = isStopLoss ? 'stop' : 'take_profit'
  return { trigger: { ...trigger, kind }, orderPx: needed(input, `${prefix}OrdPx`) }
}

function plain(contract: OkxContract, input: OkxInput): ReadTrigger {
  const trigger = readTrigger(contract, input, 'triggerPx', 'triggerPxType')
  // ccxt writes orderPx where the documents have ordPx; OKX takes both.
  return { trigger, orderPx: textOf(input, 'orderPx') || needed(input, 'ordPx') }
}

/** A plain trigger fires when the price comes to it from wherever it is; OKX tells a stop from the price now. */
function kindOf(trigger: Trigger, side: Side, last: number): Trigger['kind'] {
  return trigger.price > last === (side === 'buy') ? 'stop' : 'take_profit'
}
