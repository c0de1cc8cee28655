import { clsx } from 'clsx'
import { memo } from 'react'

interface SparklineProps {
  /** For drawing only; oldest first. */
  readonly values: readonly number[]
  /** What it shows, for readers of screens. */
  readonly label: string
  /** By default: green when it ends above its beginning, red below. */
  readonly tone?: 'good' | 'bad' | 'quiet'
  readonly className?: string
}

const WIDTH = 100
const HEIGHT = 28
const EDGE = 2

function pathOf(values: readonly number[]): string {
  const low = Math.min(...values)
  const span = Math.max(...values) - low
  const step = WIDTH / Math.max(1, values.length - 1)
  const heightOf = (value: number) =>
    span === 0 ? HEIGHT / 2 : HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE)
  return values
    .map(
      (value, at) =>
        `${at === 0 ? 'M' : 'L'}${(at * step).toFixed(1)} ${heightOf(value).toFixed(1)}`,
    )
    .join('')
}

const TONES = { good: 'text-good', bad: 'text-bad', quiet: 'text-faint' } as const

export const Sparkline = memo(function Sparkline({
  values,
  label,
  tone,
  className,
}: SparklineProps) {
  const known = values.filter(Number.isFinite)
  const change = (known.at(-1) ?? 0) - (known[0] ?? 0)
  const shown = tone ?? (change > 0 ? 'good' : change < 0 ? 'bad' : 'quiet')
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={clsx('h-7 w-24', TONES[shown], className)}
    >
      {known.length > 1 && (
        <path
          d={pathOf(known)}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  )
})
