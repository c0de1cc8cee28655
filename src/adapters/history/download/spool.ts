/**
 * What a download has brought so far: a CSV file beside the set that grows page by page and survives the process. It is
 * taken into the set at the end, or when the command is run again.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Row } from './ccxt-venue.ts'
import { DownloadError } from './download-error.ts'

export class Spool {
  readonly file: string
  readonly #lock: string
  readonly #head: string

  /** @param path of the series; @throws DownloadError when another process downloads it */
  constructor(path: string, head: string) {
    this.file = `${path}.download.csv`
    this.#lock = `${path}.download.pid`
    this.#head = `${head}\n`
    mkdirSync(dirname(path), { recursive: true })
    this.#takeLock()
  }

  /** Whether rows of an earlier run are there; a line that was cut off is taken away. */
  hasRows(): boolean {
    if (!existsSync(this.file)) return false
    const text = readFileSync(this.file)
    const end = text.lastIndexOf(0x0a) + 1
    if (end < text.length) truncateSync(this.file, end)
    return end > this.#head.length
  }

  append(rows: readonly Row[]): void {
    if (rows.length === 0) return
    const isNew = !existsSync(this.file) || statSync(this.file).size === 0
    const lines = rows.map((row) => `${row.join(',')}\n`).join('')
    appendFileSync(this.file, isNew ? this.#head + lines : lines)
  }

  discard(): void {
    rmSync(this.file, { force: true })
  }

  /** Keeps the rows where no later run takes them up. */
  putAside(): string {
    const aside = this.file.replace(/csv$/, 'refused.csv')
    renameSync(this.file, aside)
    return aside
  }

  release(): void {
    rmSync(this.#lock, { force: true })
    const folder = dirname(this.file)
    for (const emptied of [folder, dirname(folder)])
      if (existsSync(emptied) && readdirSync(emptied).length === 0) rmdirSync(emptied)
  }

  #takeLock(): void {
    try {
      writeFileSync(this.#lock, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const pid = Number(readFileSync(this.#lock, 'utf8'))
    if (pid > 0 && pid !== process.pid && isAlive(pid)) {
      throw new DownloadError(
        'refused',
        `process ${pid} downloads this set already: wait for it, or remove ${this.#lock} when that is something else`,
      )
    }
    writeFileSync(this.#lock, String(process.pid))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
