/** A journal spoilt at many places: it is found out, or it still says exactly what it said. Nothing in between. */
import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { approvedOrder, emptyBatch, fillRow } from '../../../test/support/journal-rows.ts'
import { Random } from '../../../test/support/random.ts'
import type { ClientOrderId } from '../../domain/order.ts'
import { markPath } from './sqlite-journal-check.ts'
import { openJournal } from './sqlite-journal-file.ts'
import { SqliteJournalStore } from './sqlite-journal-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'journal-damage-'))
after(() => rmSync(folder, { recursive: true }))
const NOW = Date.parse('2026-11-21T05:30:00.000Z')
const ENDINGS = ['', '-wal', '-mark']

/** Everything that a desk reads of a journal. */
function contentOf(store: SqliteJournalStore): string {
  return JSON.stringify([
    store.lastSeq,
    store.lastVenueSeq,
    store.instances(),
    store.unsettled('a'),
    store.eventsAfter('a', 0, 1000),
    store.orders(null, 1000),
    store.account(),
  ])
}

/** A journal as a killed desk leaves it: half of it in the file, half in the log. */
function makeJournal(path: string): string {
  const store = new SqliteJournalStore(path, () => NOW)
  const add = (i: number): void => {
    store.commit({ ...emptyBatch, intents: [approvedOrder(`x${i}`)] })
    const outcome = { clientId: `x${i}` as ClientOrderId, outcome: 'filled', reason: null } as const
    store.commit({
      ...emptyBatch,
      events: [fillRow(i, i, `f${i}`, `x${i}`)],
      venueSeq: i,
      outcomes: i % 3 === 0 ? [] : [{ ...outcome, isSettled: true }],
      instances: [{ instance: 'a', settings: { i }, instrument: {}, risk: { i }, override: null }],
      account: { grant: i },
    })
  }
  for (let i = 1; i <= 30; i++) add(i)
  store.checkpoint()
  for (let i = 31; i <= 60; i++) add(i)
  const content = contentOf(store)
  for (const ending of ENDINGS) copyFileSync(`${path}${ending}`, `${path}.kept${ending}`)
  store.close()
  for (const ending of ['', '-mark']) copyFileSync(`${path}${ending}`, `${path}.ended${ending}`)
  return content
}

const original = join(folder, 'original.db')
const content = makeJournal(original)

type Kind = 'kept' | 'ended'
interface Spoilt {
  readonly store: SqliteJournalStore
  readonly at: string
}

/** `kept`: of a killed desk, with its log; `ended`: of one that ended in order. */
function spoilt(spoil: (path: string) => void, kind: Kind = 'kept'): Spoilt {
  const at = join(folder, 'copy')
  rmSync(at, { recursive: true, force: true })
  mkdirSync(at)
  const path = join(at, 'account.db')
  for (const ending of ENDINGS) {
    const from = `${original}.${kind}${ending}`
    if (existsSync(from)) copyFileSync(from, `${path}${ending}`)
  }
  spoil(path)
  return { store: openJournal(path, () => NOW), at }
}

const flip = (file: string, offset: number, mask: number): void => {
  const bytes = readFileSync(file)
  bytes[offset] = (bytes[offset] ?? 0) ^ mask
  writeFileSync(file, bytes)
}

/** @returns whether the damage was noticed */
function judge(name: string, spoil: (path: string) => void, kind: Kind = 'kept'): boolean {
  const { store, at } = spoilt(spoil, kind)
  try {
    if (store.damage === null) {
      assert.equal(contentOf(store), content, `${name}: changed, and nobody noticed`)
      return false
    }
    assert.match(store.damage.file, /^account\.db\.damaged-20261121T053000Z$/, name)
    const kept = readdirSync(at).filter((file) => file.startsWith(store.damage?.file ?? '-'))
    assert.ok(kept.length > 0, `${name}: nothing was kept aside`)
    return true
  } finally {
    store.close()
  }
}

