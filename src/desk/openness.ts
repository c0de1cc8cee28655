/**
 * Whether an instance may take new risk now, as far as the venue goes: what the bot of an instance of several legs must
 * know before it opens the other one (docs/concepts/desk.md, "Open for new risk").
 */
import type { VenueLink } from '../ports/venue.ts'
import type { InstanceEntry } from './instance-entry.ts'

/** Why it may not; null = it may. The first that holds is told. @param away see Outage.text */
export function closedReason(
  { loop, isDetached, override }: InstanceEntry,
  isReconciled: boolean,
  link: VenueLink | null,
  away: string | null,
): string | null {
  if (link !== null && !link.isOpen) return 'the connection to the venue is lost'
  if (link?.refusal != null) return 'the venue takes the key no more'
  if (away !== null) return `the venue is away: ${away}`
  if (isDetached) return 'the venue does not take the instance'
  if (!isReconciled || loop.outside.isDoubted) return 'the account is being compared with the venue'
  if (loop.isMarketStale) return 'its market is silent'
  if (loop.outside.gap !== 0) return 'the position differs from that of the venue'
  // It may fill after its pair was taken for flat.
  if (loop.target.isLost) return 'an order is lost, and its venue knows no deadlines'
  if (loop.target.isLoose) return 'an order of a target that was taken back is not settled'
  return override === null ? null : 'it is being ended or closed'
}

/** Tells the bot when it changed, and after each welcome; events that were booked before stand before it in the stream. */
export function sendOpen(
  entry: InstanceEntry,
  isReconciled: boolean,
  link: VenueLink | null,
  away: string | null,
): void {
  if (entry.link === null) return
  const reason = closedReason(entry, isReconciled, link, away)
  const { gap, isDoubted } = entry.loop.outside
  const isPositionSure = gap === 0 && !isDoubted
  const text = `${reason ?? ''}${isPositionSure ? '' : ' (unsure)'}`
  if (text === entry.openSent) return
  entry.openSent = text
  entry.link.send({ type: 'open', isOpen: reason === null, reason, isPositionSure })
}
