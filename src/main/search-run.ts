/** What a running search shows and how it is interrupted: a bar with the pace, Ctrl-C that keeps what is done. */
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { percentText } from '../backtest/report-figures.ts'
import { indicativeText, noFundingText } from '../backtest/report-warnings.ts'
import { searchMessages as m } from '../cli/messages/search.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import { qualityOf } from '../domain/data-quality.ts'
import { fundingMissing } from '../domain/funding-coverage.ts'
import { JobError, ProgressBar } from './job-command.ts'
import { holdFolder, makeFolder } from './report-folder.ts'
import { identityFile, type Search } from './search-setup.ts'
import { SweepPool } from './sweep-pool.ts'

/** Between two looks of the bar. */
const SHOWN_EVERY_MS = 250

/** Counts trials and shows the pace. */
export class Pace {
  readonly #bar: ProgressBar
  readonly #speech: Speech
  readonly #total: number
  readonly #startedAt = performance.now()
  #done = 0
  #ran = 0
  #shownAt = 0

  constructor(speech: Speech, total: number, isShown: boolean) {
    this.#bar = new ProgressBar(speech.say(m.running), isShown)
    this.#speech = speech
    this.#total = Math.max(1, total)
  }

  get done(): number {
    return this.#done
  }

  /** Trials that were run now. */
  get ran(): number {
    return this.#ran
  }

  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000
  }

  /** Runs a minute of those that were run now. */
  get perMinute(): number {
    return (this.#ran / Math.max(0.001, this.seconds)) * 60
  }

  /** Trials that an earlier run left. */
  skip(known: number): void {
    this.#done += known
  }

  readonly step = (): void => {
    this.#done += 1
    this.#ran += 1
    const now = performance.now()
    if (now - this.#shownAt < SHOWN_EVERY_MS) return
    this.#shownAt = now
    const perSecond = this.perMinute / 60
    const left = (this.#total - this.#done) / Math.max(0.001, perSecond)
    const rate = perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1)
    this.#bar.set(
      this.#done / this.#total,
      this.#speech.say(m.pace, { rate, left: shownSeconds(left) }),
    )
  }

  end(): void {
    this.#bar.end()
  }
}

function shownSeconds(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

/** A pool that Ctrl-C ends; the signal says so. */
export async function withPool<Result>(
  search: Search,
  use: (pool: SweepPool, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const pool = new SweepPool(search.setup, search.strategy, search)
  const interrupt = new AbortController()
  const onSignal = () => {
    interrupt.abort()
    void pool.close()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    return await use(pool, interrupt.signal)
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    await pool.close()
  }
}

/**
 * Makes the folder, writes down which search it holds, and keeps other processes out of it meanwhile.
 * @throws JobError when it holds one already that is not resumed, or when another process searches there
 */
export async function inFolder<Result>(
  { folder, isResumed, identity, options }: Search,
  use: () => Promise<Result>,
): Promise<Result> {
  makeFolder(folder)
  const release = holdFolder(folder)
  try {
    if (!isResumed) {
      if (existsSync(identityFile(folder)))
        throw new JobError(4, sentence(m.holdsSearch, { folder }))
      writeWhole(folder, 'search.json', `${JSON.stringify({ identity, options }, null, 2)}\n`)
    }
    return await use()
  } finally {
    release()
  }
}

/** A file of a report is there as a whole or not at all. */
export function writeWhole(folder: string, name: string, text: string): void {
  const part = join(folder, `${name}.part`)
  writeFileSync(part, text)
  renameSync(part, join(folder, name))
}

export const writeJson = (folder: string, name: string, value: unknown): void =>
  writeWhole(folder, name, `${JSON.stringify(value, null, 2)}\n`)

/** What must be read before any figure: candles or funding rates that are missing, a caveat of the strategy. */
export function dataWarnings({ setup: { request }, span, isProxy }: Search): readonly string[] {
  const quality = qualityOf(request.market, request.window)
  const noFunding = fundingMissing(request.market.funding, span)
  const { caveat } = request.strategy
  const others = [
    ...(noFunding > 0 ? [noFundingText(noFunding)] : []),
    ...(isProxy ? [PROXY] : []),
    ...(caveat === undefined ? [] : [indicativeText(caveat)]),
  ]
  if (quality.missing === 0) return others
  const share = percentText(quality.missing / Math.max(1, quality.expected))
  return [
    `${share} of the candles of this window are missing (${quality.missing} of ${quality.expected}): nothing was filled in, the market stood still.`,
    ...others,
  ]
}

const PROXY =
  'Candles of a spot market stand in for those of the perpetual contract (a proxy): the basis between the two is missing.'
