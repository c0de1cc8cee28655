/**
 * Who has signed an action, as Hyperliquid's documents lay it down ("Signing"). An L1 action is signed through a phantom
 * agent whose connection id is the hash of the action, its nonce, vault and deadline; what moves money or rights is signed
 * as typed data of its own. A wrong byte recovers another address, and that address does not exist.
 */
import { encode } from '@msgpack/msgpack'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/** `0x` and 40 hex digits, lower case. */
export type Address = string

export interface WireSignature {
  readonly r: string
  readonly s: string
  readonly v: number
}

export interface Envelope {
  readonly nonce: number
  readonly vaultAddress: Address | null
  readonly expiresAfter: number | null
}

/** One field of typed data: its name and its Solidity type. */
export type TypedField = readonly [
  name: string,
  type: 'string' | 'address' | 'uint64' | 'bool' | 'bytes32',
]

const ZERO_ADDRESS = `0x${'0'.repeat(40)}`
const DOMAIN_TYPE =
  'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'

/** keccak of the packed action, the nonce, the vault and the deadline; the order of keys counts. */
export function actionHash(action: unknown, envelope: Envelope): Uint8Array {
  const { nonce, vaultAddress, expiresAfter } = envelope
  const parts = [encode(action), uint64(nonce)]
  if (vaultAddress === null) parts.push(Uint8Array.of(0))
  else parts.push(Uint8Array.of(1), hexToBytes(vaultAddress.slice(2)))
  if (expiresAfter !== null) parts.push(Uint8Array.of(0), uint64(expiresAfter))
  return keccak_256(concatBytes(...parts))
}

/** @returns null when the three numbers are no signature of anything */
export function signerOfAction(
  action: unknown,
  envelope: Envelope,
  signature: WireSignature,
  isMainnet: boolean,
): Address | null {
  const message = { source: isMainnet ? 'a' : 'b', connectionId: actionHash(action, envelope) }
  const fields: readonly TypedField[] = [
    ['source', 'string'],
    ['connectionId', 'bytes32'],
  ]
  return recover(typedDigest(domainHash('Exchange', 1337), 'Agent', fields, message), signature)
}

/** @param chainId of `signatureChainId`: any chain, it only names the wallet's network */
export function signerOfTypedData(
  primaryType: string,
  fields: readonly TypedField[],
  message: Readonly<Record<string, unknown>>,
  chainId: number,
  signature: WireSignature,
): Address | null {
  const domain = domainHash('HyperliquidSignTransaction', chainId)
  return recover(typedDigest(domain, primaryType, fields, message), signature)
}

/** The digest a wallet signs: EIP-712, `\x19\x01 ‖ domain ‖ struct`. */
export function typedDigest(
  domain: Uint8Array,
  primaryType: string,
  fields: readonly TypedField[],
  message: Readonly<Record<string, unknown>>,
): Uint8Array {
  const listed = fields.map(([name, type]) => `${type} ${name}`).join(',')
  const type = keccak_256(utf8ToBytes(`${primaryType}(${listed})`))
  const values = fields.map(([name, kind]) => encodeField(kind, message[name]))
  const struct = keccak_256(concatBytes(type, ...values))
  return keccak_256(concatBytes(Uint8Array.of(0x19, 0x01), domain, struct))
}

export function domainHash(name: string, chainId: number): Uint8Array {
  return keccak_256(
    concatBytes(
      keccak_256(utf8ToBytes(DOMAIN_TYPE)),
      keccak_256(utf8ToBytes(name)),
      keccak_256(utf8ToBytes('1')),
      word(BigInt(chainId)),
      encodeField('address', ZERO_ADDRESS),
    ),
  )
}

/** The address of a private key; for credentials that the sandbox hands out. */
export function addressOfKey(privateKey: Uint8Array): Address {
  return addressOf(secp256k1.getPublicKey(privateKey, false))
}

/** Signs a digest; tests and tools need it, the front only verifies. */
export function signDigest(digest: Uint8Array, privateKey: Uint8Array): WireSignature {
  const bytes = secp256k1.sign(digest, privateKey, { prehash: false, format: 'recovered' })
  const hex = bytesToHex(bytes)
  return { r: `0x${hex.slice(2, 66)}`, s: `0x${hex.slice(66)}`, v: 27 + (bytes[0] ?? 0) }
}

function recover(digest: Uint8Array, signature: WireSignature): Address | null {
  const { r, s, v } = signature
  if (v !== 27 && v !== 28) return null
  try {
    // Some wallets drop leading zeros of r and s.
    const parts = [Uint8Array.of(v - 27), hexToBytes(padded(r)), hexToBytes(padded(s))]
    const key = secp256k1.recoverPublicKey(concatBytes(...parts), digest, { prehash: false })
    return addressOf(secp256k1.Point.fromBytes(key).toBytes(false))
  } catch {
    return null
  }
}

const padded = (hex: string): string => hex.slice(2).padStart(64, '0')

const addressOf = (uncompressed: Uint8Array): Address =>
  `0x${bytesToHex(keccak_256(uncompressed.subarray(1)).subarray(12))}`

function encodeField(type: TypedField[1], value: unknown): Uint8Array {
  if (type === 'string') return keccak_256(utf8ToBytes(String(value)))
  if (type === 'bytes32') return value as Uint8Array
  if (type === 'bool') return word(value === true ? 1n : 0n)
  if (type === 'uint64') return word(BigInt(value as number))
  return word(BigInt(String(value).toLowerCase()))
}

const word = (value: bigint): Uint8Array => hexToBytes(value.toString(16).padStart(64, '0'))

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}
