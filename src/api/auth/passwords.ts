/** Passwords: how they are kept, compared and made. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

const LENGTH_MIN = 8
/** Nobody types more, and what is hashed must not be of any length. */
const LENGTH_MAX = 256

/** 32 MiB and some 60 ms for each guess. */
const COST = { N: 32_768, r: 8, p: 1 } as const
const MEMORY_MAX = 128 * 1024 * 1024
const KEY_BYTES = 32

/** Why a password cannot be taken, as the end of a sentence; null = it can. */
export function passwordFault(password: string, username: string): string | null {
  const length = [...password].length
  if (length < LENGTH_MIN) return `a password has at least ${LENGTH_MIN} characters`
  if (length > LENGTH_MAX) return `a password has at most ${LENGTH_MAX} characters`
  if (/\p{Cc}/u.test(password)) return 'a password has no line breaks and no control characters'
  if (password.toLowerCase() === username) return 'a password must not be the name of its user'
  return null
}

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  const options = { ...cost, maxmem: MEMORY_MAX }
  return new Promise((resolve, reject) => {
    // The same signs typed on another keyboard are the same password.
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/** `scrypt$N$r$p$salt$key`: what it cost stands beside it, so that a later version may cost more. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST)
  const { N, r, p } = COST
  return ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Of a password that nobody has: what is compared where there is no user takes as long as where there is one. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** @param stored null = there is no such user; the answer is no, in the time of a comparison */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  if ([...password].length > LENGTH_MAX) return false
  const [kind, N, r, p, salt = '', key = ''] = (stored ?? NOBODY).split('$')
  if (kind !== 'scrypt') return false
  const wanted = Buffer.from(key, 'base64url')
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  const found = await derive(password, Buffer.from(salt, 'base64url'), cost)
  return wanted.length === found.length && timingSafeEqual(wanted, found) && stored !== null
}

/** 32 signs, without those that look like others. */
const SIGNS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** `XXXX-XXXX-XXXX`: 60 bits. */
export function newPassword(): string {
  const signs = [...randomBytes(12)].map((byte) => SIGNS[byte % SIGNS.length]).join('')
  return signs.replace(/(.{4})(?=.)/g, '$1-')
}
