/** Opens the journal of an account; a damaged one is kept aside and a new one says so (docs/concepts/desk.md). */
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { JournalDamage } from '../../ports/journal-store.ts'
import { checkJournal, isDamage, markPath, readMark } from './sqlite-journal-check.ts'
import { SqliteJournalStore } from './sqlite-journal-store.ts'

/**
 * @param wallMs wall clock, ms
 * @throws when the file cannot be opened for another reason than damage, with a sentence that names it
 */
export function openJournal(path: string, wallMs: () => number): SqliteJournalStore {
  mkdirSync(dirname(path), { recursive: true })
  try {
    checkJournal(path, readMark(path))
    return new SqliteJournalStore(path, wallMs)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    if (!isDamage(error)) throw new Error(`the journal ${path} cannot be opened: ${text}`)
    const damage = keepAside(path, text, wallMs())
    return new SqliteJournalStore(path, wallMs, damage)
  }
}

/** Moves the journal with everything beside it to a name with the date; nothing of it is changed. */
function keepAside(path: string, reason: string, now: number): JournalDamage {
  const at = new Date(now).toISOString()
  const stamp = at.replace(/\.\d+Z$/, 'Z').replaceAll(/[-:]/g, '')
  let file = `${path}.damaged-${stamp}`
  for (let i = 2; existsSync(file) || existsSync(`${file}-wal`); i++)
    file = `${path}.damaged-${stamp}-${i}`
  for (const ending of ['', '-wal', '-shm'])
    if (existsSync(`${path}${ending}`)) renameSync(`${path}${ending}`, `${file}${ending}`)
  if (existsSync(markPath(path))) renameSync(markPath(path), markPath(file))
  return { file: basename(file), reason, at }
}
