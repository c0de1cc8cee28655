/**
 * The desk's journal in files of SQLite, as it really is (level 2). A desk that dies leaves its files behind as they were: the
 * next one opens a copy. A commit that was under way is cut at a random place between what was synced and what was written.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openJournal } from '../../../src/adapters/stores/sqlite-journal-file.ts'
import type { SqliteJournalStore } from '../../../src/adapters/stores/sqlite-journal-store.ts'
import type { ClientOrderId } from '../../../src/domain/order.ts'
import type { JournalBatch, JournalStore } from '../../../src/ports/journal-store.ts'
import { CrashedError, type DiskFaults } from './disk-journal.ts'
import type { CrashPoint } from './fuse.ts'
import type { JournalRoom } from './journal-room.ts'
import { EPOCH_MS, type Owner } from './scheduler.ts'
import type { AnyWorld } from './world.ts'

/** Memory where there is some: what is written must not wait for a disk, only for SQLite. */
const BASE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const FILES = ['', '-wal', '-mark'] as const

const torn: readonly CrashPoint[] = [
  'crash: commit written, not synced, lost',
  'crash: commit torn',
]
const survived: readonly CrashPoint[] = [
  'crash: commit survives unsynced',
  'crash: commit durable, not answered',
]

const bytesOf = (path: string): Buffer => (existsSync(path) ? readFileSync(path) : Buffer.alloc(0))

export class FileRoom implements JournalRoom {
  readonly faults: DiskFaults = { isFull: false, failingSyncs: 0 }
  readonly world: AnyWorld
  readonly #folder = mkdtempSync(join(BASE, 'perpfleet-simulation-'))
  readonly #durable = new Set<ClientOrderId>()
  readonly #instances = new Set<string>()
  readonly #open: { readonly store: SqliteJournalStore; readonly owner: Owner }[] = []
  #generation = 0
  /** The power went, and not everything was synced. */
  #isCut = false
  #epoch = 0

  constructor(world: AnyWorld) {
    this.world = world
  }

