/**
 * Old log folders. Only folders of days are removed, never today's, never that of the day in which the present process
 * began, and never one in which a file is open.
 */
import { existsSync, lstatSync, realpathSync, rmSync } from 'node:fs'
import { basename, sep } from 'node:path'
import { dayFolders } from './files.ts'

const DAY_MS = 86_400_000

/** `YYYY-MM-DD`, `days` before another. */
export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10)
}

/**
 * Days that may go: with N days of retention today and the N − 1 days before it stay.
 * @param today `YYYY-MM-DD`
 * @param kept days that stay however old they are
 */
export function expiredDays(
  days: readonly string[],
  today: string,
  retentionDays: number,
  kept: ReadonlySet<string>,
): string[] {
  const first = dayBefore(today, Math.max(0, retentionDays - 1))
  return days.filter((day) => day < first && day !== today && !kept.has(day))
}

export interface LogFolder {
  /** Absolute. */
  readonly folder: string
  readonly retentionDays: number
  /** The day in which its process began; null = none runs. */
  readonly startedOn: string | null
}

/**
 * @param openFiles files in use below a folder; null = unknown: what is old and was not the start's day is removed
 * @returns the removed folders
 */
export function cleanLogs(
  { folder, retentionDays, startedOn }: LogFolder,
  today: string,
  openFiles: (folder: string) => ReadonlySet<string> | null,
): string[] {
  if (!existsSync(folder)) return []
  const real = realpathSync(folder)
  const folders = dayFolders(real).filter((path) => lstatSync(path).isDirectory())
  const kept = new Set(startedOn === null ? [] : [startedOn])
  const expired = new Set(
    expiredDays(
      folders.map((path) => basename(path)),
      today,
      retentionDays,
      kept,
    ),
  )
  if (expired.size === 0) return []
  const open = [...(openFiles(real) ?? [])]
  const isInUse = (path: string) => open.some((file) => file.startsWith(`${path}${sep}`))
  const removed = folders.filter((path) => expired.has(basename(path)) && !isInUse(path))
  for (const path of removed) rmSync(path, { recursive: true, force: true })
  return removed
}
