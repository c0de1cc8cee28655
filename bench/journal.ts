/** The commit of an intent with its fsync, against a bare insert and commit with synchronous = FULL on the same disk. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SqliteJournalStore } from '../src/adapters/stores/sqlite-journal-store.ts'
import { approvedIntent } from './market.ts'
import { inTurns, type Row, timeRow } from './measure.ts'

const COMMITS = 200
const REPETITIONS = 7

function bareStore(path: string) {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec('CREATE TABLE orders (id TEXT PRIMARY KEY, body TEXT NOT NULL)')
  const insert = database.prepare('INSERT INTO orders VALUES (?, ?)')
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')]
  const body = JSON.stringify(approvedIntent('x').intent)
  let count = 0
  return {
    close: () => database.close(),
    write(rows: number) {
      begin.run()
      for (let i = 0; i < rows; i++) insert.run(`o${count++}`, body)
      commit.run()
    },
  }
}

export function benchJournal(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'perpfleet-bench-'))
  const journal = new SqliteJournalStore(join(folder, 'journal.db'), () => Date.now())
  const bare = bareStore(join(folder, 'bare.db'))
  let count = 0
  const commitOf = (rows: number) => {
    const intents = Array.from({ length: rows }, () => approvedIntent(`pf${count++}`))
    journal.commit({ intents, outcomes: [], events: [], venueSeq: null, instances: [] })
  }
  const measure = (rows: number) =>
    inTurns(
      REPETITIONS,
      COMMITS,
      () => {
        for (let i = 0; i < COMMITS; i++) commitOf(rows)
      },
      () => {
        for (let i = 0; i < COMMITS; i++) bare.write(rows)
      },
    )
  try {
    return [1, 10].map((rows) =>
      timeRow(
        `journal: commit of ${rows === 1 ? 'one intent' : `${rows} intents at once`}, fsync (vs bare node:sqlite)`,
        measure(rows),
        'prototype p50 0.08 ms',
      ),
    )
  } finally {
    journal.close()
    bare.close()
    rmSync(folder, { recursive: true })
  }
}
