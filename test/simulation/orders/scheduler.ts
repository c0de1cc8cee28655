/**
 * Virtual time of the order simulation. Everything that happens is a callback at a moment; those of the same moment come
 * in a random order drawn from the seed. Between two of them every promise that can settle does, as in Node.js.
 */
import type { Clock } from '../../../src/ports/clock.ts'
import type { Random } from '../../support/random.ts'

/** Whose callbacks they are: a dead owner's never run, a held one's wait until it goes on (SIGSTOP). */
export interface Owner {
  isDead: boolean
  /** Virtual ms until which nothing of it runs. */
  heldUntil: number
}

interface Timer {
  at: number
  readonly tie: number
  callback: (() => void) | null
  readonly owner: Owner | null
  readonly isCounted: boolean
}

/** Runs what promises wait for; only between two callbacks of the event loop of Node.js. */
const drain = (process as unknown as { _tickCallback(): void })._tickCallback

export class Scheduler {
  #now = 0
  #heap: Timer[] = []
  #sequence = 0
  #held = 0
  readonly #random: Random
  /** Events so far: messages, timers, requests, answers, fills, crashes. */
  events = 0
  /** Of everything that happened, in its order: the same seed gives the same. */
  hash = 0x811c9dc5
  onUncaught: (owner: Owner, error: unknown) => void = () => {}

  constructor(random: Random) {
    this.#random = random
  }

  get now(): number {
    return this.#now
  }

  /** One event more, and what it was. */
  count(what: number): void {
    this.events++
    this.mix(what)
  }

  mix(value: number): void {
    this.hash = Math.imul(this.hash ^ value, 0x01000193) >>> 0
  }

  mixText(text: string): void {
    for (let i = 0; i < text.length; i++) this.mix(text.charCodeAt(i))
  }

  /** @param isCounted false for what is no event: a turn of the desk, upkeep of the simulation */
  after(
    delayMs: number,
    callback: () => void,
    owner: Owner | null = null,
    isCounted = true,
  ): () => void {
    const at = this.#now + (delayMs > 0 ? delayMs : 0)
    const tie = this.#random.next() * 0x100000 + this.#sequence++ * 1e-9
    const timer: Timer = { at, tie, callback, owner, isCounted }
    this.#push(timer)
    return () => {
      timer.callback = null
    }
  }

  /** Runs until a moment; `onEvent` is called after each callback and ends the run with false. */
  run(until: number, onEvent: () => boolean): boolean {
    drain()
    for (;;) {
      const timer = this.#heap[0]
      if (timer === undefined || timer.at > until) break
      this.#pop()
      if (timer.callback === null || timer.owner?.isDead === true) continue
      if (timer.owner !== null && timer.owner.heldUntil > timer.at) {
        // What waits meanwhile keeps its order.
        timer.at = timer.owner.heldUntil + ++this.#held * 1e-6
        this.#push(timer)
        continue
      }
      this.#now = timer.at
      if (timer.isCounted) this.count(Math.floor(timer.at))
      const { callback } = timer
      timer.callback = null
      try {
        callback()
      } catch (error) {
        if (timer.owner === null) throw error
        // What a process does after its death is of no consequence; else it dies of it.
        if (!hasDied(timer.owner)) this.onUncaught(timer.owner, error)
      }
      drain()
      if (!onEvent()) return false
    }
    this.#now = until
    return true
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(timer)
    while (index > 0) {
      const up = (index - 1) >> 1
      const parent = heap[up] as Timer
      if (!isBefore(timer, parent)) break
      heap[index] = parent
      index = up
    }
    heap[index] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Timer
    const count = heap.length
    if (count === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= count) break
      if (child + 1 < count && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child++
      if (!isBefore(heap[child] as Timer, last)) break
      heap[index] = heap[child] as Timer
      index = child
    }
    heap[index] = last
  }
}

const hasDied = (owner: Owner): boolean => owner.isDead

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie)

/** @throws Error when promises cannot settle here, i.e. within a promise's own callback */
export function assertDrains(): void {
  let isDrained = false
  void Promise.resolve().then(() => {
    isDrained = true
  })
  drain()
  if (!isDrained) throw new Error('a simulation must be run from a callback of the event loop')
}

/** Wall time of the venue at the beginning of every simulation. */
export const EPOCH_MS = 1_700_000_000_000

/** The clock of the machine on which desk and bots run: it may be off, and jump. */
export interface MachineTime {
  /** Wall clock less true time, ms. */
  offsetMs: number
}

/** The clock as one process reads it; its timers die with it. */
export class ProcessClock implements Clock {
  readonly #scheduler: Scheduler
  readonly #owner: Owner
  readonly #machine: MachineTime

  constructor(scheduler: Scheduler, owner: Owner, machine: MachineTime) {
    this.#scheduler = scheduler
    this.#owner = owner
    this.#machine = machine
  }

  monotonicMs(): number {
    return this.#scheduler.now
  }
  wallMs(): number {
    return EPOCH_MS + this.#scheduler.now + this.#machine.offsetMs
  }
  after(delayMs: number, callback: () => void): () => void {
    return this.#scheduler.after(delayMs, callback, this.#owner)
  }
  every(intervalMs: number, callback: () => void): () => void {
    let cancel: () => void = () => {}
    const again = (): void => {
      cancel = this.after(intervalMs, () => {
        again()
        callback()
      })
    }
    again()
    return () => cancel()
  }
}
