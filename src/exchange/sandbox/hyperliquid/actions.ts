/** The actions that the exchange endpoint takes, in the venue's own form ("Exchange endpoint", "Notation"). */
import type { TypedField, WireSignature } from './signature.ts'
import {
  address,
  cloid,
  decimal,
  flag,
  int,
  listOf,
  literal,
  MalformedBody,
  maybe,
  objectOf,
  oneOf,
  type Reader,
  text,
  uint,
} from './wire-reader.ts'

const limitType = objectOf({
  limit: objectOf({ tif: literal('Gtc', 'Ioc', 'Alo', 'FrontendMarket') }),
})
const triggerType = objectOf({
  trigger: objectOf({ isMarket: flag, triggerPx: decimal, tpsl: literal('tp', 'sl') }),
})

const orderReader = objectOf(
  { a: uint, b: flag, p: decimal, s: decimal, r: flag, t: oneOf(limitType, triggerType) },
  { c: cloid },
)
const oidOrCloid = oneOf(uint, cloid)
const modifyReader = objectOf({ oid: oidOrCloid, order: orderReader })

/** An order on the wire: asset, buy?, limit price, size, reduce-only?, type, client id. */
export type WireOrder = ReturnType<typeof orderReader>
export type OidOrCloid = ReturnType<typeof oidOrCloid>
export type WireModify = ReturnType<typeof modifyReader>

const L1_ACTIONS = {
  order: objectOf(
    {
      type: literal('order'),
      orders: listOf(orderReader),
      grouping: literal('na', 'normalTpsl', 'positionTpsl'),
    },
    { builder: objectOf({ b: address, f: uint }) },
  ),
  cancel: objectOf(
    { type: literal('cancel'), cancels: listOf(objectOf({ a: uint, o: uint })) },
    { f: flag },
  ),
  cancelByCloid: objectOf(
    { type: literal('cancelByCloid'), cancels: listOf(objectOf({ asset: uint, cloid })) },
    { f: flag },
  ),
  modify: objectOf({ type: literal('modify'), oid: oidOrCloid, order: orderReader }, { a: flag }),
  batchModify: objectOf(
    { type: literal('batchModify'), modifies: listOf(modifyReader) },
    { a: flag },
  ),
  scheduleCancel: objectOf({ type: literal('scheduleCancel') }, { time: uint }),
  updateLeverage: objectOf({
    type: literal('updateLeverage'),
    asset: uint,
    isCross: flag,
    leverage: uint,
  }),
  updateIsolatedMargin: objectOf({
    type: literal('updateIsolatedMargin'),
    asset: uint,
    isBuy: flag,
    ntli: int,
  }),
  noop: objectOf({ type: literal('noop') }),
  setReferrer: objectOf({ type: literal('setReferrer'), code: text }),
} as const

const chain = literal('Mainnet', 'Testnet')
const userFields = { signatureChainId: text, hyperliquidChain: chain }
/** `0.001%` */
const percent: Reader<string> = (value) => {
  const given = text(value)
  if (!/^\d+(\.\d+)?%$/.test(given)) throw new MalformedBody(`${given} is no percentage`)
  return given
}

const USER_ACTIONS = {
  approveAgent: objectOf({
    type: literal('approveAgent'),
    ...userFields,
    agentAddress: address,
    agentName: maybe(text),
    nonce: uint,
  }),
  approveBuilderFee: objectOf({
    type: literal('approveBuilderFee'),
    ...userFields,
    maxFeeRate: percent,
    builder: address,
    nonce: uint,
  }),
  usdClassTransfer: objectOf({
    type: literal('usdClassTransfer'),
    ...userFields,
    amount: text,
    toPerp: flag,
    nonce: uint,
  }),
  usdSend: objectOf({
    type: literal('usdSend'),
    ...userFields,
    destination: text,
    amount: text,
    time: uint,
  }),
  withdraw3: objectOf({
    type: literal('withdraw3'),
    ...userFields,
    destination: text,
    amount: text,
    time: uint,
  }),
} as const

type UserType = keyof typeof USER_ACTIONS

