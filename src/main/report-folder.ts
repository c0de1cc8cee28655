/** Folders that commands write into: made before anything is calculated, and held by one process at a time. */
import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { backtestMessages } from '../cli/messages/jobs.ts'
import { searchMessages } from '../cli/messages/search.ts'
import { sentence } from '../cli/speech.ts'
import { JobError } from './job-command.ts'

/**
 * Makes a folder with those above it, and sees to it that it can be written to.
 * @param folder absolute
 * @throws JobError
 */
export function makeFolder(folder: string): void {
  try {
    make(folder)
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new JobError(1, sentence(backtestMessages.noFolder, { folder, why: codeOf(error) }))
  }
}

/** One folder after the other: mkdir with `recursive` never ends below /proc. */
function make(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    make(dirname(folder))
    mkdirSync(folder)
  }
}

/**
 * Makes this process the only one that writes into a folder; what a process left that was killed is taken over.
 * @returns what lets the folder go
 * @throws JobError while another process has it
 */
export function holdFolder(folder: string): () => void {
  const file = join(folder, 'search.pid')
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    const pid = Number(readFileSync(file, 'utf8'))
    if (pid > 0 && isAlive(pid))
      throw new JobError(4, sentence(searchMessages.inUse, { folder, pid, file }))
    writeFileSync(file, String(process.pid))
  }
  return () => rmSync(file, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
