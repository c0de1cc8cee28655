/** What a bot hears when it connects: its terms, and every event that it has not booked. */
import type { JournalStore } from '../ports/journal-store.ts'
import { type InstanceEntry, modeReason } from './instance-entry.ts'
import type { StepBarrier } from './step-barrier.ts'

/**
 * @param afterSeq the last event that the bot has booked
 * @param sayDoubt says that the booked position is not sure, where it is not: before any fill of which that is so
 */
export function sendWelcome(
  entry: InstanceEntry,
  afterSeq: number,
  journal: JournalStore,
  barrier: StepBarrier,
  sayDoubt: () => void = () => {},
): void {
  const { loop, instrument, link } = entry
  link?.send({
    type: 'welcome',
    version: 1,
    instrument,
    price: loop.risk.price,
    at: barrier.at ?? loop.at,
    fees: entry.fees,
    position: loop.position,
    mode: loop.risk.mode,
    modeReason: modeReason(entry),
    feed: entry.feed,
    pace: barrier.isLockstep ? 'lockstep' : 'free',
    lastSeq: loop.handedSeq,
  })
  if (loop.outside.gap !== 0 || loop.outside.isDoubted) sayDoubt()
  for (let after = afterSeq; ; ) {
    const events = journal.eventsAfter(entry.settings.instance, after, 500)
    if (events.length === 0) break
    link?.send({ type: 'account', events })
    after = events[events.length - 1]?.seq ?? after
  }
  barrier.send(entry)
}
