/** A double of the venues and a home to download into, for the tests of `data download`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { candleAt, HistoryVenue, type VenueHistory } from '../support/history-venue.ts'
import { runJobs } from './run-jobs.ts'

export const M = 60_000
export const H = 60 * M
/** Two days ago, midnight: history for OKX, and within the candles that Hyperliquid keeps. */
export const T = Math.floor(Date.now() / (24 * H)) * 24 * H - 48 * H
export const iso = (at: number): string => new Date(at).toISOString()

export const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-download-'))
const venues: HistoryVenue[] = []

/** Ends every double and removes the homes. */
export function cleanUp(): void {
  for (const venue of venues) venue.stop()
  rmSync(scratch, { recursive: true })
}

export async function venueWith(history: Partial<VenueHistory> = {}) {
  const venue = new HistoryVenue({ listedAt: T - 1000 * H, ...history })
  venues.push(venue)
  return { venue, endpoint: await venue.start() }
}

export const download = (home: string, ...words: readonly string[]) =>
  runJobs(['data', 'download', ...words, '--home', join(scratch, home)])

/** The rows of a series as they are exported. */
export async function stored(home: string, set: string, kind = 'candles') {
  const place = ['--kind', kind, '--home', join(scratch, home)]
  const { output } = await runJobs(['data', 'export', set, ...place])
  const lines = output.trim().split('\n').slice(1)
  return lines.map((line) => line.split(',').map(Number))
}

/** What the venue has from one minute to before another. */
export const candles = (from: number, to: number) =>
  Array.from({ length: (to - from) / M }, (_, index) => candleAt(from + index * M, M))
