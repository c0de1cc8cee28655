/** A client of Aster's futures API v3 for tests: signs as the venue's examples do. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { messageDigest } from '../../src/exchange/sandbox/aster/signature.ts'
import type { FrontResponse, VenueFront } from '../../src/exchange/sandbox/front.ts'
import type { TestSandbox } from './sandbox.ts'

export type Fields = Record<string, unknown>

export function signDigest(digest: Uint8Array, privateKey: string): string {
  const key = hexToBytes(privateKey.slice(2))
  const bytes = secp256k1.sign(digest, key, { prehash: false, format: 'recovered' })
  const [recovery = 0] = bytes
  return `0x${bytesToHex(bytes.slice(1))}${(27 + recovery).toString(16)}`
}

export class AsterClient {
  readonly #sandbox: TestSandbox
  #front: VenueFront | null = null
  #lastNonce = 0

  constructor(sandbox: TestSandbox) {
    this.#sandbox = sandbox
  }

  /** Sends to another front than the sandbox's own from now on. */
  through(front: VenueFront): this {
    this.#front = front
    return this
  }

  #http(method: string, path: string, query: string, body: string): FrontResponse {
    if (this.#front === null) {
      return this.#sandbox.http(method, query === '' ? path : `${path}?${query}`, { body })
    }
    return this.#front.http({ method, path, query, headers: {}, body, address: '127.0.0.1' })
  }

  nonce(): number {
    this.#lastNonce = Math.max(this.#lastNonce + 1, this.#sandbox.wallMs * 1000)
    return this.#lastNonce
  }

  /** A signed request; `changed` replaces what it would say of itself. */
  send(
    method: string,
    path: string,
    fields: Fields = {},
    changed: { nonce?: number | string; user?: string; signer?: string; signature?: string } = {},
  ): FrontResponse {
    const { walletAddress, agentAddress, privateKey } = this.#sandbox.account.credentials
    const all: Fields = {
      ...fields,
      nonce: changed.nonce ?? this.nonce(),
      user: changed.user ?? walletAddress,
      signer: changed.signer ?? agentAddress,
    }
    const message = Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
      .join('&')
    const signature = changed.signature ?? signDigest(messageDigest(message), privateKey)
    const form = `${message}&signature=${signature}`
    return method === 'GET'
      ? this.#http(method, path, form, '')
      : this.#http(method, path, '', form)
  }

  /** The answer to `/fapi/v3/NAME`. */
  ask(method: string, name: string, fields: Fields = {}): unknown {
    return JSON.parse(this.send(method, `/fapi/v3/${name}`, fields).body) as unknown
  }

  /** The code of the refusal, 0 when there is none. */
  code(method: string, name: string, fields: Fields = {}): number {
    const answer = this.send(method, `/fapi/v3/${name}`, fields)
    return answer.status === 200 ? 0 : (JSON.parse(answer.body) as { code: number }).code
  }
}
