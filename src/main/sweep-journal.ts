/** The trials of a search on disk, one line each: what is written is kept over Ctrl-C and a loss of power. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Space } from '../backtest/search/space.ts'
import { readTrialLine, type Trial, trialLine } from '../backtest/search/trials.ts'

export class SweepJournal {
  readonly #path: string
  readonly #space: Space
  /** Trials that stood there already. */
  readonly known: ReadonlyMap<number, Trial>
  #file: number
  #held = new Map<number, Trial>()
  #next = 0
  #isInOrder: boolean

  /** Opens the file; what an earlier run left is read, a line that was broken off is dropped. */
  constructor(path: string, space: Space) {
    this.#path = path
    this.#space = space
    mkdirSync(dirname(path), { recursive: true })
    this.known = readTrials(path, space)
    const inOrder = [...this.known.values()].toSorted((a, b) => a.index - b.index)
    this.#rewrite(inOrder)
    while (this.known.has(this.#next)) this.#next += 1
    this.#isInOrder = this.#next === this.known.size
    this.#file = openSync(path, 'a', 0o644)
  }

  /** Writes trials in their order; one that comes early waits for those before it. */
  add(trial: Trial): void {
    // What stood under its number was of another set: the later line counts, and close puts them in order.
    if (this.known.has(trial.index)) {
      this.#isInOrder = false
      writeSync(this.#file, trialLine(this.#space, trial))
      return
    }
    this.#held.set(trial.index, trial)
    let lines = ''
    for (;;) {
      const ready = this.#held.get(this.#next)
      if (ready === undefined && !this.known.has(this.#next)) break
      if (ready !== undefined) lines += trialLine(this.#space, ready)
      this.#held.delete(this.#next)
      this.#next += 1
    }
    if (lines !== '') writeSync(this.#file, lines)
  }

  /** Writes what still waits and closes; a file that is not in order (after a resume) is put in order in one step. */
  close(trials: readonly Trial[]): void {
    const waiting = [...this.#held.values()].toSorted((a, b) => a.index - b.index)
    this.#held = new Map()
    if (waiting.length > 0)
      writeSync(this.#file, waiting.map((trial) => trialLine(this.#space, trial)).join(''))
    fsyncSync(this.#file)
    closeSync(this.#file)
    if (waiting.length === 0 && !this.#isInOrder) this.#rewrite(trials)
  }

  #rewrite(trials: readonly Trial[]): void {
    const part = `${this.#path}.part`
    writeFileSync(part, trials.map((trial) => trialLine(this.#space, trial)).join(''))
    renameSync(part, this.#path)
  }
}

function readTrials(path: string, space: Space): ReadonlyMap<number, Trial> {
  const trials = new Map<number, Trial>()
  if (!existsSync(path)) return trials
  const lines = readFileSync(path, 'utf8').split('\n')
  // The last piece follows the last end of a line: nothing, or a line that was broken off.
  for (const line of lines.slice(0, -1)) {
    const trial = readTrialLine(space, line)
    if (trial !== null) trials.set(trial.index, trial)
  }
  return trials
}
