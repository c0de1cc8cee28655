/**
 * The decision about one supervised process: what is remembered of it, what is seen now, and the machine time give
 * what to do. Pure; docs/concepts/instance-life.md draws it. Times are machine time (monotonic), ms.
 */
import type { HoldKind } from '../ports/fleet-store.ts'
import type { ProcessExit } from '../ports/process-host.ts'
import { botExit } from '../protocol/launch.ts'

export interface SupervisionPolicy {
  /** Restart after an unasked end. */
  readonly restarts: boolean
  /** Ceiling of the back-off. */
  readonly delayMaxMs: number
  /** Ends in a row that never reached running, after which the process is quarantined; 0 = without limit. */
  readonly attemptsMax: number
  /** So many ends within the window quarantine too; null = off. */
  readonly crashLoop: { readonly exits: number; readonly windowMs: number } | null
  /** Time without an end after which the back-off begins anew. */
  readonly healthyAfterMs: number
  /** A process asked to end is killed after this. */
  readonly stopTimeoutMs: number
}

/** Desks and the exchange: first restart at once, then 0.5, 1, 2 s, never more, never quarantined. */
export const servicePolicy: SupervisionPolicy = {
  restarts: true,
  delayMaxMs: 2000,
  attemptsMax: 0,
  crashLoop: null,
  healthyAfterMs: 60_000,
  stopTimeoutMs: 15_000,
}

export type Phase =
  /** Nothing runs and nothing holds a start back. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting'; readonly since: number }
  | { readonly kind: 'running'; readonly since: number }
  /** The back-off before a restart. */
  | { readonly kind: 'waiting'; readonly until: number; readonly reason: string }
  | { readonly kind: 'stopping'; readonly since: number; readonly isKilled: boolean }
  /** Kept from starting until an operator (or, for `refused`, a changed file) releases it. */
  | { readonly kind: 'held'; readonly hold: HoldKind; readonly reason: string }

/** What is remembered of a process between two looks. */
export interface Supervised {
  readonly phase: Phase
  /** Restarts since the last healthy minute: the step of the back-off. */
  readonly attempt: number
  /** Ends in a row that never reached running. */
  readonly failedStarts: number
  /** Times of the unasked ends that still count for the crash loop. */
  readonly ends: readonly number[]
  /** Restarts in all. */
  readonly restarts: number
  /** Why it was killed by this loop; null = it was not. */
  readonly verdict: string | null
}

export const neverStarted: Supervised = {
  phase: { kind: 'idle' },
  attempt: 0,
  failedStarts: 0,
  ends: [],
  restarts: 0,
  verdict: null,
}

/** What is seen of a process now. */
export interface Observation {
  readonly isAlive: boolean
  /** It answers as running; false while it starts or reconciles. */
  readonly isReady: boolean
  /** It was found unresponsive and has to be replaced. */
  readonly isHung: boolean
  /** Which limit it has passed for too long, one sentence; null = none. */
  readonly overLimit: string | null
  /** How the last process ended; null = it has not, or nobody knows how. */
  readonly exit: ProcessExit | null
  readonly isWanted: boolean
  /** What it needs is there (a bot: its desk and its configuration). */
  readonly canStart: boolean
}

export type SupervisionAction =
  | { readonly kind: 'spawn'; readonly isRestart: boolean; readonly usesNextPort: boolean }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'kill'; readonly reason: string }
  | { readonly kind: 'hold'; readonly hold: HoldKind; readonly reason: string }

export interface Decision {
  readonly next: Supervised
  readonly action: SupervisionAction | null
}

/** 0, 0.5, 1, 2, 4 … s up to the ceiling. */
export function backOffMs(attempt: number, delayMaxMs: number): number {
  return attempt === 0 ? 0 : Math.min(delayMaxMs, 500 * 2 ** Math.min(attempt - 1, 30))
}

/** Not by the control plane: it would not want the process then. */
const STOPPED_ELSEWHERE = 'an operator stopped it at its own port or at its desk'

