/** Tables in Markdown, and the figures of kills. */
import type { Kill } from './crash-drill.ts'
import { type Measured, PHASES } from './phases.ts'
import type { ProgramKind } from './supervised.ts'

export const KINDS: readonly ProgramKind[] = ['bot', 'desk', 'exchange']

export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly unknown[]) => `| ${cells.map(String).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export const seconds = (ms: number | null): string => (ms === null ? '–' : (ms / 1000).toFixed(2))

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const COLUMNS: readonly Measured[] = [...PHASES, 'none']

/** How many kills of each program fell into which phase. */
export function killTable(kills: readonly Kill[]): string {
  const count = (kind: ProgramKind | null, phase: Measured | null) =>
    kills.filter(
      (kill) => (kind === null || kill.kind === kind) && (phase === null || kill.phase === phase),
    ).length
  const row = (name: string, kind: ProgramKind | null) => [
    name,
    ...COLUMNS.map((phase) => count(kind, phase)),
    count(kind, null),
  ]
  return table(
    ['killed', ...COLUMNS, 'all'],
    [...KINDS.map((kind) => row(kind, kind)), row('all', null)],
  )
}

export const phaseCount = (kills: readonly Kill[], phase: Measured): number =>
  kills.filter((kill) => kill.phase === phase).length

/** Seconds from kill to trading again. */
export function recoveryTable(kills: readonly Kill[]): string {
  const rows = KINDS.map((kind) => {
    const all = kills.filter((kill) => kill.kind === kind)
    const times = all.map(({ backMs }) => backMs).filter((ms) => ms !== null)
    return [
      kind,
      all.length,
      seconds(median(times)),
      seconds(Math.max(0, ...times)),
      times.filter((ms) => ms > 5000).length + (all.length - times.length),
    ]
  })
  return table(['killed', 'kills', 'median s', 'max s', 'above 5 s'], rows)
}
