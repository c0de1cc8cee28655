/**
 * Fingerprint of fills: SHA-256 (FIPS 180-4) of one text line per fill, in the order in which they were booked:
 *
 *     at|instrument|side|price|quantity|fee|maker\n
 *
 * `at` is market time in ms, the numbers are plain decimals as formatDecimal writes them, the last field is `maker` or
 * `taker`. No identifiers, so a backtest and a bot that traded alike have the same fingerprint, and anyone can check one
 * with `sha256sum` over the exported lines. The running state is plain data: a bot stores it with its ledger.
 */
import type { Instrument } from './instrument.ts'
import { invariant } from './money.ts'
import type { Fill } from './order.ts'

/** The part of a fill that counts for the fingerprint. */
export type FingerprintedFill = Pick<Fill, 'at' | 'side' | 'price' | 'quantity' | 'fee' | 'isMaker'>

/** A running fingerprint as plain data: eight hex words, the bytes not yet hashed as hex, and the byte and fill counts. */
export interface StoredFingerprint {
  readonly words: string
  readonly tail: string
  readonly bytes: number
  readonly fills: number
}

const BLOCK_BYTES = 64
const DIGIT_ZERO = 48
const MINUS = 45
const POINT = 46
const BAR = 124
const NEW_LINE = 10

const initialWords = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]

/** The round constants: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const roundConstants = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
)

const schedule = new Int32Array(64)
const digits = new Uint8Array(32)
/** The line of the fill that is being added, and how much of it is written. */
let line = new Uint8Array(512)
let written = 0

const rotate = (value: number, bits: number): number => (value >>> bits) | (value << (32 - bits))

/** Typed arrays of this module are read within their length: `as number` says so without a test in the inner loops. */
function expandBlock(block: Uint8Array): void {
  for (let i = 0; i < 16; i++) {
    const at = i * 4
    schedule[i] =
      ((block[at] as number) << 24) |
      ((block[at + 1] as number) << 16) |
      ((block[at + 2] as number) << 8) |
      (block[at + 3] as number)
  }
  for (let i = 16; i < 64; i++) {
    const a = schedule[i - 15] as number
    const b = schedule[i - 2] as number
    const small = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
    const large = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
    schedule[i] = ((schedule[i - 16] as number) + small + (schedule[i - 7] as number) + large) | 0
  }
}

/** One compression of FIPS 180-4, section 6.2.2; `words` is changed in place. */
function compress(words: Int32Array, block: Uint8Array): void {
  expandBlock(block)
  let a = words[0] as number
  let b = words[1] as number
  let c = words[2] as number
  let d = words[3] as number
  let e = words[4] as number
  let f = words[5] as number
  let g = words[6] as number
  let h = words[7] as number
  for (let i = 0; i < 64; i++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const first = (h + sum1 + choice + (roundConstants[i] as number) + (schedule[i] as number)) | 0
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + sum0 + majority) | 0
  }
  words[0] = (words[0] as number) + a
  words[1] = (words[1] as number) + b
  words[2] = (words[2] as number) + c
  words[3] = (words[3] as number) + d
  words[4] = (words[4] as number) + e
  words[5] = (words[5] as number) + f
  words[6] = (words[6] as number) + g
  words[7] = (words[7] as number) + h
}

function put(byte: number): void {
  line[written] = byte
  written += 1
}

/** Writes text as UTF-8: a few venues list symbols outside ASCII. */
function putText(text: string): void {
  const most = written + 4 * text.length + 256
  if (most > line.length) {
    const longer = new Uint8Array(2 * most)
    longer.set(line)
    line = longer
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) put(code)
    else {
      const point = text.codePointAt(i) ?? 0
      if (point > 0xffff) i += 1
      putCodePoint(point)
    }
  }
}

function putCodePoint(code: number): void {
  const continuation = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3
  const lead = [0, 0xc0, 0xe0, 0xf0][continuation] ?? 0
  put(lead | (code >> (6 * continuation)))
  for (let i = continuation - 1; i >= 0; i--) put(0x80 | ((code >> (6 * i)) & 0x3f))
}

/** The bytes of formatDecimal(value, decimals), without building the text. */
function putDecimal(value: number, decimals: number): void {
  invariant(Number.isSafeInteger(value), 'a fill is made of safe integers')
  const absolute = Math.abs(value)
  // Two halves of 32 bits each: the remainder of a double is ten times slower.
  const high = Math.floor(absolute / 1e8)
  let count = pushDigits(absolute - high * 1e8, 0, high > 0 ? 8 : decimals + 1)
  if (high > 0) count = pushDigits(high, count, decimals + 1)
  let last = 0
  while (last < decimals && digits[last] === DIGIT_ZERO) last += 1
  if (value < 0) put(MINUS)
  for (let i = count - 1; i >= last; i--) {
    put(digits[i] as number)
    if (i === decimals && i > last) put(POINT)
  }
}

