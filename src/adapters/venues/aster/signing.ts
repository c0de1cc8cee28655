/**
 * Aster's request signature: EIP-712 typed data `Message(string msg)` in the domain AsterSignTransaction, over the encoded
 * parameters. Same bytes as ccxt 4.5.84, which builds the typed data anew each time.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { hasForm } from '../../../domain/credential-form.ts'
import { NotSentError } from '../live/errors.ts'

const text = (value: string): Uint8Array => keccak_256(utf8ToBytes(value))
const CHAIN_ID = hexToBytes((1666).toString(16).padStart(64, '0'))

const DOMAIN = keccak_256(
  concatBytes(
    text('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
    text('AsterSignTransaction'),
    text('1'),
    CHAIN_ID,
    new Uint8Array(32),
  ),
)
const PREFIX = concatBytes(new Uint8Array([0x19, 0x01]), DOMAIN)
const MESSAGE_TYPE = text('Message(string msg)')

/** @throws NotSentError `credential` when it is no private key */
export function privateKeyBytes(privateKey: string): Uint8Array {
  if (hasForm('private_key', privateKey)) {
    const bytes = hexToBytes(privateKey.replace(/^0x/i, ''))
    if (secp256k1.utils.isValidSecretKey(bytes)) return bytes
  }
  throw new NotSentError(
    'credential',
    'private_key',
    'The private key of aster is no text of 64 hex digits: copy the key of the API wallet again.',
  )
}

/** The address of a private key, lower case with 0x. */
export function addressOf(key: Uint8Array): string {
  const point = secp256k1.getPublicKey(key, false).subarray(1)
  return `0x${bytesToHex(keccak_256(point).subarray(-20))}`
}

/** r, s and v (27 or 28) in hex with 0x. */
export function signMessage(message: string, key: Uint8Array): string {
  const digest = keccak_256(
    concatBytes(PREFIX, keccak_256(concatBytes(MESSAGE_TYPE, text(message)))),
  )
  const signed = secp256k1.sign(digest, key, { prehash: false, format: 'recovered' })
  return `0x${bytesToHex(signed.subarray(1))}${(27 + (signed[0] ?? 0)).toString(16)}`
}