const EXIT_WORDS: ReadonlyMap<number, string> = new Map([
  [botExit.done, 'as asked'],
  [botExit.refused, 'it refused its configuration'],
  [botExit.finished, 'finished by its own rule'],
  [botExit.stopped, 'its desk ended it as asked'],
  [botExit.portTaken, 'its port is taken'],
])

/** How an end is told to people. */
export function describeExit(exit: ProcessExit | null): string {
  if (exit?.signal) return `ended by ${exit.signal}`
  if (exit?.code !== null && exit?.code !== undefined) {
    const meaning = EXIT_WORDS.get(exit.code)
    return `ended with exit code ${exit.code}${meaning === undefined ? '' : ` (${meaning})`}`
  }
  return 'ended, nobody saw how'
}

/** One look at a process. Calling again with the same observation and time changes nothing more. */
export function decide(
  policy: SupervisionPolicy,
  before: Supervised,
  seen: Observation,
  now: number,
): Decision {
  switch (before.phase.kind) {
    case 'idle':
      return fromIdle(before, seen, now)
    case 'starting':
    case 'running':
      return fromAlive(policy, before, seen, now)
    case 'waiting':
      return fromWaiting(before, before.phase.until, seen, now)
    case 'stopping':
      return fromStopping(policy, before, before.phase, seen, now)
    case 'held':
      // Whoever was found alive while held (started by hand, adopted) is ended: held means that nothing runs.
      return seen.isAlive
        ? { next: stopping(before, now, false), action: { kind: 'terminate' } }
        : stay(before)
  }
}

const stay = (state: Supervised): Decision => ({ next: state, action: null })

const stopping = (state: Supervised, since: number, isKilled: boolean): Supervised => ({
  ...state,
  phase: { kind: 'stopping', since, isKilled },
})

function spawn(
  state: Supervised,
  now: number,
  isRestart: boolean,
  usesNextPort: boolean,
): Decision {
  return {
    next: {
      ...state,
      phase: { kind: 'starting', since: now },
      verdict: null,
      restarts: state.restarts + (isRestart ? 1 : 0),
    },
    action: { kind: 'spawn', isRestart, usesNextPort },
  }
}

function fromIdle(before: Supervised, seen: Observation, now: number): Decision {
  if (seen.isAlive) return stay({ ...before, phase: { kind: 'starting', since: now } })
  return seen.isWanted && seen.canStart ? spawn(before, now, false, false) : stay(before)
}

function fromWaiting(before: Supervised, until: number, seen: Observation, now: number): Decision {
  if (seen.isAlive) return stay({ ...before, phase: { kind: 'starting', since: now } })
  if (!seen.isWanted) return stay({ ...before, phase: { kind: 'idle' } })
  return now >= until && seen.canStart ? spawn(before, now, true, false) : stay(before)
}

function fromStopping(
  policy: SupervisionPolicy,
  before: Supervised,
  phase: Phase & { kind: 'stopping' },
  seen: Observation,
  now: number,
): Decision {
  if (!seen.isAlive) {
    return stay({ ...before, phase: { kind: 'idle' }, attempt: 0, failedStarts: 0 })
  }
  if (phase.isKilled || now - phase.since < policy.stopTimeoutMs) return stay(before)
  return {
    next: stopping(before, phase.since, true),
    action: { kind: 'kill', reason: `did not end within ${policy.stopTimeoutMs / 1000} s` },
  }
}

function fromAlive(
  policy: SupervisionPolicy,
  before: Supervised,
  seen: Observation,
  now: number,
): Decision {
  if (!seen.isAlive) return afterEnd(policy, before, seen, now)
  if (!seen.isWanted) return { next: stopping(before, now, false), action: { kind: 'terminate' } }
  const reason = seen.overLimit ?? (seen.isHung ? 'did not answer' : null)
  if (reason !== null)
    return { next: { ...before, verdict: reason }, action: { kind: 'kill', reason } }
  const phase = before.phase
  if (phase.kind === 'starting') {
    if (!seen.isReady) return stay(before)
    return stay({ ...before, phase: { kind: 'running', since: now }, failedStarts: 0 })
  }
  const isHealthy = phase.kind === 'running' && now - phase.since >= policy.healthyAfterMs
  return stay(isHealthy && before.attempt > 0 ? { ...before, attempt: 0 } : before)
}

