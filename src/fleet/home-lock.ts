/** One control plane per home: a lock file with pid, start time and boot of its owner. */
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ProcessHost, ProcessIdentity } from '../ports/process-host.ts'
import { readJson } from './files.ts'

const isIdentity = (value: unknown): value is ProcessIdentity =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'startTime' in value &&
  typeof value.startTime === 'string' &&
  'bootId' in value &&
  typeof value.bootId === 'string'

/** The living owner of the lock; null = nobody. */
export function lockOwner(path: string, host: ProcessHost): ProcessIdentity | null {
  const owner = readJson(path)
  return isIdentity(owner) && host.isAlive(owner) ? owner : null
}

/**
 * Takes the lock for this process. The lock of a process that is gone is taken over.
 * @returns null when it was taken, else its living owner
 */
export function takeLock(path: string, host: ProcessHost): ProcessIdentity | null {
  mkdirSync(dirname(path), { recursive: true })
  const self = host.self()
  const draft = `${path}.${self.pid}`
  writeFileSync(draft, JSON.stringify(self), { mode: 0o600 })
  try {
    // link() makes the complete file appear at once, or fails when there is one.
    for (let tries = 0; tries < 20; tries += 1) {
      try {
        linkSync(draft, path)
        return null
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      }
      const owner = lockOwner(path, host)
      if (owner !== null) return owner.pid === self.pid ? null : owner
      setAside(path, `${path}.${self.pid}.stale`, host)
    }
    throw new Error(`${path} could not be taken: remove it when no control plane runs here`)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Moves the lock of a dead owner away; who moved a living one by a race puts it back. */
function setAside(path: string, aside: string, host: ProcessHost): void {
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  if (lockOwner(aside, host) === null) rmSync(aside, { force: true })
  else renameSync(aside, path)
}

/** Gives the lock back when it is this process's. */
export function releaseLock(path: string, host: ProcessHost): void {
  if (lockOwner(path, host)?.pid === host.self().pid) rmSync(path, { force: true })
}
