import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Disk, MemoryJournal } from '../../test/support/memory-journal.ts'
import type { NumberedEvent } from '../domain/account-event.ts'
import { instrumentId } from '../domain/instrument.ts'
import { money, quantity, ratio } from '../domain/money.ts'
import { JournalBuffer } from './journal-buffer.ts'

const funding: NumberedEvent = {
  seq: 1,
  at: 5,
  kind: 'funding',
  instrument: instrumentId('test', 'SOL/USDC:USDC'),
  amount: money(-3),
  rate: ratio(10),
  position: quantity(1),
}

test('an event is durable before anybody sees it, and is kept when the disk is full', () => {
  const disk = new Disk()
  const journal = new MemoryJournal(disk)
  const seen: number[] = []
  const buffer = new JournalBuffer(journal, (events) => {
    assert.equal(disk.events.length, 1, 'seen before it was durable')
    seen.push(...events.map((row) => row.event.seq))
  })
  buffer.addEvent('a', 1, funding)
  journal.isFull = true
  assert.throws(() => buffer.commit([]), /ENOSPC/)
  assert.deepEqual(seen, [])
  journal.isFull = false
  buffer.commit([])
  assert.deepEqual(seen, [1])
  assert.equal(buffer.isEmpty, true)
})
