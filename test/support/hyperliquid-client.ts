/** Signs actions as a client of Hyperliquid does, for tests of the sandbox's front. */
import {
  readAction,
  typedDataOf,
  type UserAction,
} from '../../src/exchange/sandbox/hyperliquid/actions.ts'
import {
  actionHash,
  domainHash,
  signDigest,
  typedDigest,
} from '../../src/exchange/sandbox/hyperliquid/signature.ts'
import type { TestSandbox } from './sandbox.ts'

const bytesOf = (privateKey: string): Uint8Array => Buffer.from(privateKey.slice(2), 'hex')

export interface Sending {
  readonly nonce: number
  readonly expiresAfter?: number
  readonly vaultAddress?: string
  readonly source?: 'a' | 'b'
}

/** The body of an L1 action: the phantom agent signs the hash of the action. */
export function signedBody(privateKey: string, action: object, sending: Sending): string {
  const { nonce, expiresAfter, vaultAddress, source = 'a' } = sending
  const envelope = {
    nonce,
    vaultAddress: vaultAddress ?? null,
    expiresAfter: expiresAfter ?? null,
  }
  const digest = typedDigest(
    domainHash('Exchange', 1337),
    'Agent',
    [
      ['source', 'string'],
      ['connectionId', 'bytes32'],
    ],
    { source, connectionId: actionHash(action, envelope) },
  )
  const signature = signDigest(digest, bytesOf(privateKey))
  return JSON.stringify({ action, nonce, signature, vaultAddress, expiresAfter })
}

/** The body of an action that is signed as typed data of its own. */
export function userSignedBody(privateKey: string, action: object, nonce: number): string {
  const { primaryType, fields, message, chainId } = typedDataOf(readAction(action) as UserAction)
  const domain = domainHash('HyperliquidSignTransaction', chainId)
  const digest = typedDigest(domain, primaryType, fields, message)
  return JSON.stringify({ action, nonce, signature: signDigest(digest, bytesOf(privateKey)) })
}

/** A client of one account of a test sandbox; nonces grow by one from the venue's clock. */
export class TestClient {
  readonly #sandbox: TestSandbox
  readonly privateKey: string
  #nonce: number

  constructor(sandbox: TestSandbox, privateKey = sandbox.account.credentials.privateKey) {
    this.#sandbox = sandbox
    this.privateKey = privateKey
    this.#nonce = sandbox.wallMs
  }

  get user(): string {
    return this.#sandbox.account.credentials.walletAddress
  }

  nextNonce(): number {
    this.#nonce = Math.max(this.#nonce + 1, this.#sandbox.wallMs)
    return this.#nonce
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  exchange(action: object, sending: Partial<Sending> = {}): any {
    const nonce = sending.nonce ?? this.nextNonce()
    return this.post('/exchange', signedBody(this.privateKey, action, { ...sending, nonce }))
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  info(type: string, parts: object = {}): any {
    return this.post('/info', JSON.stringify({ type, ...parts }))
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  post(path: string, body: string): any {
    const answer = this.#sandbox.http('POST', path, { body })
    try {
      return JSON.parse(answer.body)
    } catch {
      return answer
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  order(...orders: readonly object[]): any {
    return this.exchange({ type: 'order', orders, grouping: 'na' })
  }
}

/** One order on the wire; `parts` say the rest. */
export const wireOrder = (
  isBuy: boolean,
  p: string,
  s: string,
  parts: {
    readonly a?: number
    readonly r?: boolean
    readonly tif?: string
    readonly c?: string
  } = {},
) => ({
  a: parts.a ?? 0,
  b: isBuy,
  p,
  s,
  r: parts.r ?? false,
  t: { limit: { tif: parts.tif ?? 'Gtc' } },
  ...(parts.c === undefined ? {} : { c: parts.c }),
})
