/**
 * Aster v3's request signature: EIP-712 typed data "AsterSignTransaction" over the urlencoded parameters, signed by the
 * API wallet on secp256k1 (asterdex/api-docs, futures API v3, "Authentication signature payload" and its examples).
 */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/** Chain of the mainnet in the signing domain; `signatureChainId` of a management request may name another. */
export const CHAIN_ID = 1666

const DOMAIN_TYPE =
  'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'
const MESSAGE_TYPE = 'Message(string msg)'
const ZERO_ADDRESS = new Uint8Array(32)

type FieldType = 'string' | 'uint256' | 'bool'
export interface TypedField {
  readonly name: string
  readonly type: FieldType
  readonly value: string
}

const text = (value: string): Uint8Array => keccak_256(utf8ToBytes(value))

/** A number of 256 bits, big endian. @throws Error for what is no whole number of at most 256 bits */
function word(value: string): Uint8Array {
  const hex = BigInt(value).toString(16)
  if (hex.startsWith('-') || hex.length > 64) throw new Error('The number has more than 256 bits.')
  return hexToBytes(hex.padStart(64, '0'))
}

function fieldBytes(field: TypedField): Uint8Array {
  if (field.type === 'string') return text(field.value)
  return word(field.type === 'bool' ? (field.value === 'true' ? '1' : '0') : field.value)
}

function domainSeparator(chainId: number): Uint8Array {
  return keccak_256(
    concatBytes(
      text(DOMAIN_TYPE),
      text('AsterSignTransaction'),
      text('1'),
      word(String(chainId)),
      ZERO_ADDRESS,
    ),
  )
}

const digestOf = (struct: Uint8Array, chainId: number): Uint8Array =>
  keccak_256(concatBytes(new Uint8Array([0x19, 0x01]), domainSeparator(chainId), struct))

/** What is signed of ordinary requests: the urlencoded parameters without `signature`. */
export function messageDigest(message: string, chainId = CHAIN_ID): Uint8Array {
  return digestOf(keccak_256(concatBytes(text(MESSAGE_TYPE), text(message))), chainId)
}

/** What is signed of management requests (`approveBuilder` and the like): a struct of their own fields. */
export function structDigest(
  primaryType: string,
  fields: readonly TypedField[],
  chainId: number,
): Uint8Array {
  const type = `${primaryType}(${fields.map((field) => `${field.type} ${field.name}`).join(',')})`
  return digestOf(keccak_256(concatBytes(text(type), ...fields.map(fieldBytes))), chainId)
}

/** The address of an uncompressed public key, lower case with 0x. */
function addressOfKey(publicKey: Uint8Array): string {
  return `0x${bytesToHex(keccak_256(publicKey.subarray(1)).subarray(-20))}`
}

/** The address of a private key in hex, lower case with 0x. */
export function addressOf(privateKey: string): string {
  const bytes = hexToBytes(privateKey.replace(/^0x/, ''))
  return addressOfKey(secp256k1.getPublicKey(bytes, false))
}

/** Who signed a digest; null when the signature is malformed or nobody can have made it. */
export function signerOf(digest: Uint8Array, signature: string): string | null {
  const match = /^(?:0x)?([0-9a-fA-F]{128})([0-9a-fA-F]{2})$/.exec(signature)
  if (!match) return null
  const v = Number.parseInt(match[2]!, 16)
  const recovery = v >= 27 ? v - 27 : v
  if (recovery !== 0 && recovery !== 1) return null
  try {
    const found = secp256k1.Signature.fromHex(match[1]!).addRecoveryBit(recovery)
    return addressOfKey(found.recoverPublicKey(digest).toBytes(false))
  } catch {
    return null
  }
}

/** Parameters as they came, in their order, and the text that was signed. */
export interface SignedForm {
  readonly params: ReadonlyMap<string, string>
  /** Everything but `signature`, byte for byte. */
  readonly message: string
  readonly signature: string | null
}

/** Reads a query string or a form body. @returns null when it is malformed or names a parameter twice */
export function readForm(form: string): SignedForm | null {
  const params = new Map<string, string>()
  const kept: string[] = []
  let signature: string | null = null
  for (const part of form.split('&').filter((one) => one !== '')) {
    const at = part.indexOf('=')
    const name = decoded(at < 0 ? part : part.slice(0, at))
    const value = decoded(at < 0 ? '' : part.slice(at + 1))
    if (name === null || value === null || params.has(name)) return null
    if (name === 'signature') {
      if (signature !== null) return null
      signature = value
      continue
    }
    params.set(name, value)
    kept.push(part)
  }
  return { params, message: kept.join('&'), signature }
}

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** The fields of `approveBuilder` in the order of the venue's example. */
export function approveBuilderFields(params: ReadonlyMap<string, string>): readonly TypedField[] {
  const field = (name: string, key: string, type: FieldType = 'string'): TypedField => ({
    name,
    type,
    value: params.get(key) ?? '',
  })
  return [
    field('Builder', 'builder'),
    field('MaxFeeRate', 'maxFeeRate'),
    field('BuilderName', 'builderName'),
    field('AsterChain', 'asterChain'),
    field('User', 'user'),
    field('Nonce', 'nonce', 'uint256'),
  ]
}
