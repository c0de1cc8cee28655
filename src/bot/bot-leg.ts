/** The legs of an instance as its launch names them: the first is the instance's own, each speaks to a desk of its own. */
import type { Ratio } from '../domain/money.ts'
import { AT_PAR } from '../domain/settle-rate.ts'
import type { DeskInstanceSettings, DeskToBot } from '../protocol/desk-messages.ts'
import type { BotLaunch } from '../protocol/launch.ts'

/** What the desk of a leg says first. */
export type Welcome = Extract<DeskToBot, { type: 'welcome' }>

export interface BotLeg {
  /** `settings.instance` is the name of the leg at its desk (domain/leg-name.ts). */
  readonly settings: DeskInstanceSettings
  readonly deskSocket: string
  readonly deskToken: string
  readonly settleRate: Ratio
}

/** At least one; in the order in which the strategy counts its instruments. */
export function legsOf({
  settings,
  deskSocket,
  deskToken,
  legs = [],
}: BotLaunch): readonly BotLeg[] {
  return [{ settings, deskSocket, deskToken, settleRate: AT_PAR }, ...legs]
}
