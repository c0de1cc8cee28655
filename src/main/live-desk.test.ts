import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { askedKeeper } from './live-desk.ts'

test('how far the venue was asked is kept only when all that came until then is in the journal', async () => {
  const clock = new VirtualClock()
  const kept: number[] = []
  const journal = { lastVenueSeq: 0, keepAsked: (until: number) => void kept.push(until) }
  const asked = askedKeeper(journal, clock)
  asked(1000, 3)
  asked(2000, 3)
  assert.deepEqual(kept, [], 'three events were handed out and not committed')
  journal.lastVenueSeq = 3
  asked(3000, 4)
  assert.deepEqual(kept, [1000], 'and not 3000, whose event is still on its way')
  journal.lastVenueSeq = 4
  asked(4000, 4)
  assert.deepEqual(kept, [1000], 'not twice within 10 s')
  await clock.advance(10_000)
  asked(5000, 4)
  assert.deepEqual(kept, [1000, 4000])
})
