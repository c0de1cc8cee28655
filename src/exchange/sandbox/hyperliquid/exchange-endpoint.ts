/** `POST /exchange`: who signed, whether the nonce and the budget allow it, and what the action does. */
import type { SandboxAccount, SandboxBackend } from '../front.ts'
import {
  type Action,
  innerNonceOf,
  isUserAction,
  type L1Action,
  readSignedRequest,
  type SignedRequest,
  typedDataOf,
  type UserAction,
} from './actions.ts'
import { type AddressBudget, actionWeight, takeWeight } from './budget.ts'
import type { DeadMan } from './dead-man.ts'
import { Nonces } from './nonces.ts'
import type { OrderDesk, OrderStatus, Sending } from './order-desk.ts'
import { notDeposited, unknownSigner } from './refusals.ts'
import { type Address, signerOfAction, signerOfTypedData } from './signature.ts'
import { maxLeverageOf, type Universe } from './universe.ts'
import { MalformedBody, parseJson } from './wire-reader.ts'

/** What an endpoint answers: the status of HTTP and the body, which is JSON unless it is a text of status 4xx. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const TOO_MANY: Answer = { status: 429, body: null }
export const MALFORMED: Answer = {
  status: 422,
  body: 'Failed to deserialize the JSON body into the target type',
}

export const err = (response: string): Answer => ok({ status: 'err', response })
const done = (): Answer => ok({ status: 'ok', response: { type: 'default' } })
const statuses = (type: string, list: readonly OrderStatus[]): Answer =>
  ok({ status: 'ok', response: { type, data: { statuses: list } } })

export interface Verified {
  readonly request: SignedRequest
  /** Null: the signature is none. */
  readonly signer: Address | null
}

interface Parts {
  readonly backend: SandboxBackend
  readonly universe: Universe
  readonly desk: OrderDesk
  readonly deadMan: DeadMan
  readonly budget: AddressBudget
  readonly isMainnet: boolean
}

/** What only the owner of the money may do; agents trade. */
const OWNER_ONLY = new Set<Action['type']>([
  'setReferrer',
  'approveAgent',
  'approveBuilderFee',
  'usdClassTransfer',
  'usdSend',
  'withdraw3',
])

export class ExchangeEndpoint {
  readonly #parts: Parts
  readonly #nonces = new Nonces()
  /** What builders may take, in tenths of a basis point, by user and builder. */
  readonly #builderFees = new Map<string, number>()
  #last: { readonly body: string; readonly verified: Verified } | null = null

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** @throws MalformedBody */
  verify(body: string): Verified {
    if (this.#last?.body === body) return this.#last.verified
    const verified = this.#verify(parseJson(body))
    this.#last = { body, verified }
    return verified
  }

  #verify(json: unknown): Verified {
    const request = readSignedRequest(json)
    return { request, signer: this.#signerOf(request) }
  }

  #signerOf(request: SignedRequest): Address | null {
    const { action, signature } = request
    if (!isUserAction(action)) {
      return signerOfAction(action, request, signature, this.#parts.isMainnet)
    }
    const { primaryType, fields, message, chainId } = typedDataOf(action)
    if (!Number.isSafeInteger(chainId) || chainId < 0) return null
    return signerOfTypedData(primaryType, fields, message, chainId, signature)
  }

  handle(body: string, address: string): Answer {
    return this.#answer(() => this.verify(body), address)
  }

  /** The same for a payload that came over the WebSocket. */
  handleJson(payload: unknown, address: string): Answer {
    return this.#answer(() => this.#verify(payload), address)
  }

  #answer(verify: () => Verified, address: string): Answer {
    try {
      const verified = verify()
      const weight = actionWeight(verified.request.action)
      if (!takeWeight(this.#parts.backend, address, weight)) return TOO_MANY
      return this.#admit(verified)
    } catch (error) {
      if (error instanceof MalformedBody) return MALFORMED
      throw error
    }
  }

  #admit({ request, signer }: Verified): Answer {
    const { action, nonce, vaultAddress, expiresAfter } = request
    if (signer === null) return err('Unable to recover signer.')
    const { backend, budget } = this.#parts
    const account = backend.accountOf(signer)
    if (account === null) return err(unknownSigner(signer))
    const isOwner = account.credentials.walletAddress === signer
    if (!isOwner && OWNER_ONLY.has(action.type)) return err(notDeposited(signer))
    const { isRevoked, isAgentExpired } = account.key
    if (isRevoked || (isAgentExpired && !isOwner)) return err(unknownSigner(signer))
    if (vaultAddress !== null) return err(`Vault not registered: ${vaultAddress}`)
    if (isUserAction(action)) {
      const wrong = this.#userActionRefusal(action, nonce)
      if (wrong !== null) return err(wrong)
    }
    const wallMs = backend.wallMs()
    if (expiresAfter !== null && wallMs > expiresAfter) {
      return err(`Action expired: expiresAfter ${expiresAfter} < ${wallMs}`)
    }
    const refusal =
      this.#nonces.refusalOf(signer, nonce, wallMs, account) ?? budget.take(account, action)
    if (refusal !== null) return err(refusal)
    this.#nonces.use(signer, nonce, account)
    if (isUserAction(action)) return this.#doUserAction(account, action)
    const used = budget.usedBy(account)
    return this.#do(account, action, { signer, nonce, expiresAfter, used })
  }

  #userActionRefusal(action: UserAction, nonce: number): string | null {
    const chain = this.#parts.isMainnet ? 'Mainnet' : 'Testnet'
    if (action.hyperliquidChain !== chain) return `Invalid chain: expected ${chain}`
    return innerNonceOf(action) === nonce ? null : 'Invalid nonce: it differs within the action'
  }

