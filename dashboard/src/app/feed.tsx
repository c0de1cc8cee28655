/** Which market it is: nobody may take a demonstration for the real one. */
import { FlaskConical } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { FeedView } from '../../../src/protocol/fleet-messages.ts'
import { Tooltip } from '../components/tooltip.tsx'
import { dateTime } from '../lib/format.ts'
import { useRelay } from '../lib/i18n.ts'
import { useFeed } from '../lib/queries.ts'

const REPLAY = 'replay:'

function useFeedName(): (feed: FeedView) => string {
  const { t } = useTranslation()
  return ({ feed, speed, label }) => {
    if (feed === 'demo') return t('feed.demo', { speed })
    if (feed.startsWith(REPLAY)) return t('feed.replay', { set: feed.slice(REPLAY.length), speed })
    return label
  }
}

export function FeedChip() {
  const { t } = useTranslation()
  const feed = useFeed()
  const nameOf = useFeedName()
  if (feed === null) return null
  const { market_time: marketTime, label } = feed
  const time = marketTime === null ? '' : ` · ${t('feed.time', { time: dateTime(marketTime) })}`
  return (
    <Tooltip text={`${label}${time}`}>
      <span
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation must be reachable by keyboard
        tabIndex={0}
        data-feed={feed.feed}
        className="inline-flex min-w-0 items-center gap-1.5 rounded-full bg-warn-soft px-2.5 py-1 text-xs font-semibold text-warn"
      >
        <FlaskConical aria-hidden className="size-3.5 shrink-0 phone:hidden" />
        <span className="num truncate">{nameOf(feed)}</span>
      </span>
    </Tooltip>
  )
}

/** A market that stands still says why. */
export function FeedNote() {
  const relay = useRelay()
  const note = useFeed()?.note
  if (note == null) return null
  return (
    <p role="status" className="bg-warn-soft px-4 py-2 text-center text-sm text-warn">
      {relay(note)}
    </p>
  )
}
