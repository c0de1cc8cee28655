/**
 * AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D); what a text belongs to is authenticated with it, so that one
 * entry cannot be put in the place of another.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Base64 each. */
export interface Sealed {
  readonly nonce: string
  readonly tag: string
  readonly data: string
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/**
 * @param key 32 bytes
 * @param context what the text belongs to; needed again to open it
 */
export function seal(text: Uint8Array, key: Uint8Array, context: string): Sealed {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context, 'utf8'))
  const data = Buffer.concat([cipher.update(text), cipher.final()])
  return { nonce: base64(nonce), tag: base64(cipher.getAuthTag()), data: base64(data) }
}

/** @returns null when the key is another one, or anything was changed */
export function unseal(sealed: Sealed, key: Uint8Array, context: string): Buffer | null {
  const [nonce, tag, data] = [sealed.nonce, sealed.tag, sealed.data].map((text) =>
    Buffer.from(String(text), 'base64'),
  ) as [Buffer, Buffer, Buffer]
  // Node takes shorter tags, which are easier to forge.
  if (nonce.length !== 12 || tag.length !== 16) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
    decipher.setAAD(Buffer.from(context, 'utf8'))
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(data), decipher.final()])
  } catch {
    return null
  }
}
