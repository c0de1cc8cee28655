/** What the desks of an instance say together: of one leg what its desk says, of several what holds for all. */
import type { InstanceMode } from '../domain/risk.ts'
import type { DeskView, LegChannel } from './leg-channel.ts'

/** One leg for status and reports. */
export interface LegView extends DeskView {
  /** Why it may take no new risk now; null = it may. */
  readonly closedReason: string | null
  /** Number of the last event of its desk that was booked. */
  readonly lastSeq: number
}

/** The strictest first. */
const STRICTNESS: readonly InstanceMode[] = [
  'killed',
  'halted',
  'disarmed',
  'reduce_only',
  'paused',
  'running',
]

export function viewOfLegs(channels: readonly LegChannel[]): DeskView {
  const [first] = channels
  if (first === undefined) throw new Error('an instance has at least one leg')
  if (channels.length === 1) return first.view
  const views = channels.map(({ view }) => view)
  const mode = STRICTNESS.find((one) => views.some((view) => view.mode === one)) ?? 'running'
  const strictest = views.find((view) => view.mode === mode) ?? first.view
  return {
    isConnected: views.every((view) => view.isConnected),
    isReady: views.every((view) => view.isReady),
    mode,
    modeReason: strictest.modeReason,
    feed: first.view.feed,
    pace: first.view.pace,
    reasons: Object.assign({}, ...views.map(({ reasons }) => reasons)),
  }
}
