/** Trials that a risk limit cut short: from there on they show the limit, not the strategy. */
import type { Backtest } from '../run.ts'

/** Codes of limits with how many runs each cut short, the commonest first. */
export type LimitCounts = readonly (readonly [code: string, count: number])[]

/** The limit that holds a run back at its end, else the first one that it reached; null = none. */
export const limitOf = ({ loop, breaches }: Pick<Backtest, 'loop' | 'breaches'>): string | null =>
  loop.risk.latch ?? breaches[0]?.code ?? null

export function limitCounts(runs: readonly { readonly limited: string | null }[]): LimitCounts {
  const counts = new Map<string, number>()
  for (const { limited } of runs)
    if (limited !== null) counts.set(limited, (counts.get(limited) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}

/** What is said at the top; nothing when no limit acted. @param trials of the whole search */
export function limitWarnings(limits: LimitCounts, trials: number): readonly string[] {
  if (limits.length === 0) return []
  const limited = limits.reduce((sum, [, count]) => sum + count, 0)
  const codes = limits.map(([code, count]) => `${code} ${count}`).join(', ')
  return [
    `The risk limits cut ${limited} of ${trials} trials short (${codes}): --no-limits shows the strategy alone.`,
  ]
}

/** Fewer parts of a walk forward are an anecdote. */
const PARTS_MIN = 3

export const fewPartsWarnings = (parts: number): readonly string[] =>
  parts >= PARTS_MIN
    ? []
    : [`${parts} part(s) prove nothing: take a longer window or shorter parts.`]

/** Parts of a walk forward that a limit cut short out of sample, counted from 1. */
export function partWarnings(
  parts: readonly { readonly index: number; readonly outOfSampleLimited: string | null }[],
): readonly string[] {
  const cut = parts.filter(({ outOfSampleLimited }) => outOfSampleLimited !== null)
  if (cut.length === 0) return []
  const told = cut.map(({ index, outOfSampleLimited }) => `${index + 1} ${outOfSampleLimited}`)
  return [
    `Out of sample the risk limits cut ${cut.length} of ${parts.length} parts short (${told.join(', ')}): a stretch without trades there is their doing.`,
  ]
}
