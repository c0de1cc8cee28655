/** Keys of the sandbox's accounts, derived from one secret seed: the same after every restart, of no use anywhere else. */
import { createHmac } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import type { SandboxCredentials, SandboxVenue } from './front.ts'

const NONE: SandboxCredentials = {
  apiKey: '',
  secretKey: '',
  passphrase: '',
  walletAddress: '',
  privateKey: '',
  agentAddress: '',
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The address of a secp256k1 key, lower case with 0x. */
export function addressOf(privateKey: Uint8Array): string {
  const point = secp256k1.getPublicKey(privateKey, false)
  return `0x${hex(keccak_256(point.subarray(1)).subarray(12))}`
}

/** @param seed at least 16 secret bytes */
export function sandboxCredentials(
  seed: Uint8Array,
  venue: SandboxVenue,
  account: string,
): SandboxCredentials {
  const derive = (purpose: string): Buffer =>
    createHmac('sha256', seed).update(`${venue}/${account}/${purpose}`).digest()
  if (venue === 'okx') {
    const id = hex(derive('key')).slice(0, 32)
    return {
      ...NONE,
      apiKey: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
      secretKey: hex(derive('secret')).slice(0, 32).toUpperCase(),
      passphrase: `Sandbox-${hex(derive('passphrase')).slice(0, 12)}`,
    }
  }
  if (venue === 'backpack') {
    const secret = derive('seed')
    return {
      ...NONE,
      apiKey: Buffer.from(ed25519.getPublicKey(secret)).toString('base64'),
      secretKey: secret.toString('base64'),
    }
  }
  const agent = derive('agent')
  return {
    ...NONE,
    walletAddress: addressOf(derive('wallet')),
    privateKey: `0x${hex(agent)}`,
    agentAddress: addressOf(agent),
  }
}