  #do(account: SandboxAccount, action: L1Action, sending: Sending): Answer {
    const { desk } = this.#parts
    switch (action.type) {
      case 'order': {
        const builder = this.#builderRefusal(account, action)
        return builder ?? statuses('order', desk.place(account, action, sending))
      }
      case 'cancel':
        return statuses('cancel', desk.cancel(account, action))
      case 'cancelByCloid':
        return statuses('cancel', desk.cancelByCloid(account, action))
      case 'modify': {
        const [status] = desk.modifyAll(account, [action], action.a ?? false, sending)
        const isError = typeof status === 'object' && 'error' in status
        return isError ? err(String(status['error'])) : done()
      }
      case 'batchModify': {
        const { modifies, a: isForced = false } = action
        return statuses('order', desk.modifyAll(account, modifies, isForced, sending))
      }
      default:
        return this.#doSetting(account, action)
    }
  }

  #doSetting(account: SandboxAccount, action: L1Action): Answer {
    const { backend, budget, deadMan } = this.#parts
    switch (action.type) {
      case 'scheduleCancel': {
        const volume = budget.volumeOf(account)
        const refusal = deadMan.set(account, action.time ?? null, backend.wallMs(), volume)
        return refusal === null ? done() : err(refusal)
      }
      case 'updateLeverage':
        return this.#setLeverage(account, action.asset, action.isCross, action.leverage)
      case 'updateIsolatedMargin':
        return err('Isolated margin cannot be moved by hand in this sandbox.')
      default:
        return done()
    }
  }

  #setLeverage(account: SandboxAccount, asset: number, isCross: boolean, leverage: number): Answer {
    const coin = this.#parts.universe.byAsset(asset)
    const isPossible = coin !== null && leverage >= 1 && leverage <= maxLeverageOf(coin)
    if (!isPossible) return err('Invalid leverage value')
    const marginMode = isCross ? 'cross' : 'isolated'
    const refusal = account.setTerms(coin.instrument.id, { leverage, marginMode })
    if (refusal === null) return done()
    const isHeld = refusal === 'has_position'
    return err(
      isHeld ? 'Cannot switch leverage type with open position.' : 'Invalid leverage value',
    )
  }

  #builderRefusal(
    account: SandboxAccount,
    { builder }: Extract<L1Action, { type: 'order' }>,
  ): Answer | null {
    if (!builder || builder.f === 0) return null
    const { walletAddress } = account.credentials
    const isApproved = builder.f <= this.maxBuilderFee(walletAddress, builder.b)
    return isApproved ? null : err('Builder fee has not been approved.')
  }

  maxBuilderFee(user: Address, builder: Address): number {
    return this.#builderFees.get(`${user} ${builder}`) ?? 0
  }

  #doUserAction(account: SandboxAccount, action: UserAction): Answer {
    const { credentials } = account
    switch (action.type) {
      case 'approveBuilderFee': {
        const tenths = Math.round(Number.parseFloat(action.maxFeeRate) * 1000)
        this.#builderFees.set(`${credentials.walletAddress} ${action.builder}`, tenths)
        return done()
      }
      case 'approveAgent':
        return action.agentAddress === credentials.agentAddress
          ? done()
          : err('The agents of this sandbox are fixed: use the one that it hands out.')
      default:
        return err('Insufficient balance for withdrawal: this sandbox moves no money by request.')
    }
  }
}