function hold(before: Supervised, kind: HoldKind, reason: string): Decision {
  return {
    next: {
      ...before,
      phase: { kind: 'held', hold: kind, reason },
      attempt: 0,
      failedStarts: 0,
      ends: [],
    },
    action: { kind: 'hold', hold: kind, reason },
  }
}

function afterEnd(
  policy: SupervisionPolicy,
  before: Supervised,
  seen: Observation,
  now: number,
): Decision {
  const code = seen.exit?.code ?? null
  if (code === botExit.finished) return hold(before, 'finished', 'finished by its own rule')
  if (!seen.isWanted) return stay({ ...before, phase: { kind: 'idle' } })
  if (code === botExit.stopped) return hold(before, 'stopped', STOPPED_ELSEWHERE)
  if (code === botExit.refused) return hold(before, 'refused', 'refused its configuration')
  // A port that another program holds says nothing about the bot: the next port, at once.
  if (code === botExit.portTaken && seen.canStart) return spawn(before, now, false, true)
  const counted = countEnd(policy, before, now)
  const end = before.verdict === null ? describeExit(seen.exit) : `killed: it ${before.verdict}`
  const verdict = quarantineReason(policy, counted, end)
  if (verdict !== null) return hold(counted, 'quarantined', verdict)
  if (!policy.restarts) return hold(counted, 'exited', `${end}; auto_restart is off`)
  const until = now + backOffMs(counted.attempt, policy.delayMaxMs)
  const next = { ...counted, attempt: counted.attempt + 1 }
  if (until === now && seen.canStart) return spawn(next, now, true, false)
  return stay({ ...next, phase: { kind: 'waiting', until, reason: end } })
}

function countEnd(policy: SupervisionPolicy, before: Supervised, now: number): Supervised {
  const phase = before.phase
  const windowMs = policy.crashLoop?.windowMs ?? 0
  const wasHealthy = phase.kind === 'running' && now - phase.since >= policy.healthyAfterMs
  return {
    ...before,
    attempt: wasHealthy ? 0 : before.attempt,
    failedStarts: phase.kind === 'starting' ? before.failedStarts + 1 : 0,
    ends: policy.crashLoop ? [...before.ends.filter((at) => now - at < windowMs), now] : [],
  }
}

function quarantineReason(
  policy: SupervisionPolicy,
  state: Supervised,
  end: string,
): string | null {
  const { attemptsMax, crashLoop } = policy
  if (attemptsMax > 0 && state.failedStarts >= attemptsMax) {
    return `${state.failedStarts} starts in a row never reached running (the last ${end})`
  }
  if (crashLoop !== null && crashLoop.exits > 0 && state.ends.length >= crashLoop.exits) {
    return `${state.ends.length} ends within ${crashLoop.windowMs / 1000} s (the last ${end})`
  }
  return null
}

/**
 * A start that the machine did not carry out (a full disk, no free port): tried again after the back-off. It is no end
 * of the process, so it never quarantines.
 */
export function spawnFailed(
  policy: SupervisionPolicy,
  state: Supervised,
  reason: string,
  now: number,
): Supervised {
  const attempt = Math.max(1, state.attempt)
  const until = now + Math.max(500, backOffMs(attempt, policy.delayMaxMs))
  return { ...state, attempt: attempt + 1, phase: { kind: 'waiting', until, reason } }
}

/** An operator's start, restart or a changed file: whatever held the process is forgotten. */
export const release = (state: Supervised): Supervised => ({
  ...neverStarted,
  restarts: state.restarts,
})