describe('a damaged journal', () => {
  test('an unspoilt copy is taken as it is', () => {
    assert.equal(
      judge('none', () => {}),
      false,
    )
  })

  for (const [region, kind, ending, from, until, count] of [
    ['header of the file', 'ended', '', 0, 100, 100],
    ['pages of the file', 'ended', '', 100, null, 140],
    ['pages of the file beside a log', 'kept', '', 0, null, 60],
    ['log', 'kept', '-wal', 0, null, 140],
  ] as const) {
    test(`one byte changed in the ${region}: noticed, or without effect`, () => {
      const random = new Random(count + from)
      const end = until ?? statSync(`${original}.${kind}${ending}`).size
      let noticed = 0
      for (let i = 0; i < count; i++) {
        const offset = until === null ? random.int(from, end - 1) : i
        const mask = 1 << random.int(0, 7)
        // The version of the journal: a newer one is refused with a sentence, see below.
        if (kind === 'ended' && offset >= 60 && offset < 64) continue
        const spoil = (path: string): void => flip(`${path}${ending}`, offset, mask)
        if (judge(`${region} ${offset}^${mask}`, spoil, kind)) noticed++
      }
      assert.ok(noticed > 0, `none of ${count} noticed`)
    })
  }

  test('a file or log that was cut at any length is noticed', () => {
    for (const [ending, isHarmlessAt] of [
      ['', -1],
      ['-wal', statSync(`${original}.kept-wal`).size],
    ] as const) {
      const { size } = statSync(`${original}.kept${ending}`)
      for (let part = 0; part < 24; part++) {
        const length = Math.floor((size * part) / 24)
        if (length === isHarmlessAt) continue
        const name = `${ending || 'file'} cut to ${length}`
        // Pages that the log holds anew may be cut off the file without loss: judge compares the content then.
        const isNoticed = judge(name, (path) => truncateSync(`${path}${ending}`, length))
        if (ending === '-wal') assert.ok(isNoticed, name)
      }
    }
  })

  test('a journal or a log that is gone is noticed by the mark; without a mark nothing is claimed', () => {
    assert.ok(
      judge('log gone', (path) => rmSync(`${path}-wal`)),
      'log gone',
    )
    assert.ok(
      judge('journal gone', (path) => {
        rmSync(path)
        rmSync(`${path}-wal`)
      }),
    )
    const { store } = spoilt((path) => {
      for (const ending of ENDINGS) rmSync(`${path}${ending}`)
    })
    assert.equal(store.damage, null)
    store.close()
  })

  test('a young journal, all of it still in its log, is missed when the log is gone or spoilt', () => {
    const young = join(folder, 'young.db')
    const store = new SqliteJournalStore(young, () => NOW)
    for (let i = 1; i <= 5; i++)
      store.commit({ ...emptyBatch, intents: [approvedOrder(`y${i}`)], account: { grant: i } })
    for (const ending of ENDINGS) copyFileSync(`${young}${ending}`, `${young}.kept${ending}`)
    store.close()
    for (const spoil of [
      (path: string) => rmSync(`${path}-wal`),
      (path: string) => flip(`${path}-wal`, 40, 0xff),
      (path: string) => truncateSync(`${path}-wal`, 32),
    ]) {
      const path = join(folder, 'young-copy.db')
      for (const ending of [...ENDINGS, '-shm']) rmSync(`${path}${ending}`, { force: true })
      for (const ending of ENDINGS) copyFileSync(`${young}.kept${ending}`, `${path}${ending}`)
      spoil(path)
      const opened = openJournal(path, () => NOW)
      assert.match(opened.damage?.reason ?? '', /log is gone or damaged: \d+ commits were made/)
      opened.close()
    }
  })

  test('a spoilt mark proves nothing and is written anew', () => {
    assert.equal(
      judge('mark', (path) => writeFileSync(markPath(path), 'nonsense')),
      false,
    )
  })

  test('the journal that follows gives out no id and no number again, and remembers what happened', () => {
    const { store, at } = spoilt((path) => truncateSync(path, 5000))
    assert.ok(store.epoch > 60 && store.lastSeq > 60)
    assert.deepEqual([store.lastVenueSeq, store.instances().length], [0, 0])
    store.close()
    const again = openJournal(join(at, 'account.db'), () => NOW)
    assert.match(again.damage?.reason ?? '', /\w/)
    again.forgetDamage()
    assert.equal(again.damage, null)
    again.close()
  })

  test('a journal of a newer program is refused and stays where it is', () => {
    assert.throws(
      () => spoilt((path) => flip(path, 63, 0x40), 'ended'),
      /cannot be opened: .* was written by a newer program/,
    )
    assert.ok(existsSync(join(folder, 'copy/account.db')))
  })
})
