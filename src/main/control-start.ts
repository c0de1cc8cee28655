/** What a control plane is started with, and why it may refuse to. */
import { feedName } from '../exchange/feed.ts'
import { type AskedFeed, type ChosenFeed, chooseFeed, FeedRefused } from '../fleet/feed-choice.ts'
import type { FleetStore } from '../ports/fleet-store.ts'

export interface ControlOptions {
  /** Absolute. */
  readonly home: string
  /** Null = as configured (8080); 0 = any free one. */
  readonly port: number | null
  readonly asked: AskedFeed
  readonly fleetConfig: string | null
}

/** The control plane does not start; `exitCode` as in docs/reference/commands.md. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
  readonly exitCode: 1 | 4
  constructor(exitCode: 1 | 4, text: string, options?: ErrorOptions) {
    super(text, options)
    this.exitCode = exitCode
  }
}

/** Where progress is told to people. */
export type Say = (text: string) => void

/** @param feed as it was asked for; null = none was. @throws StartRefused */
export function normalFeed(feed: string | null): string | null {
  if (feed === null) return null
  try {
    return feedName(feed)
  } catch (error) {
    throw new StartRefused(4, error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  }
}

/** @param named by the instances of the home. @throws StartRefused */
export function chosenFeed(
  asked: AskedFeed,
  store: FleetStore,
  named: readonly (string | null)[],
): ChosenFeed {
  try {
    return chooseFeed(asked, store, named)
  } catch (error) {
    if (error instanceof FeedRefused) throw new StartRefused(4, error.message, { cause: error })
    throw error
  }
}
