/**
 * A grid that was moved at the own port of its bot, perhaps while no control plane ran: the bot leaves a note in run/,
 * and the range is written into the file of the instance as a version.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../ports/logger.ts'
import { gridText } from './config-edit.ts'
import type { ConfigRecord } from './config-record.ts'
import type { ConfigWatch } from './config-watch.ts'
import { readJson } from './files.ts'

export interface AdjustReportParts {
  /** run/ of the home. */
  readonly folder: string
  readonly watch: ConfigWatch
  readonly record: ConfigRecord
  readonly logger: Logger
  wallMs(): number
  /** Absolute path of an instance's file; null = unknown. */
  fileOf(id: string): string | null
}

const NOTE = /^adjusted-([a-z0-9][a-z0-9_-]{0,47})\.json$/
/** An adjustment by way of the control plane is written by it: it gets a moment to do so. */
const AGE_MIN_MS = 1500

/** Takes every note that has lain a moment. */
export function takeAdjustReports(parts: AdjustReportParts): void {
  for (const name of namesIn(parts.folder)) {
    const [, id] = NOTE.exec(name) ?? []
    const path = join(parts.folder, name)
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (id === undefined || written === undefined) continue
    if (parts.wallMs() - written < AGE_MIN_MS) continue
    takeOne(parts, id, readJson(path), written)
    rmSync(path, { force: true })
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => NOTE.test(name))
  } catch {
    return []
  }
}

function takeOne(parts: AdjustReportParts, id: string, note: unknown, written: number): void {
  const { watch, record, logger } = parts
  const file = parts.fileOf(id)
  const status = file === null ? undefined : statSync(file, { throwIfNoEntry: false })
  if (file === null || status === undefined || typeof note !== 'object' || note === null) return
  // Somebody has edited the file since: what it says now goes before.
  if (status.mtimeMs > written) return
  const before = readFileSync(file, 'utf8')
  const after = gridText(before, file, note as Readonly<Record<string, unknown>>)
  const { instance, faults } = watch.resolve(file, after, null)
  if (instance?.id === id) {
    if (after !== before) record.write(id, file, after, 'grid adjust', 'own port')
    return
  }
  const why = faults.map(({ text }) => text).join(' ')
  logger.error('configuration', `the range moved at its own port was not written: ${why}`, {
    bot: id,
  })
}
