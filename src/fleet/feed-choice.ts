/** Which market a home trades on: what was asked for now, else what the first start chose, else the demo market. */
import { type Fault, faultAt } from '../config/fault.ts'
import { displayPath } from '../config/files.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import type { FleetStore } from '../ports/fleet-store.ts'
import type { FeedChoice } from './services.ts'

/** As given on the command line; null = not given. */
export interface AskedFeed {
  readonly feed: string | null
  readonly seed: number | null
  readonly speed: number | null
  readonly pace: 'free' | 'lockstep' | null
}

export interface ChosenFeed {
  readonly choice: FeedChoice
  /** `--feed` was given, now or at the first start: it goes before what instances name. */
  readonly isForced: boolean
}

export const DEMO_SPEED = 60
export const DEMO_SEED = 7

const SETTING = 'feed'

interface StoredFeed extends FeedChoice {
  readonly isForced: boolean
}

/** A home keeps the feed of its first start: its accounts were filled at the prices of that market. */
export class FeedRefused extends Error {
  override readonly name = 'FeedRefused'
}

/**
 * @param named feeds that the instances name; the first start without `--feed` takes it when they agree
 * @throws FeedRefused when another feed is asked for than this home trades on
 */
export function chooseFeed(
  asked: AskedFeed,
  store: FleetStore,
  named: readonly (string | null)[],
): ChosenFeed {
  const text = store.setting(SETTING)
  const stored = text === null ? null : (JSON.parse(text) as StoredFeed)
  if (asked.feed !== null && stored !== null && asked.feed !== stored.feed) {
    throw new FeedRefused(
      `this home trades on the feed ${stored.feed} since its first start and keeps it: leave --feed ${asked.feed} out, or start in another folder with --home`,
    )
  }
  const agreed = new Set(named)
  const [only = null] = agreed
  const feed = asked.feed ?? stored?.feed ?? (agreed.size === 1 ? only : null) ?? 'demo'
  const isLive = feed === 'live'
  if (isLive) refuseOtherPace(asked)
  return {
    choice: {
      feed,
      seed: asked.seed ?? stored?.seed ?? DEMO_SEED,
      speed: asked.speed ?? stored?.speed ?? (isLive ? 1 : DEMO_SPEED),
      pace: asked.pace ?? stored?.pace ?? 'free',
    },
    isForced: asked.feed !== null || (stored?.isForced ?? false),
  }
}

/** @throws FeedRefused */
function refuseOtherPace({ speed, pace }: AskedFeed): void {
  if (speed !== null && speed !== 1)
    throw new FeedRefused(
      `live prices come at their own speed: leave --speed ${speed} out, or use --feed demo or --feed replay:SET`,
    )
  if (pace === 'lockstep')
    throw new FeedRefused(
      'live prices wait for nobody: leave --pace lockstep out, or use --feed replay:SET',
    )
}

/** Remembered once the exchange has accepted it, so that the next start needs no options. */
export function rememberFeed(store: FleetStore, chosen: ChosenFeed): void {
  const stored: StoredFeed = { ...chosen.choice, isForced: chosen.isForced }
  store.saveSetting(SETTING, JSON.stringify(stored))
}

/**
 * What the exchange would refuse at its start: rehearsals in a home that trades at live prices.
 * @param feed what the home has traded on since its first start; null = it has not been started
 */
export function sandboxFaults(
  feed: string | null,
  instances: readonly ResolvedInstance[],
  home: string,
): readonly Fault[] {
  if (feed !== 'live') return []
  return instances
    .filter(({ settings }) => settings.mode === 'sandbox')
    .map(({ id, file }) => {
      const key = 'exchange_config.mode'
      const sentence = `${key} sandbox: this home trades at live prices since its first start, and the sandbox has a market of its own; move ${id} to another --home`
      return faultAt({ file: displayPath(file, home), line: 0 }, 'conflict', key, sentence)
    })
}
