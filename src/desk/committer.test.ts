import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import type { JournalStore } from '../ports/journal-store.ts'
import { Committer, type CommitterParts } from './committer.ts'

function committing() {
  const told: string[] = []
  const clock = new VirtualClock()
  const journal = {
    commit: () => void told.push('commit'),
  } as unknown as JournalStore
  const committer = new Committer({
    journal,
    clock,
    instances: { all: () => [] } as unknown as CommitterParts['instances'],
    account: { unwritten: () => null, written: () => {} },
  } as Partial<CommitterParts> as CommitterParts)
  return { told, clock, committer }
}

test('what waits is written once: by the commit of an order that comes before its time, else at its time', async () => {
  const { told, clock, committer } = committing()
  const commits = () => told.filter((what) => what === 'commit').length
  committer.buffer.setVenueSeq(1)
  committer.commitLater()
  await clock.advance(10)
  committer.commit()
  committer.buffer.setVenueSeq(2)
  committer.commitLater()
  await clock.advance(19)
  assert.equal(commits(), 1)
  await clock.advance(1)
  assert.equal(commits(), 2)
})