/** How each of them is written as typed data. */
const TYPED: {
  readonly [K in UserType]: { readonly name: string; readonly rest: readonly TypedField[] }
} = {
  approveAgent: {
    name: 'ApproveAgent',
    rest: [
      ['agentAddress', 'address'],
      ['agentName', 'string'],
      ['nonce', 'uint64'],
    ],
  },
  approveBuilderFee: {
    name: 'ApproveBuilderFee',
    rest: [
      ['maxFeeRate', 'string'],
      ['builder', 'address'],
      ['nonce', 'uint64'],
    ],
  },
  usdClassTransfer: {
    name: 'UsdClassTransfer',
    rest: [
      ['amount', 'string'],
      ['toPerp', 'bool'],
      ['nonce', 'uint64'],
    ],
  },
  usdSend: {
    name: 'UsdSend',
    rest: [
      ['destination', 'string'],
      ['amount', 'string'],
      ['time', 'uint64'],
    ],
  },
  withdraw3: {
    name: 'Withdraw',
    rest: [
      ['destination', 'string'],
      ['amount', 'string'],
      ['time', 'uint64'],
    ],
  },
}

export type L1Action = {
  [K in keyof typeof L1_ACTIONS]: ReturnType<(typeof L1_ACTIONS)[K]>
}[keyof typeof L1_ACTIONS]
export type UserAction = { [K in UserType]: ReturnType<(typeof USER_ACTIONS)[K]> }[UserType]
export type Action = L1Action | UserAction

const signatureReader: Reader<WireSignature> = objectOf({ r: hex, s: hex, v: uint })

function hex(value: unknown): string {
  const given = text(value)
  if (!/^0x[0-9a-fA-F]{1,64}$/.test(given)) throw new MalformedBody(`${given} is no hex number`)
  return given.toLowerCase()
}

/** A signed request as the exchange endpoint takes it. */
export interface SignedRequest {
  readonly action: Action
  readonly nonce: number
  readonly signature: WireSignature
  readonly vaultAddress: string | null
  readonly expiresAfter: number | null
}

const envelopeReader = objectOf({
  action: (value: unknown) => value,
  nonce: uint,
  signature: signatureReader,
  vaultAddress: maybe(address),
  expiresAfter: maybe(uint),
})

/** @throws MalformedBody when the venue knows no such body */
export function readSignedRequest(body: unknown): SignedRequest {
  const read = envelopeReader(body)
  return { ...read, action: readAction(read.action) }
}

/** @throws MalformedBody when the venue knows no such action */
export function readAction(value: unknown): Action {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : null
  const readers: Readonly<Record<string, Reader<unknown>>> = { ...L1_ACTIONS, ...USER_ACTIONS }
  const reader = typeof type === 'string' && Object.hasOwn(readers, type) ? readers[type] : null
  if (!reader) throw new MalformedBody(`the venue knows no action ${String(type)}`)
  return reader(value) as Action
}

export const isUserAction = (action: Action): action is UserAction =>
  Object.hasOwn(USER_ACTIONS, action.type)

/** What a wallet signs for an action of this kind; an unnamed agent is signed with an empty name. */
export function typedDataOf(action: UserAction): {
  readonly primaryType: string
  readonly fields: readonly TypedField[]
  readonly message: Readonly<Record<string, unknown>>
  readonly chainId: number
} {
  const { name, rest } = TYPED[action.type]
  return {
    primaryType: `HyperliquidTransaction:${name}`,
    fields: [['hyperliquidChain', 'string'], ...rest],
    message:
      action.type === 'approveAgent' ? { ...action, agentName: action.agentName ?? '' } : action,
    chainId: Number(action.signatureChainId),
  }
}

/** The nonce that stands inside a typed action; it must be the request's. */
export const innerNonceOf = (action: UserAction): number =>
  'nonce' in action ? action.nonce : action.time

/** How many orders or cancels an action carries: they count one by one against the address's budget. */
export function batchLengthOf(action: Action): number {
  if (action.type === 'order') return action.orders.length
  if (action.type === 'cancel' || action.type === 'cancelByCloid') return action.cancels.length
  return action.type === 'batchModify' ? action.modifies.length : 1
}