/** Digits of a number below 2^31 from the last to the first, up to `least` places at least. @returns the places used */
function pushDigits(value: number, from: number, least: number): number {
  let rest = value | 0
  let count = from
  while (rest > 0 || count < least) {
    const tenth = (rest / 10) | 0
    digits[count] = DIGIT_ZERO + rest - tenth * 10
    count += 1
    rest = tenth
  }
  return count
}

const hexWords = (words: Int32Array): string =>
  Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')

/** The running hash of all fills of an instance. */
export class FillFingerprint {
  readonly #words = Int32Array.from(initialWords)
  readonly #block = new Uint8Array(BLOCK_BYTES)
  #used = 0
  #bytes = 0
  #fills = 0
  #later: ((fingerprint: FillFingerprint) => void) | null = null

  /** How many fills were added. */
  get fills(): number {
    this.#catchUp()
    return this.#fills
  }

  /** Adds fills when somebody asks for the hash, or adds another: most runs of a search are never asked. */
  addLater(add: (fingerprint: FillFingerprint) => void): void {
    this.#catchUp()
    this.#later = add
  }

  #catchUp(): void {
    const add = this.#later
    if (add === null) return
    this.#later = null
    add(this)
  }

  /** Adds one fill. Digits go straight into bytes: no text is built, less than 1 µs a fill. */
  add(instrument: Instrument, fill: FingerprintedFill): void {
    if (this.#later !== null) this.#catchUp()
    written = 0
    putDecimal(fill.at, 0)
    put(BAR)
    putText(instrument.id)
    putText(fill.side === 'buy' ? '|buy|' : '|sell|')
    putDecimal(fill.price, instrument.priceDecimals)
    put(BAR)
    putDecimal(fill.quantity * instrument.lotSize, instrument.quantityDecimals)
    put(BAR)
    putDecimal(fill.fee, 8)
    putText(fill.isMaker ? '|maker' : '|taker')
    put(NEW_LINE)
    this.#takeLine()
    this.#fills += 1
  }

  /** SHA-256 of everything added so far, 64 hex digits; adding may go on afterwards. */
  value(): string {
    this.#catchUp()
    const words = Int32Array.from(this.#words)
    const block = new Uint8Array(BLOCK_BYTES)
    block.set(this.#block.subarray(0, this.#used))
    block[this.#used] = 0x80
    if (this.#used >= BLOCK_BYTES - 8) {
      compress(words, block)
      block.fill(0)
    }
    writeBitLength(block, this.#bytes)
    compress(words, block)
    return hexWords(words)
  }

  stored(): StoredFingerprint {
    this.#catchUp()
    const tail = Array.from(this.#block.subarray(0, this.#used), (byte) =>
      byte.toString(16).padStart(2, '0'),
    )
    return {
      words: hexWords(this.#words),
      tail: tail.join(''),
      bytes: this.#bytes,
      fills: this.#fills,
    }
  }

  /** @throws InvariantError when the stored parts do not fit together */
  static restore(stored: StoredFingerprint): FillFingerprint {
    const fingerprint = new FillFingerprint()
    fingerprint.#restore(stored)
    return fingerprint
  }

  #restore(stored: StoredFingerprint): void {
    const used = stored.bytes % BLOCK_BYTES
    invariant(
      stored.words.length === 64 && stored.tail.length === used * 2,
      'a stored fingerprint has eight words and the tail that its length says',
    )
    for (let i = 0; i < 8; i++) this.#words[i] = Number(`0x${stored.words.slice(i * 8, i * 8 + 8)}`)
    for (let i = 0; i < used; i++)
      this.#block[i] = Number(`0x${stored.tail.slice(i * 2, i * 2 + 2)}`)
    this.#used = used
    this.#bytes = stored.bytes
    this.#fills = stored.fills
  }

  #takeLine(): void {
    const block = this.#block
    let used = this.#used
    for (let i = 0; i < written; i++) {
      block[used] = line[i] as number
      used += 1
      if (used < BLOCK_BYTES) continue
      compress(this.#words, block)
      used = 0
    }
    this.#used = used
    this.#bytes += written
  }
}

function writeBitLength(block: Uint8Array, bytes: number): void {
  let bits = bytes * 8
  for (let i = BLOCK_BYTES - 1; i >= BLOCK_BYTES - 8; i--) {
    block[i] = bits % 256
    bits = Math.floor(bits / 256)
  }
}
