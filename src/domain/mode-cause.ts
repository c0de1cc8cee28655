/** Why an instance is not simply running, since when, and what leads out: kept with its mode, told in words. Pure. */
import type { InstanceMode } from './instance-mode.ts'
import type { InstanceState } from './instance-state.ts'
import { type Money, RATIO_SCALE } from './money.ts'
import { type ReasonCode, reasonCodes } from './reason.ts'

/** A loss limit at the moment it was reached, in the settlement currency. */
export interface LimitFigures {
  /** Equity that the loss counts from: of the start of the day, or the peak. */
  readonly base: Money
  readonly equity: Money
  readonly allowed: Money
  /** Ratio that the limit is configured with. */
  readonly share: number
}

export interface ModeCause {
  /** `kill_order`: kill --direct, or kill while no desk ran; `journal_lost`, `journal_behind`: the desk's own doubt about its journal; `live_start`: the first start with real money; `strategy`: it failed and its bot said so. */
  readonly kind:
    | 'pause'
    | 'disarm'
    | 'close'
    | 'kill'
    | 'kill_order'
    | 'limit'
    | 'journal_lost'
    | 'journal_behind'
    | 'live_start'
    | 'strategy'
  /** Wall time, ms. */
  readonly since: number
  /** Market time, ms; another one where the market runs faster than the clock. */
  readonly marketAt: number
  /** Of a strategy that failed: one clause that names its file. */
  readonly text?: string
  readonly limit: {
    readonly code: ReasonCode
    readonly whose: 'instance' | 'account' | 'fleet'
    /** null = the fleet has told its decision alone. */
    readonly figures: LimitFigures | null
    /** Losing round trips in a row, of the limit on them. */
    readonly losses?: number
  } | null
}

/** What people are told of an instance that is held. */
export interface Restraint {
  /** What holds it, also while its process does not run and it is shown as stopped. */
  readonly state: InstanceState
  /** ISO 8601, wall time; null = not recorded. */
  readonly since: string | null
  /** One clause without a full stop. */
  readonly why: string
  /** One clause: what leads out. */
  readonly way_out: string
}

const KIND_WORDS: Readonly<Record<Exclude<ModeCause['kind'], 'limit'>, string>> = {
  strategy: 'its strategy failed',
  pause: 'paused by an operator',
  disarm: 'disarmed by an operator',
  close: 'an operator closed its position (close-all)',
  kill: 'an operator set its kill switch',
  kill_order: 'an operator killed it past the desk (kill --direct, or kill while no desk ran)',
  journal_lost: 'the journal of its account was found damaged and a new one has begun',
  journal_behind: 'the journal of its account lacks events that its bot has booked',
  live_start: 'it starts for the first time with real money and waits to be armed',
}

const MODE_WORDS: Readonly<Record<Exclude<InstanceMode, 'running'>, string>> = {
  paused: 'it was paused',
  reduce_only: 'a risk limit lets it only reduce',
  halted: 'a risk limit or close-all stopped it',
  killed: 'its kill switch is set',
  disarmed: 'it has not been armed',
}

const twoDecimals = (amount: number): string => (Math.round(amount / 1e6) / 100).toFixed(2)

const WHOSE = { instance: '', account: ' of the account', fleet: ' of the fleet' } as const

/** Which limit was reached, with its figures. */
export function limitText(limit: NonNullable<ModeCause['limit']>): string {
  const { code, whose, figures, losses } = limit
  if (losses !== undefined)
    return `${losses} round trips in a row have lost, more than max_consecutive_losses allows`
  if (figures === null) return `${reasonCodes[code]}${WHOSE[whose]}`
  const { base, equity, allowed, share } = figures
  const isDaily = code.endsWith('daily_loss')
  const name = isDaily ? 'daily loss' : 'drawdown'
  const from = isDaily ? 'at the start of the day' : 'at its peak'
  const key = isDaily ? 'max_daily_loss' : 'max_drawdown'
  const percent = Number(((share / RATIO_SCALE) * 100).toFixed(4))
  return (
    `the ${name} limit${WHOSE[whose]} was reached: equity fell from ${twoDecimals(base)} ${from} to ${twoDecimals(equity)}, ` +
    `${twoDecimals(base - equity)} lost where ${key} ${percent} % allows ${twoDecimals(allowed)}`
  )
}

/** Why the mode holds, in words; null when nothing holds it. */
export function causeText(
  mode: InstanceMode,
  cause: ModeCause | null,
  latch: ReasonCode | null = null,
): string | null {
  if (mode === 'running') return null
  if (cause === null) return latch === null ? MODE_WORDS[mode] : reasonCodes[latch]
  if (cause.kind === 'strategy' && cause.text !== undefined)
    return `${KIND_WORDS.strategy}: ${cause.text}`
  if (cause.kind !== 'limit') return KIND_WORDS[cause.kind]
  return cause.limit === null ? MODE_WORDS[mode] : limitText(cause.limit)
}

/** What lets an instance out of a mode: the command, and what it asks for. */
export function wayOut(
  mode: Exclude<InstanceMode, 'running'>,
  cause: ModeCause | null,
  instance: string,
): string {
  switch (mode) {
    case 'killed':
      return `it opens nothing until perpfleet arm ${instance}, which is accepted when the venue reports it flat`
    case 'disarmed':
      return `it opens nothing until perpfleet arm ${instance}; compare its position with the venue first`
    case 'paused':
      return `it opens nothing until perpfleet resume ${instance}`
    case 'reduce_only':
    case 'halted': {
      if (cause?.kind === 'strategy')
        return `it opens nothing until perpfleet resume ${instance}, which starts its strategy anew from its stored state; mend its file first`
      const isDaily = cause?.kind === 'limit' && cause.limit?.code.endsWith('daily_loss') === true
      const orDay = isDaily ? ', or until the next day begins' : ''
      return `it opens nothing until perpfleet resume ${instance}${orDay}; its strategy then places its orders again`
    }
  }
}

/** All that people are told of a mode; null for running. */
export function restraintOf(
  instance: string,
  mode: InstanceMode,
  cause: ModeCause | null,
  latch: ReasonCode | null,
): Restraint | null {
  const why = causeText(mode, cause, latch)
  if (mode === 'running' || why === null) return null
  const since = cause === null ? null : new Date(cause.since).toISOString()
  return { state: mode, since, why, way_out: wayOut(mode, cause, instance) }
}
