/**
 * Who may leave which risk state, as data: one table for desk, command line and documentation
 * (docs/concepts/instance-life.md). `null` = refused; the sentence stands below.
 */

/** What an instance may do now; kept by the desk over restarts. */
export type InstanceMode = 'running' | 'paused' | 'reduce_only' | 'halted' | 'killed' | 'disarmed'

const reducing: readonly InstanceMode[] = ['running', 'paused', 'reduce_only', 'disarmed']

/** Whether the gate lets an order of a strategy pass that only makes its position smaller (domain/risk.ts, checkIntent). */
export const mayReduce = (mode: InstanceMode): boolean => reducing.includes(mode)

/**
 * What can happen to a mode. Operator: pause, resume, arm, disarm, close (close-all), kill. A limit: limit_reduce,
 * limit_halt (on_breach halt and flatten). The calendar: day_change, told only while the daily loss is latched.
 */
export const modeEvents = [
  'pause',
  'resume',
  'arm',
  'disarm',
  'close',
  'kill',
  'limit_reduce',
  'limit_halt',
  'day_change',
] as const

export type ModeEvent = (typeof modeEvents)[number]

type Row = Readonly<Record<ModeEvent, InstanceMode | null>>

/** One word for each event, in the order of modeEvents; `-` = refused. */
const row = (words: string): Row => {
  const cells = words.split(/ +/).map((word) => (word === '-' ? null : (word as InstanceMode)))
  return Object.fromEntries(modeEvents.map((event, i) => [event, cells[i] ?? null])) as Row
}

// Pausing what is stricter than paused leaves it strict: a pause never opens a door.
export const modeTable: Readonly<Record<InstanceMode, Row>> = {
  // pause      resume    arm       disarm     close    kill    limit_reduce limit_halt day_change
  running: row(
    'paused     running   running   disarmed   halted   killed  reduce_only  halted     running',
  ),
  paused: row(
    'paused     running   -         disarmed   halted   killed  paused       halted     paused',
  ),
  reduce_only: row(
    'paused     running   -         disarmed   halted   killed  reduce_only  halted     running',
  ),
  halted: row(
    'halted     running   -         disarmed   halted   killed  halted       halted     running',
  ),
  killed: row(
    'killed     -         running   killed     killed   killed  killed       killed     killed',
  ),
  disarmed: row(
    'disarmed   -         running   disarmed   disarmed killed  disarmed     disarmed   disarmed',
  ),
}

export interface ModeFacts {
  readonly instance: string
  /** The venue's own fresh report shows no position and no order; null = it was not asked. */
  readonly isFlat: boolean | null
}

export type ModeVerdict =
  | { readonly mode: InstanceMode }
  /** One sentence: why not, and what releases it. */
  | { readonly refused: string }

/** Judges an event: the mode that follows, or why it is refused. Killed is left by `arm` alone, when proven flat. */
export function nextMode(mode: InstanceMode, event: ModeEvent, facts: ModeFacts): ModeVerdict {
  const { instance, isFlat } = facts
  const next = modeTable[mode][event]
  if (next === null) {
    const key = event === 'arm' ? 'resume' : 'arm'
    return { refused: `${instance} is ${mode}: perpfleet ${key} ${instance} releases it` }
  }
  if (mode === 'killed' && event === 'arm' && isFlat !== true) {
    return {
      refused:
        isFlat === null
          ? `${instance} is killed and the venue could not be asked whether it is flat: arm it when the venue answers`
          : `${instance} is killed and the venue still reports a position or orders: arm it when it is flat`,
    }
  }
  return { mode: next }
}
