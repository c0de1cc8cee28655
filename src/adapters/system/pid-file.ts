/** Pid files: plain decimal, written atomically, removed only by their owner. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A reader sees the old content or the new one, never a part. */
export function writePidFile(path: string, pid: number): void {
  mkdirSync(dirname(path), { recursive: true })
  const next = `${path}.${pid}.tmp`
  try {
    writeFileSync(next, `${pid}\n`)
    renameSync(next, path)
  } catch (error) {
    rmSync(next, { force: true })
    throw error
  }
}

/** Removes the file unless a successor has written its own pid already. */
export function removePidFile(path: string, pid: number): void {
  try {
    if (readFileSync(path, 'utf8').trim() === String(pid)) rmSync(path)
  } catch {
    // Absent already: nothing is left to remove.
  }
}
