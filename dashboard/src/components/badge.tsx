import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import type { InstanceView } from '../../../src/protocol/fleet-messages.ts'
import { useStateWord } from '../lib/i18n.ts'

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'quiet'

const TONES: Readonly<Record<Tone, string>> = {
  good: 'bg-good-soft text-good',
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
  info: 'bg-info-soft text-info',
  quiet: 'bg-raised text-dim',
}

interface BadgeProps {
  readonly tone?: Tone
  /** A dot in front; `moving`: something is on its way. */
  readonly dot?: boolean | 'moving'
  readonly className?: string
  readonly children: ReactNode
}

export function Badge({ tone = 'quiet', dot = false, className, children }: BadgeProps) {
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap',
        TONES[tone],
        className,
      )}
    >
      {dot !== false && (
        <span
          aria-hidden
          className={clsx(
            'size-1.5 rounded-full bg-current',
            dot === 'moving' && 'animate-breathe',
          )}
        />
      )}
      {children}
    </span>
  )
}

export type InstanceState = InstanceView['state']

const STATE_TONES: Readonly<Record<InstanceState, Tone>> = {
  starting: 'info',
  reconciling: 'info',
  running: 'good',
  paused: 'warn',
  reduce_only: 'warn',
  halted: 'bad',
  killed: 'bad',
  disarmed: 'warn',
  stopping: 'info',
  stopped: 'quiet',
  restarting: 'info',
  quarantined: 'bad',
  unreachable: 'bad',
  foreign: 'quiet',
}

const MOVING: readonly InstanceState[] = ['starting', 'reconciling', 'stopping', 'restarting']

/** Green runs, amber is held, red needs somebody, grey is at rest, blue is on its way. */
export const stateTone = (state: InstanceState): Tone => STATE_TONES[state]

/** The state of an instance in colour and word. */
export function StateBadge({ state }: { readonly state: InstanceState }) {
  const word = useStateWord()
  return (
    <Badge tone={STATE_TONES[state]} dot={MOVING.includes(state) ? 'moving' : true}>
      <span data-state={state}>{word(state)}</span>
    </Badge>
  )
}
