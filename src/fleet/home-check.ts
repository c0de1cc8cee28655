/** Whether a home can be written, asked before anything is begun there. */
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Home } from './home.ts'

/** The home cannot be written; the message is one sentence. */
export class HomeError extends Error {
  override readonly name = 'HomeError'
}

/** Makes run/ for this user alone and writes a byte there. @throws HomeError */
export function assertWritable({ root, run }: Home): void {
  try {
    mkdirSync(run, { recursive: true })
    // Tokens and sockets lie below run/: nobody else may look in.
    chmodSync(run, 0o700)
    const probe = join(run, `.writable.${process.pid}`)
    writeFileSync(probe, '.')
    rmSync(probe)
  } catch (error) {
    throw homeError(root, error)
  }
}

/** What the file system says of a home that cannot be written, as one sentence. */
export function homeError(root: string, error: unknown): HomeError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  // A recursive mkdir on a read-only file system says ENOENT of folders that are there.
  const why = code === 'ENOENT' && existsSync(root) ? 'read-only' : code
  return new HomeError(
    `the home ${root} cannot be written (${why}): give this user write access or make room there, or choose another folder with --home`,
    { cause: error },
  )
}
