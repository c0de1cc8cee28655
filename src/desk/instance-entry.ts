/** One instance as an account desk holds it: its loop, its bot's connection, an end that is under way. */
import type { Instrument } from '../domain/instrument.ts'
import { causeText, type ModeCause } from '../domain/mode-cause.ts'
import type { Ratio } from '../domain/money.ts'
import type { InstanceMode } from '../domain/risk.ts'
import type { OrderLoop } from '../engine/order-loop.ts'
import type { DeskInstanceSettings, DeskToBot } from '../protocol/desk-messages.ts'

/** The connection of a bot; sends are ordered and never throw. */
export interface BotLink {
  send(message: DeskToBot): void
  close(): void
}

/** What waits for the instance to be quiet. */
export interface Ending {
  readonly reason: string
  readonly positions: 'keep' | 'close'
  readonly onEnded: readonly ((ordersCanceled: number) => void)[]
  readonly ordersAtStart: number
}

export interface InstanceEntry {
  settings: DeskInstanceSettings
  readonly instrument: Instrument
  readonly loop: OrderLoop
  readonly fees: { readonly maker: Ratio; readonly taker: Ratio }
  readonly feed: string
  link: BotLink | null
  /** Monotonic ms of the last sign of life of the bot. */
  heardAt: number
  override: 'cancel' | 'flatten' | 'released' | null
  ending: Ending | null
  /** The venue did not take the instance: its books go on, and the next hello asks the venue again. */
  isDetached: boolean
  /** Lockstep: the bot has not yet answered the present step. */
  isStepAwaited: boolean
  reasonsSent: string
  /** What its bot was told last of whether it may take new risk; null = nothing yet. */
  openSent: string | null
  /** Up to which change its risk state was written. */
  changesWritten: number
  isDirty: boolean
}

/** Why the mode holds, in words; null while it runs. */
export const modeReason = ({ loop }: InstanceEntry): string | null =>
  causeText(loop.risk.mode, loop.risk.cause, loop.risk.latch)

/** Tells the bot the mode as it is now. */
export function sendMode(entry: InstanceEntry): void {
  const { mode } = entry.loop.risk
  entry.link?.send({ type: 'mode', mode, reason: modeReason(entry) })
}

/** Sets the mode with what an operator's word does to the orders, and tells the bot. */
export function enterMode(
  entry: InstanceEntry,
  mode: InstanceMode,
  override: 'cancel' | 'flatten' | null,
  cause: ModeCause | null = null,
): void {
  entry.loop.setMode(mode, cause)
  entry.override = override ?? (entry.override === 'released' ? 'released' : null)
  entry.loop.setOverride(override)
  entry.isDirty = true
  sendMode(entry)
}

/** A shadow's orders rest in its loop alone. */
function shadowReasons({ loop, settings }: InstanceEntry): Record<string, 'shadow'> {
  if (settings.shadow !== true) return {}
  return Object.fromEntries(loop.orders().map(({ slot }) => [slot, 'shadow']))
}

/** Sends the reasons of missing orders when they changed; a bot shows them, it does not act on them. */
export function sendReasons(entry: InstanceEntry): void {
  if (!entry.link) return
  const reasons = { ...shadowReasons(entry), ...entry.loop.reasons() }
  const text = JSON.stringify(reasons)
  if (text === entry.reasonsSent) return
  entry.reasonsSent = text
  entry.link.send({ type: 'reasons', reasons })
}
