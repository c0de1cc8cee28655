// A lock between processes: a folder made by mkdir, with the owner's pid and start time inside.
// The lock of a process that is gone is taken over by exactly one of those who wait.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ORPHAN_MS = 10_000

/** When the process started, where the system tells; a reused pid then does not look alive. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

const identity = (pid) => `${pid} ${startOf(pid)}`

function isAlive(owner) {
  const pid = Number(owner.split(' ')[0])
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  return identity(pid) === owner
}

function ownerOf(lock) {
  try {
    return readFileSync(join(lock, 'owner'), 'utf8')
  } catch {
    return undefined
  }
}

function makeFolder(path) {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    if (error.code === 'EEXIST' || error.code === 'ENOENT') return false
    throw error
  }
}

function olderThan(path, ms) {
  try {
    return Date.now() - statSync(path).mtimeMs > ms
  } catch {
    return false
  }
}

function writeOwner(lock) {
  const draft = join(lock, `owner.${process.pid}`)
  writeFileSync(draft, identity(process.pid))
  renameSync(draft, join(lock, 'owner'))
}

/** Takes the lock of a dead owner: only one caller can make the folder named after that owner. */
function takeOver(lock, owner) {
  const claim = join(lock, `after-${(owner ?? 'nobody').replace(/\W+/g, '-')}`)
  if (!makeFolder(claim)) {
    if (olderThan(claim, ORPHAN_MS)) rmSync(claim, { recursive: true, force: true })
    return false
  }
  const unchanged = ownerOf(lock) === owner
  if (unchanged) writeOwner(lock)
  rmSync(claim, { recursive: true, force: true })
  return unchanged
}

export function tryLock(lock) {
  if (makeFolder(lock)) {
    writeOwner(lock)
    return true
  }
  const owner = ownerOf(lock)
  const dead = owner === undefined ? olderThan(lock, ORPHAN_MS) : !isAlive(owner)
  return dead ? takeOver(lock, owner) : false
}

export async function withLock(lock, say, work) {
  for (let tries = 0; !tryLock(lock); tries += 1) {
    if (tries === 5)
      say(`waiting for process ${ownerOf(lock)?.split(' ')[0] ?? '?'}, which installs or builds …`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const unlock = () => {
    if (ownerOf(lock) === identity(process.pid)) rmSync(lock, { recursive: true, force: true })
  }
  process.on('exit', unlock)
  try {
    return await work()
  } finally {
    unlock()
    process.off('exit', unlock)
  }
}
