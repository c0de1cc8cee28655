/** Decimal text as people read it. All take null for "not known" (shown as –). */
import { clsx } from 'clsx'
import { useNow } from '../lib/clock.ts'
import {
  dateTime,
  formatDecimal,
  formatDuration,
  formatRelative,
  formatShare,
  signOf,
} from '../lib/format.ts'
import { useLanguage } from '../lib/i18n.ts'

type Text = string | null | undefined

const toneOf = (sign: -1 | 0 | 1): string =>
  sign > 0 ? 'text-good' : sign < 0 ? 'text-bad' : 'text-dim'

interface MoneyProps {
  readonly value: Text
  /** Two where nothing else is said. */
  readonly places?: number
  /** Profit and loss: sign and colour. */
  readonly signed?: boolean
  /** `USDC`, small behind the number. */
  readonly currency?: string | null
  readonly className?: string
}

export function Money({ value, places = 2, signed = false, currency, className }: MoneyProps) {
  return (
    <span
      className={clsx('num whitespace-nowrap', signed && toneOf(signOf(value, places)), className)}
    >
      {formatDecimal(value, { places, signed })}
      {currency != null && value != null && (
        <span className="ml-1 text-xs font-normal text-dim">{currency}</span>
      )}
    </span>
  )
}

interface NumberProps {
  readonly value: Text
  readonly className?: string
}

/** A price with the decimals that it came with, eight at most. */
export const Price = ({ value, className }: NumberProps) => (
  <span className={clsx('num whitespace-nowrap', className)}>
    {formatDecimal(value, { upTo: 8 })}
  </span>
)

interface QuantityProps extends NumberProps {
  /** A position: sign and colour. */
  readonly signed?: boolean
  readonly unit?: string | null
}

export const Quantity = ({ value, signed = false, unit, className }: QuantityProps) => (
  <span className={clsx('num whitespace-nowrap', signed && toneOf(signOf(value)), className)}>
    {formatDecimal(value, { upTo: 8, signed })}
    {unit != null && value != null && (
      <span className="ml-1 text-xs font-normal text-dim">{unit}</span>
    )}
  </span>
)

interface PercentProps {
  /** A share: `0.0123` is 1.23 %. */
  readonly share: string | number | null | undefined
  readonly places?: number
  readonly className?: string
}

export const Percent = ({ share, places = 2, className }: PercentProps) => (
  <span className={clsx('num whitespace-nowrap', className)}>
    {formatShare(share, places)}
    {share != null && ' %'}
  </span>
)

interface TimeProps {
  /** ISO 8601. */
  readonly at: string | null | undefined
  readonly className?: string
}

/** `3 min ago`, with the full time as title; counts on by itself. */
export function RelativeTime({ at, className }: TimeProps) {
  const now = useNow()
  const language = useLanguage()
  if (at == null) return <span className={className}>–</span>
  return (
    <time dateTime={at} title={dateTime(at)} className={clsx('num whitespace-nowrap', className)}>
      {formatRelative(Date.parse(at), now, language)}
    </time>
  )
}

/** `2026-11-21 12:03:04` in the time zone of the reader. */
export const DateTime = ({ at, className }: TimeProps) =>
  at == null ? (
    <span className={className}>–</span>
  ) : (
    <time dateTime={at} className={clsx('num whitespace-nowrap', className)}>
      {dateTime(at)}
    </time>
  )

/** Seconds as the two largest units. */
export function Duration({
  seconds,
  className,
}: {
  readonly seconds: number | null | undefined
  readonly className?: string
}) {
  const language = useLanguage()
  return (
    <span className={clsx('num whitespace-nowrap', className)}>
      {formatDuration(seconds, language)}
    </span>
  )
}
