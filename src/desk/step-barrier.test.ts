import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settings, silent } from '../../test/desk/desk-simulation.ts'
import { FaultVenue, noFaults, VenueBooks } from '../../test/support/fault-venue.ts'
import { Disk, MemoryJournal } from '../../test/support/memory-journal.ts'
import { Random } from '../../test/support/random.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import type { Attached, VenueListener } from '../ports/venue.ts'
import type { DeskToBot } from '../protocol/desk-messages.ts'
import { AccountDesk } from './account-desk.ts'

/** Its first step comes in the same breath as the answer to the attach. */
class LockstepVenue extends FaultVenue {
  readonly done: number[] = []
  #listener: VenueListener | null = null

  override connect(listener: VenueListener): Promise<void> {
    this.#listener = listener
    return super.connect(listener)
  }
  override async attach(): Promise<Attached> {
    const attached = await super.attach()
    return new Promise((resolve) => {
      resolve({ ...attached, pace: 'lockstep' })
      this.#listener?.onStep(1, attached.at)
    })
  }
  override stepDone(step?: number): void {
    this.done.push(step ?? 0)
  }
}

describe('lockstep', () => {
  test('a step that comes while an instance is on its way in ends only when that has answered it', async () => {
    const clock = new VirtualClock()
    const disk = new Disk()
    const venue = new LockstepVenue(new VenueBooks(), clock, new Random(1), noFaults, (id) =>
      disk.rows.has(id),
    )
    const desk = new AccountDesk({
      key: 'paper-test-main',
      venue,
      journal: new MemoryJournal(disk),
      clock,
      logger: silent,
      defer: (callback) => void clock.after(0, callback),
    })
    await desk.start()
    const heard: DeskToBot[] = []
    const link = { send: (message: DeskToBot) => void heard.push(message), close: () => {} }
    const hello = { type: 'hello', version: 1, token: '', settings, afterSeq: 0 } as const
    const entry = await desk.hello(link, hello)
    await clock.advance(100)
    assert.deepEqual(venue.done, [])
    assert.ok(heard.some((message) => message.type === 'step' && message.step === 1))
    const nothing = { replace: true, changes: [], wakes: null, finish: null } as const
    desk.wants(entry, { type: 'wants', basisSeq: 0, step: 1, ...nothing })
    await clock.advance(100)
    assert.deepEqual(venue.done, [1])
  })
})
