/** Waits for the moment of a kill and kills: the marksman's thread for the shortest phase, polling for the longer ones. */
import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { instrumentId } from '../../src/domain/instrument.ts'
import {
  exchangeEvents,
  exchangeHeads,
  journalHead,
  journalLastId,
  journalOrders,
} from './books.ts'
import type { Shot, ShotResult } from './marksman.ts'
import type { Phase } from './phases.ts'
import { sleep, type World } from './world.ts'

const POLL_MS = 4
const AIM_LIMIT_MS = 3000

/** One marksman at a time: he keeps a core busy. */
let isMarksmanBusy = false
export const isMarksmanFree = (): boolean => !isMarksmanBusy

/** Kills the desk as soon as a new intent is in a journal's log; false when none came in time. */
export async function shootAtCommit(world: World, pid: number): Promise<boolean> {
  isMarksmanBusy = true
  const journals = [...world.accounts.values()].map((path) => {
    const { epoch } = journalHead(path)
    const prefix = `pf${epoch.toString(36).padStart(5, '0')}`
    const id = journalLastId(path, prefix)
    return { path, prefix, last: id === null ? -1 : Number.parseInt(id.slice(prefix.length), 36) }
  })
  const shot: Shot = { pid, timeoutMs: AIM_LIMIT_MS, journals }
  try {
    const worker = new Worker(new URL('./marksman.ts', import.meta.url), { workerData: shot })
    const result = await new Promise<ShotResult>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    return result.isFired
  } finally {
    isMarksmanBusy = false
  }
}

/** What began and whom it concerns. */
export interface Target {
  readonly instance: string
}

const writtenAt = (path: string): bigint => {
  try {
    return statSync(`${path}-wal`, { bigint: true }).mtimeNs
  } catch {
    return 0n
  }
}

/** The first new intent of one of the instances; null when none came in time. */
export async function nextIntent(world: World, among: ReadonlySet<string>): Promise<Target | null> {
  const journals = [...world.accounts.values()].map((path) => ({
    path,
    writtenAt: 0n,
    orders: journalHead(path).orders,
  }))
  const end = performance.now() + AIM_LIMIT_MS
  while (performance.now() < end) {
    for (const journal of journals) {
      const now = writtenAt(journal.path)
      if (now === journal.writtenAt) continue
      journal.writtenAt = now
      const fresh = journalOrders(journal.path, journal.orders)
      journal.orders += fresh.length
      const found = fresh.find(({ instance }) => among.has(instance))
      if (found) return { instance: found.instance }
    }
    await sleep(POLL_MS)
  }
  return null
}

/** The first new fill at the exchange of one of the instances; null when none came in time. */
export async function nextFill(world: World, among: ReadonlySet<string>): Promise<Target | null> {
  const heads = new Map(exchangeHeads(world.exchangeDb))
  const end = performance.now() + AIM_LIMIT_MS
  let seenAt = 0n
  while (performance.now() < end) {
    const now = writtenAt(world.exchangeDb)
    if (now !== seenAt) {
      seenAt = now
      const found = newFill(world, heads, among)
      if (found) return found
    }
    await sleep(POLL_MS)
  }
  return null
}

function newFill(
  world: World,
  heads: Map<string, number>,
  among: ReadonlySet<string>,
): Target | null {
  for (const account of world.accounts.keys()) {
    for (const event of exchangeEvents(world.exchangeDb, account, heads.get(account) ?? 0)) {
      heads.set(account, event.venueSeq)
      if (event.kind !== 'fill') continue
      const owner = world.options.instances.find(
        (one) =>
          `${one.venue}/${one.account}` === account &&
          event.fill.instrument === instrumentId(one.venue, one.symbol),
      )
      if (owner && among.has(owner.id)) return { instance: owner.id }
    }
  }
  return null
}

/** Milliseconds after the beginning at which a phase lasts, for a wire of so many ms each way. */
export function delayInto(phase: Phase, wireMs: number, random: () => number): number {
  if (phase === 'sent') return wireMs * (0.05 + 0.75 * random())
  if (phase === 'accepted unseen') return wireMs * (1.1 + 0.7 * random())
  // A fill is seen after one way of the wire.
  return phase === 'fill unseen' ? wireMs * 0.75 * random() : 0
}
