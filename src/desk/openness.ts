/**
 * Whether an instance may take new risk now, as far as the venue goes: what the bot of an instance of several legs must
 * know before it opens the other one (docs/concepts/desk.md, "Open for new risk").
 */
import type { VenueLink } from '../ports/venue.ts'
import type { InstanceEntry } from './instance-entry.ts'

const COMPARED = 'the account is being compared with the venue'

/** Why the leg is away: not even what it holds can be made smaller. The first that holds is told. @param away see Outage.text */
function awayReason(
  { loop, isDetached, override }: InstanceEntry,
  isReconciled: boolean,
  link: VenueLink | null,
  away: string | null,
): string | null {
  if (link !== null && !link.isOpen) return 'the connection to the venue is lost'
  if (link?.refusal != null) return 'the venue takes the key no more'
  if (away !== null) return `the venue is away: ${away}`
  if (isDetached) return 'the venue does not take the instance'
  if (!isReconciled) return COMPARED
  if (loop.isMarketStale) return 'its market is silent'
  if (loop.target.isLost) return 'an order is lost, and its venue knows no deadlines'
  return override === null ? null : 'it is being ended or closed'
}

/** Why it takes no new risk although its venue is there: what it holds may still be made smaller. */
function cautionOf({ loop }: InstanceEntry): string | null {
  const { gap, isDoubted } = loop.outside
  if (isDoubted) return COMPARED
  if (gap !== 0) return 'the position differs from that of the venue'
  // It may fill after its pair was taken for flat.
  return loop.target.isLoose ? 'an order of a target that was taken back is not settled' : null
}

/** Tells the bot when it changed, and after each welcome; events that were booked before stand before it in the stream. */
export function sendOpen(
  entry: InstanceEntry,
  isReconciled: boolean,
  link: VenueLink | null,
  away: string | null,
): void {
  if (entry.link === null) return
  const absence = awayReason(entry, isReconciled, link, away)
  const reason = absence ?? cautionOf(entry)
  const { gap, isDoubted } = entry.loop.outside
  const isPositionSure = gap === 0 && !isDoubted
  const canReduce = absence === null
  const text = reason === null ? '' : `${canReduce} ${isPositionSure} ${reason}`
  if (text === entry.openSent) return
  entry.openSent = text
  entry.link.send({ type: 'open', isOpen: reason === null, canReduce, reason, isPositionSure })
}
