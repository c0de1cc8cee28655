import { clsx } from 'clsx'
import type { ReactNode } from 'react'

interface StatProps {
  readonly label: string
  readonly value: ReactNode
  /** A smaller line below: a unit, a share, since when. */
  readonly hint?: ReactNode
  /** The number that a page is about. */
  readonly large?: boolean
  readonly className?: string
}

/** One number with its name; stands in a `<dl>`. */
export function Stat({ label, value, hint, large = false, className }: StatProps) {
  return (
    <div className={clsx('min-w-0', className)}>
      <dt className="truncate text-xs text-dim">{label}</dt>
      <dd
        className={clsx(
          'num mt-0.5 font-semibold tracking-tight wrap-break-word',
          large ? 'text-2xl' : 'text-base',
        )}
      >
        {value}
      </dd>
      {hint !== undefined && <dd className="num mt-0.5 text-xs text-dim">{hint}</dd>}
    </div>
  )
}
