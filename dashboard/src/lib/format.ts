/** Decimal text for people. Money, prices and quantities stay text from the server to the screen: no number type rounds them. */

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/
const MINUS = '\u2212'
const NOTHING = '–'

export interface DecimalOptions {
  /** Decimals shown; longer text is rounded half away from zero. Absent: as many as the text has. */
  readonly places?: number
  /** At most so many decimals, without zeros at the end. */
  readonly upTo?: number
  /** A plus before what is above zero. */
  readonly signed?: boolean
}

interface Parts {
  readonly negative: boolean
  readonly digits: bigint
  readonly scale: number
}

function parse(text: string): Parts | null {
  const found = DECIMAL.exec(text.trim())
  if (found === null) return null
  const [, sign, whole = '0', fraction = ''] = found
  return { negative: sign === '-', digits: BigInt(whole + fraction), scale: fraction.length }
}

/** The same value with `scale` decimals, rounded half away from zero. */
function withScale(digits: bigint, from: number, to: number): bigint {
  if (to >= from) return digits * 10n ** BigInt(to - from)
  const unit = 10n ** BigInt(from - to)
  return (digits + unit / 2n) / unit
}

const grouped = (whole: string): string => whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')

function written({ negative, digits, scale }: Parts, signed: boolean): string {
  const text = digits.toString().padStart(scale + 1, '0')
  const whole = grouped(text.slice(0, text.length - scale))
  const fraction = scale === 0 ? '' : `.${text.slice(text.length - scale)}`
  const isZero = digits === 0n
  const sign = isZero ? '' : negative ? MINUS : signed ? '+' : ''
  return `${sign}${whole}${fraction}`
}

/** `-1234.5` → `−1,234.50`; null, absent and what is no decimal text → `–`. */
export function formatDecimal(
  text: string | null | undefined,
  { places, upTo, signed = false }: DecimalOptions = {},
): string {
  const parts = text == null ? null : parse(text)
  if (parts === null) return NOTHING
  const scale = places ?? Math.min(parts.scale, upTo ?? parts.scale)
  const digits = withScale(parts.digits, parts.scale, scale)
  const rounded = { negative: parts.negative, digits, scale }
  return written(places === undefined && upTo !== undefined ? trimmed(rounded) : rounded, signed)
}

function trimmed(parts: Parts): Parts {
  let { digits, scale } = parts
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n
    scale -= 1
  }
  return { ...parts, digits, scale }
}

/** A share as decimal text or number (`0.0123`) as percent without the sign (`1.23`). */
export function formatShare(share: string | number | null | undefined, places = 2): string {
  if (share == null) return NOTHING
  const parts = parse(typeof share === 'number' ? share.toFixed(places + 4) : share)
  if (parts === null) return NOTHING
  const digits = withScale(parts.digits * 100n, parts.scale, places)
  return written({ negative: parts.negative, digits, scale: places }, false)
}

/** −1, 0 or 1; 0 for nothing. With `places`, what rounds to zero is zero. */
export function signOf(text: string | null | undefined, places?: number): -1 | 0 | 1 {
  const parts = text == null ? null : parse(text)
  if (parts === null) return 0
  const digits = places === undefined ? parts.digits : withScale(parts.digits, parts.scale, places)
  if (digits === 0n) return 0
  return parts.negative ? -1 : 1
}

/** The sum of decimal texts, exactly; null when all are nothing. */
export function sumOf(texts: readonly (string | null | undefined)[]): string | null {
  const parts = texts
    .flatMap((text) => (text == null ? [] : [parse(text)]))
    .filter((p) => p !== null)
  if (parts.length === 0) return null
  const scale = Math.max(...parts.map((part) => part.scale))
  const total = parts.reduce((sum, part) => {
    const digits = withScale(part.digits, part.scale, scale)
    return part.negative ? sum - digits : sum + digits
  }, 0n)
  const text = (total < 0n ? -total : total).toString().padStart(scale + 1, '0')
  const whole = text.slice(0, text.length - scale)
  const value = scale === 0 ? whole : `${whole}.${text.slice(text.length - scale)}`
  return total < 0n ? `-${value}` : value
}

/** For drawing only: where a decimal text lies on a chart. */
export const plotted = (text: string): number => Number(text)

const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** `12:03:04`, of this machine's clock. */
export function clockTime(at: number | string | Date): string {
  const date = new Date(at)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')
}

/** `2026-11-21 12:03:04`, of this machine's time zone. */
export function dateTime(at: number | string | Date): string {
  const date = new Date(at)
  const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())]
  return `${day.join('-')} ${clockTime(date)}`
}

const SPANS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** Seconds as the two largest units: `2d 3h`, `4m 10s`. */
export function formatDuration(seconds: number | null | undefined, language: string): string {
  if (seconds == null || !Number.isFinite(seconds)) return NOTHING
  let rest = Math.max(0, Math.floor(seconds))
  const first = SPANS.findIndex(([, size]) => rest >= size)
  const from = first === -1 ? SPANS.length - 1 : first
  const told = SPANS.slice(from, from + 2).flatMap(([unit, size], at) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return count === 0 && at > 0 ? [] : [unitText(count, unit, language)]
  })
  return told.join(' ')
}

const unitFormats = new Map<string, Intl.NumberFormat>()

function unitText(count: number, unit: string, language: string): string {
  const key = `${language} ${unit}`
  const format =
    unitFormats.get(key) ??
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' })
  unitFormats.set(key, format)
  return format.format(count)
}

const relativeFormats = new Map<string, Intl.RelativeTimeFormat>()

/** `3 min. ago`; within five seconds: now. Both in ms. */
export function formatRelative(at: number, now: number, language: string): string {
  const format =
    relativeFormats.get(language) ??
    new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
  relativeFormats.set(language, format)
  const seconds = Math.round((at - now) / 1000)
  if (Math.abs(seconds) < 5) return format.format(0, 'second')
  const [unit, size] = SPANS.find(([, span]) => Math.abs(seconds) >= span) ?? SPANS[3]
  return format.format(Math.trunc(seconds / size), unit)
}