  get path(): string {
    return join(this.#folder, `${this.#generation}.db`)
  }
  get epoch(): number {
    return this.#epoch
  }
  get isNew(): boolean {
    return this.#epoch === 0
  }
  get instances(): number {
    return this.#instances.size
  }
  isDurable(id: ClientOrderId): boolean {
    return this.#durable.has(id)
  }

  open(owner: Owner): JournalStore {
    const isShared = this.#open.some((one) => !one.owner.isDead)
    if (this.#open.length > 0 && !isShared) this.#leaveBehind()
    const store = openJournal(this.path, () => EPOCH_MS + Math.floor(this.world.scheduler.now))
    this.#open.push({ store, owner })
    this.#epoch = store.epoch
    for (const id of this.#durable)
      if (store.originOf(id) === null) this.world.oracles.blame(`${id} is not durable: it is gone`)
    return new WatchedJournal(this, store, owner)
  }

  /** The files as the dead desk left them, under another name; its handles write nothing more. */
  #leaveBehind(): void {
    const from = this.path
    this.#generation++
    for (const end of FILES)
      if (existsSync(`${from}${end}`)) copyFileSync(`${from}${end}`, `${this.path}${end}`)
    if (!this.#isCut) return
    this.#isCut = false
    const wal = bytesOf(`${this.path}-wal`)
    const kept = this.world.random.int(0, wal.length)
    if (wal.length > 0) writeFileSync(`${this.path}-wal`, wal.subarray(0, kept))
  }

  /** A power cut takes what SQLite was not told to sync; with FULL that is nothing. */
  cutPower(): void {
    const last = this.#open.at(-1)
    this.#isCut = last !== undefined && last.store.synchronous < 2
  }

  /** Runs a commit of a desk that dies within it: of what it wrote a part reaches the disk. */
  tear(commit: () => void): void {
    const [wal, mark] = [`${this.path}-wal`, `${this.path}-mark`]
    const before = bytesOf(wal)
    const markBefore = bytesOf(mark)
    commit()
    const after = bytesOf(wal)
    let first = 0
    while (first < before.length && before[first] === after[first]) first++
    let last = after.length - 1
    while (last > first && last < before.length && before[last] === after[last]) last--
    const cut = this.world.random.int(first, Math.max(first, last))
    writeFileSync(wal, Buffer.concat([after.subarray(0, cut), before.subarray(cut)]))
    if (markBefore.length > 0) writeFileSync(mark, markBefore)
  }

  /** A commit is on the disk. */
  committed(batch: JournalBatch): void {
    for (const { intent } of batch.intents) this.#durable.add(intent.clientId)
    for (const { instance } of batch.instances) this.#instances.add(instance)
    this.world.onCommit(batch)
  }

  close(): void {
    for (const { store } of this.#open) {
      try {
        store.close()
      } catch {
        // Its files are gone, or it was closed by its desk.
      }
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The real store, on which the desk may die. */
class WatchedJournal implements JournalStore {
  readonly #room: FileRoom
  readonly #store: SqliteJournalStore
  readonly #owner: Owner

  constructor(room: FileRoom, store: SqliteJournalStore, owner: Owner) {
    this.#room = room
    this.#store = store
    this.#owner = owner
  }

  #passes(point: CrashPoint): boolean {
    return this.#room.world.fuse.passes(point, this.#owner)
  }

  #checkDisk(): void {
    const { faults, world } = this.#room
    if (faults.isFull) {
      world.coverage.sometimes('disk: full')
      throw new Error('ENOSPC: no space left on device')
    }
    if (faults.failingSyncs === 0) return
    faults.failingSyncs--
    world.coverage.sometimes('disk: fsync fails')
    throw new Error('EIO: i/o error, fsync')
  }

  commit(batch: JournalBatch): void {
    if (this.#passes('crash: before a commit is written')) throw new CrashedError()
    for (const point of torn)
      if (this.#passes(point)) {
        this.#room.tear(() => this.#store.commit(batch))
        throw new CrashedError()
      }
    this.#checkDisk()
    this.#store.commit(batch)
    this.#room.committed(batch)
    for (const point of survived) if (this.#passes(point)) throw new CrashedError()
  }

  reserveIds(count: number): number {
    this.#checkReserve()
    return this.#store.reserveIds(count)
  }
  reserveSerials(count: number): number {
    this.#checkReserve()
    return this.#store.reserveSerials(count)
  }
  #checkReserve(): void {
    if (this.#passes('crash: before ids are reserved')) throw new CrashedError()
    if (this.#room.faults.isFull) throw new Error('ENOSPC: no space left on device')
  }

  get epoch() {
    return this.#store.epoch
  }
  get lastSeq() {
    return this.#store.lastSeq
  }
  get lastVenueSeq() {
    return this.#store.lastVenueSeq
  }
  get damage() {
    return this.#store.damage
  }
  forgetDamage() {
    this.#store.forgetDamage()
  }
  account() {
    return this.#store.account()
  }
  instances() {
    return this.#store.instances()
  }
  unsettled(instance: string) {
    return this.#store.unsettled(instance)
  }
  originOf(clientId: ClientOrderId) {
    return this.#store.originOf(clientId)
  }
  eventsAfter(instance: string, seq: number, limit: number) {
    return this.#store.eventsAfter(instance, seq, limit)
  }
  lastSeqOf(instance: string) {
    return this.#store.lastSeqOf(instance)
  }
  isBooked(key: string) {
    return this.#store.isBooked(key)
  }
  unowned(limit: number) {
    return this.#store.unowned(limit)
  }
  orders(instance: string | null, limit: number) {
    return this.#store.orders(instance, limit)
  }
  fills(instance: string | null, limit: number) {
    return this.#store.fills(instance, limit)
  }
  tidy() {
    if (!this.#owner.isDead) this.#store.tidy()
  }
  close() {}
}
