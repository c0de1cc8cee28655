import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalStore } from '../ports/journal-store.ts'
import { Committer, type CommitterParts } from './committer.ts'

test('the mark of a commit is written when what the commit held has left', () => {
  const told: string[] = []
  const later: (() => void)[] = []
  const journal = {
    commit: () => void told.push('commit'),
    markCommit: () => void told.push('mark'),
  } as unknown as JournalStore
  const committer = new Committer({
    journal,
    instances: { all: () => [] } as unknown as CommitterParts['instances'],
    account: { unwritten: () => null, written: () => {} },
    defer: (callback) => void later.push(callback),
  } as unknown as CommitterParts)
  committer.buffer.setVenueSeq(1)
  assert.equal(committer.commit(), true)
  told.push('sent')
  for (const callback of later) callback()
  assert.deepEqual(told, ['commit', 'sent', 'mark'])
})
