/**
 * ccxt's hyperliquid class as this program uses it: nothing is signed but the few actions that trading needs, no referrer
 * and no builder ever, the deadline stands in the signed bytes, and answers come as the venue sent them, order by order.
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { hexToBytes } from '@noble/hashes/utils.js'
import type { VenueError } from '../../../ports/venue.ts'
import {
  CCXT_OPTIONS,
  type CcxtClass,
  type CcxtClient,
  type CcxtExchange,
  type SignedRequest,
} from '../live/ccxt-class.ts'
import { NotSentError, refusal } from '../live/errors.ts'
import { admitPlainSockets, guardedClassOf, type SocketTap } from '../live/guarded-class.ts'
import { refusalOf } from './errors.ts'
import { VENUE } from './instruments.ts'
import { isRaw, textOf } from './raw.ts'

/** Everything else is refused before it is signed: transfers, withdrawals, approvals, referrers. */
const ACTIONS = new Set([
  'order',
  'cancel',
  'cancelByCloid',
  'scheduleCancel',
  'updateLeverage',
  'noop',
])

export interface Signature {
  readonly r: string
  readonly s: string
  readonly v: number
}

/** What is used of ccxt's class beyond CcxtExchange (js/src/hyperliquid.js, js/src/pro/hyperliquid.js). */
export interface HyperliquidExchange extends CcxtExchange {
  walletAddress: string
  privateKey: string
  packb(value: unknown): Uint8Array
  binaryToBase16(bytes: Uint8Array): string
  ethGetAddressFromPrivateKey(privateKey: string): string
  incrementingNonce(): number
  initializeClient(): Promise<boolean>
  handleBuilderFeeApproval(): Promise<boolean>
  setRef(): Promise<unknown>
  approveBuilderFee(builder: string, maxFeeRate: string): Promise<unknown>
  actionHash(
    action: unknown,
    vaultAddress: string | undefined,
    nonce: number,
    expiresAfter?: number,
  ): Uint8Array
  /** @param vaultAddress 40 hex digits without 0x */
  signL1Action(
    action: unknown,
    nonce: number,
    vaultAddress?: string,
    expiresAfter?: number,
  ): Signature
}

export interface HyperliquidExchangeParts {
  /** The account's address: every question is asked for it, never for the agent's. */
  readonly walletAddress: string
  /** Of the agent wallet. */
  readonly privateKey: string
  readonly isTestnet: boolean
  /** Other addresses than the venue's, e.g. of the sandbox. */
  readonly restUrl: string | null
  readonly wsUrl: string | null
  /** The next nonce of this signer. */
  readonly nextNonce: () => number
  readonly tap: () => SocketTap | null
  readonly onMessage: (client: CcxtClient, message: unknown) => void
}

/** ccxt's class, made anew for each desk: sockets and nonces belong to it. */
export async function hyperliquidExchange(
  parts: HyperliquidExchangeParts,
): Promise<HyperliquidExchange> {
  const guarded = await guardedClassOf<HyperliquidExchange>(VENUE, parts.tap)
  const exchange = new (hyperliquidClass(guarded, parts))({
    ...CCXT_OPTIONS,
    walletAddress: parts.walletAddress,
    privateKey: parts.privateKey,
    options: { refSet: true, builderFee: false, approvedBuilderFee: false },
  })
  if (parts.isTestnet) exchange.setSandboxMode(true)
  const api = exchange.urls.api as ApiUrls
  exchange.urls.api = {
    public: parts.restUrl ?? api.public,
    private: parts.restUrl ?? api.private,
    ws: { public: parts.wsUrl ?? api.ws.public },
  } satisfies ApiUrls
  await admitPlainSockets(exchange, parts.wsUrl)
  return exchange
}

interface ApiUrls {
  readonly public: string
  readonly private: string
  readonly ws: { readonly public: string }
}

export const socketUrl = (exchange: HyperliquidExchange): string =>
  (exchange.urls.api as ApiUrls).ws.public

/** 8 bytes, most significant first. ccxt writes 11 digits after five zeros, which is right from 2004 to 2527 only. */
const uint64 = (value: number): string => value.toString(16).padStart(16, '0')

function hyperliquidClass(
  Base: CcxtClass<HyperliquidExchange>,
  { nextNonce, onMessage }: HyperliquidExchangeParts,
): CcxtClass<HyperliquidExchange> {
  class Hyperliquid extends Base {
    /** ccxt would send a referrer and the approval of a builder's fee with the first private call. */
    override async initializeClient(): Promise<boolean> {
      return true
    }

    override async handleBuilderFeeApproval(): Promise<boolean> {
      return true
    }

    override async setRef(): Promise<unknown> {
      return true
    }

    override incrementingNonce(): number {
      return nextNonce()
    }

    override actionHash(
      action: unknown,
      vaultAddress: string | undefined,
      nonce: number,
      expiresAfter?: number,
    ): Uint8Array {
      const packed = this.binaryToBase16(this.packb(action))
      const vault = vaultAddress === undefined ? '00' : `01${vaultAddress}`
      const deadline = expiresAfter === undefined ? '' : `00${uint64(expiresAfter)}`
      return keccak_256(hexToBytes(`${packed}${uint64(nonce)}${vault}${deadline}`))
    }

    override sign(
      path: string,
      api: string,
      method: string,
      params: unknown,
      headers?: unknown,
      body?: unknown,
    ): SignedRequest {
      if (path === 'exchange') assertAllowed(params)
      return super.sign(path, api, method, params, headers, body)
    }

    /** An order's refusal is not the batch's: only what is said of the whole answer is thrown. */
    override handleErrors(
      status: number,
      _reason: string,
      _url: string,
      _method: string,
      _headers: unknown,
      _body: string,
      answer: unknown,
    ): unknown {
      const failure = failureOf(status, answer)
      if (failure) throw failure
      // An outage, of which ccxt knows the names.
      return status >= 400 ? undefined : true
    }

    override handleMessage(client: CcxtClient, message: unknown): void {
      onMessage(client, message)
    }
  }
  return Hyperliquid as unknown as CcxtClass<HyperliquidExchange>
}

/** What is said of the whole answer, by its text or its status; null: nothing, or an outage. */
function failureOf(status: number, answer: unknown): VenueError | null {
  if (isRaw(answer) && answer['status'] === 'err')
    return refusalOf(textOf(answer, 'response') ?? '')
  if (status === 429) return refusal('rate_limited', VENUE, 'http_429', undefined)
  // The body could not be read as an action or a question, so nothing was done with it.
  if (status === 400 || status === 404 || status === 422)
    return refusal('rejected', VENUE, `http_${status}`, undefined)
  return null
}

/** @throws NotSentError `rejected` for an action that trading does not need, or with a builder */
function assertAllowed(params: unknown): void {
  const action = isRaw(params) && isRaw(params['action']) ? params['action'] : {}
  const type = textOf(action, 'type') ?? 'without a type'
  if (ACTIONS.has(type) && action['builder'] === undefined) return
  const what = ACTIONS.has(type) ? `${type} with a builder's fee` : type
  throw new NotSentError(
    'rejected',
    'action_not_allowed',
    `The action ${what} is never sent to hyperliquid by this program.`,
  )
}
