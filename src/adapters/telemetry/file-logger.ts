/**
 * Log file of one process: `{dir}/YYYY-MM-DD/{name}.log`, the day in the configured time zone, turned over at midnight.
 * Warnings and errors are written at once, the rest in small buffers; all writes are synchronous, so that `flush` before
 * the end of the process loses nothing. A full disk never stops the process: lines are dropped, counted, and the count is
 * told. Half of the greatest size turns the file over to `{name}.1.log`, so that both together never pass it.
 */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger, LogLevel } from '../../ports/logger.ts'
import { formatLine, type LogFields, type LogFormat } from './log-line.ts'
import { SecretMask } from './secrets.ts'

export interface FileLoggerOptions {
  /** Folder of the process; the day's folder is made below it. */
  readonly dir: string
  /** Name of the file without its ending. */
  readonly name: string
  readonly level: LogLevel
  readonly format: LogFormat
  /** IANA name of the zone that decides where a day begins, e.g. Europe/Berlin. */
  readonly timeZone: string
  /** The time zone is that of the process: Date alone names the day, without the 8 MB of Intl.DateTimeFormat. */
  readonly isMachineZone?: boolean
  /** Fields of every line, e.g. {bot: 'sol'}. */
  readonly fields?: LogFields
  /** Wall clock, ms since 1970; the machine's when absent. */
  readonly wallMs?: () => number
  /** Greatest size of a day's log with its turned-over part, bytes; absent = without limit. */
  readonly sizeMaxBytes?: number
  /** Secrets that other loggers of the process know as well; a mask of its own when absent. */
  readonly secrets?: SecretMask
  /** Lines of the level error go to this file too. */
  readonly errorName?: string
}

const BUFFER_LENGTH_MAX = 4096
const WRITE_DELAY_MS = 200
const BUFFER_LENGTH_WHEN_BLOCKED = 1_000_000
const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

function dayIn(timeZone: string): (wallMs: number) => string {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, ...parts })
  return (wallMs) => format.format(wallMs)
}

function machineDay(wallMs: number): string {
  const date = new Date(wallMs)
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`
}

export class FileLogger implements Logger {
  readonly #options: FileLoggerOptions
  readonly #mask: SecretMask
  readonly #errors: FileLogger | null
  readonly #wallMs: () => number
  readonly #dayOf: (wallMs: number) => string
  #level: LogLevel
  #buffer = ''
  #timer: NodeJS.Timeout | null = null
  #file: number | null = null
  #minute = Number.NaN
  #day = ''
  #linesDropped = 0
  #linesDroppedTold = 0
  #size = 0

  constructor(options: FileLoggerOptions) {
    this.#options = options
    this.#mask = options.secrets ?? new SecretMask()
    const { errorName: name, ...others } = options
    const second = { ...others, level: 'error', secrets: this.#mask } as const
    this.#errors = name === undefined ? null : new FileLogger({ ...second, name })
    this.#level = options.level
    this.#wallMs = options.wallMs ?? Date.now
    this.#dayOf = options.isMachineZone === true ? machineDay : dayIn(options.timeZone)
  }

  debug(module: string, text: string, fields?: LogFields): void {
    this.#log('debug', module, text, fields)
  }

  info(module: string, text: string, fields?: LogFields): void {
    this.#log('info', module, text, fields)
  }

  warn(module: string, text: string, fields?: LogFields): void {
    this.#log('warn', module, text, fields)
  }

  error(module: string, text: string, fields?: LogFields): void {
    this.#log('error', module, text, fields)
  }

  /** Registers a value that must never stand in a line. */
  mask(secret: string): void {
    this.#mask.add(secret)
  }

  setLevel(level: LogLevel): void {
    this.#level = level
  }

  /** Lines that could not be written since the start. */
  get linesDropped(): number {
    return this.#linesDropped
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#buffer === '') return
    const bytes = Buffer.from(this.#buffer)
    let at = 0
    try {
      const descriptor = this.#descriptor()
      while (at < bytes.length) at += writeSync(descriptor, bytes, at)
      this.#buffer = ''
    } catch {
      // What a nearly full disk has taken is not written twice.
      this.#buffer = bytes.subarray(at).toString('utf8')
      this.#dropWhenBlocked()
    }
    this.#size += at
    if (this.#size >= this.#sizeMax) this.#turnOverBySize()
    if (at === bytes.length) this.#tellDropped()
  }

  get #sizeMax(): number {
    return (this.#options.sizeMaxBytes ?? Number.POSITIVE_INFINITY) / 2
  }

  #turnOverBySize(): void {
    const { dir, name } = this.#options
    const folder = join(dir, this.#day)
    this.#closeFile()
    try {
      renameSync(join(folder, `${name}.log`), join(folder, `${name}.1.log`))
      // Whoever follows the log finds a file there at every moment but this one.
      this.#descriptor()
    } catch {
      // The next write opens the same file, and the one after tries again.
    }
  }

  /** Writes what is left and closes the file; a later line opens it again. */
  close(): void {
    this.flush()
    this.#closeFile()
    this.#errors?.close()
  }

  #closeFile(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }

  #log(level: LogLevel, module: string, text: string, fields?: LogFields): void {
    if (severity[level] < severity[this.#level]) return
    const wallMs = this.#wallMs()
    this.#turnOver(wallMs)
    const time = new Date(wallMs).toISOString()
    const all = { ...this.#options.fields, ...fields }
    const entry = { time, level, module, text, fields: all }
    if (level === 'error') this.#errors?.error(module, text, all)
    this.#buffer += formatLine(entry, this.#options.format, this.#mask)
    const isUrgent = severity[level] >= severity.warn
    if (isUrgent || this.#buffer.length >= BUFFER_LENGTH_MAX) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), WRITE_DELAY_MS).unref()
  }

  /** Lines of yesterday go to yesterday's file. Offsets are whole minutes, so one look a minute is exact. */
  #turnOver(wallMs: number): void {
    const minute = Math.floor(wallMs / 60_000)
    if (minute === this.#minute) return
    this.#minute = minute
    const day = this.#dayOf(wallMs)
    if (day === this.#day) return
    this.close()
    this.#day = day
  }

  #descriptor(): number {
    if (this.#file !== null) return this.#file
    const folder = join(this.#options.dir, this.#day)
    mkdirSync(folder, { recursive: true })
    this.#file = openSync(join(folder, `${this.#options.name}.log`), 'a')
    this.#size = fstatSync(this.#file).size
    return this.#file
  }

  /** Said as soon as there is room again: before, it would have been lost too. */
  #tellDropped(): void {
    const count = this.#linesDropped - this.#linesDroppedTold
    if (count === 0) return
    this.#linesDroppedTold = this.#linesDropped
    const time = new Date(this.#wallMs()).toISOString()
    const text = `${count} lines were lost: this folder could not be written`
    const { fields = {}, format } = this.#options
    this.#buffer = formatLine(
      { time, level: 'warn', module: 'log', text, fields },
      format,
      this.#mask,
    )
    this.flush()
  }

  #dropWhenBlocked(): void {
    if (this.#buffer.length < BUFFER_LENGTH_WHEN_BLOCKED) return
    this.#linesDropped += this.#buffer.split('\n').length - 1
    this.#buffer = ''
  }
}

/** Opens the log of a process; the file is made with the first line. */
export function createFileLogger(options: FileLoggerOptions): FileLogger {
  return new FileLogger(options)
}
