/** What local commands share: the home, one sentence for an error, exit codes of the contract, a progress bar, tables. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { DownloadError } from '../adapters/history/download/download-error.ts'
import { HistoryFolder } from '../adapters/history/history-folder.ts'
import { ImportError } from '../adapters/history/source-file.ts'
import { BacktestRefused } from '../backtest/run.ts'
import type { Language } from '../cli/language.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { phrases } from '../cli/messages/phrases.ts'
import { tableText } from '../cli/output.ts'
import { type Sentence, type Speech, sentence, sentenceIn, speechIn } from '../cli/speech.ts'
import { processVariables } from '../config/process-environment.ts'
import { HistoryError } from '../ports/history.ts'

/** 0 done, 1 failed, 2 wrong usage, 3 not found, 4 refused. */
export type ExitCode = 0 | 1 | 2 | 3 | 4

/** An error whose message is one sentence for people, with its exit code. */
export class JobError extends Error {
  override readonly name = 'JobError'
  readonly exitCode: ExitCode
  /** What it says in every language; null = English alone. */
  readonly sentence: Sentence | null
  constructor(exitCode: ExitCode, said: string | Sentence) {
    super(typeof said === 'string' ? said : sentenceIn('en', said))
    this.exitCode = exitCode
    this.sentence = typeof said === 'string' ? null : said
  }
}

export interface JobContext {
  /** Absolute. */
  readonly home: string
  readonly isJson: boolean
  readonly history: HistoryFolder
  readonly options: Readonly<Record<string, unknown>>
  /** Everything that a person reads is said by it. */
  readonly speech: Speech
}

/** Without another word in English. */
export const speechOfJobs = (language: Language = 'en'): Speech => speechIn(language, phrases)

/** Wraps an action: errors become one sentence on standard error and an exit code, a stack only with --verbose. */
export function jobAction(
  speech: Speech,
  run: (context: JobContext, args: readonly string[]) => Promise<ExitCode> | ExitCode,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    endWithParent()
    const command = given.at(-1) as Command
    const options: Record<string, unknown> = command.optsWithGlobals()
    const variables = processVariables()
    const home = resolve(textOption(options, 'home') ?? variables.home ?? '.')
    const history = new HistoryFolder(join(home, 'history'))
    try {
      if (textOption(options, 'url') !== null || variables.url !== null) {
        const names = [command.parent?.name(), command.name()].filter((one) => one !== 'perpfleet')
        const text = `${names.join(' ')} works on the data of this machine: leave --url and PERPFLEET_URL out`
        throw new JobError(4, text)
      }
      // What brings data makes the home it needs; the others would find nothing where a folder is misspelt.
      const isBringing = ['import', 'download'].includes(command.name())
      if (!isBringing && !existsSync(home))
        throw new JobError(3, sentence(commonMessages.noHome, { home }))
      const isJson = options['json'] === true
      process.exitCode = await run({ home, isJson, history, options, speech }, command.args)
    } catch (error) {
      process.stderr.write(`${errorText(error, speech)}\n`)
      if (error instanceof Error && options['verbose'] === true) {
        process.stderr.write(`${error.stack ?? ''}\n`)
      }
      process.exitCode = exitCodeOf(error) ?? 1
    }
  }
}

function errorText(error: unknown, speech: Speech): string {
  if (error instanceof JobError && error.sentence !== null)
    return sentenceIn(speech.language, error.sentence)
  return speech.relay(error instanceof Error ? error.message : String(error))
}

const IMPORT_EXITS = { absent: 3, refused: 4, faulty: 1 } as const
const DOWNLOAD_EXITS = { refused: 4, unknown: 3, failed: 1 } as const
const HISTORY_EXITS = { not_found: 3, damaged: 1, unusable: 4 } as const

function exitCodeOf(error: unknown): ExitCode | null {
  if (error instanceof JobError) return error.exitCode
  if (error instanceof ImportError) return IMPORT_EXITS[error.kind]
  if (error instanceof DownloadError) return DOWNLOAD_EXITS[error.kind]
  if (error instanceof HistoryError) return HISTORY_EXITS[error.kind]
  if (error instanceof BacktestRefused) return 4
  // Names, times and windows that cannot be read.
  return error instanceof RangeError ? 2 : null
}

export function textOption(
  options: Readonly<Record<string, unknown>>,
  name: string,
): string | null {
  const value = options[name]
  return typeof value === 'string' ? value : null
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** A plain table; without names of columns where all of them are empty. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const text = tableText(head.join('|'), rows)
  const isNamed = head.some((name) => name !== '')
  process.stdout.write(isNamed ? text : text.slice(text.indexOf('\n') + 1))
}

/** A count for people: 525,600. */
export const grouped = (value: number): string => value.toLocaleString('en-US')

const BAR_WIDTH = 30
const TELL_MS = 250
let toldAt = 0

/** Whoever started this as a job of its own hears how far it is. */
function tellParent(share: number): void {
  if (process.send === undefined) return
  const now = performance.now()
  if (now - toldAt < TELL_MS) return
  toldAt = now
  process.send({ progress: share })
}

/** A job ends with the control plane that started it; what it has kept stays. */
function endWithParent(): void {
  if (process.send === undefined) return
  process.once('disconnect', () => process.exit(1))
  process.channel?.unref()
}

/** A bar on standard error; nothing where that is no terminal. */
export class ProgressBar {
  readonly #label: string
  readonly #isShown: boolean
  #percent = -1
  #note = ''

  constructor(label: string, isShown: boolean) {
    this.#label = label
    this.#isShown = isShown && process.stderr.isTTY === true
  }

  /** @param note behind the bar, e.g. the pace */
  set(share: number, note = ''): void {
    tellParent(share)
    const percent = Math.floor(Math.min(1, Math.max(0, share)) * 100)
    if (!this.#isShown || (percent === this.#percent && note === this.#note)) return
    this.#percent = percent
    this.#note = note
    const filled = Math.round((percent / 100) * BAR_WIDTH)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`
    process.stderr.write(`\r${this.#label} ${bar} ${String(percent).padStart(3)} % ${note}\u001b[K`)
  }

  end(): void {
    if (this.#isShown && this.#percent >= 0) process.stderr.write('\r\u001b[K')
  }
}
