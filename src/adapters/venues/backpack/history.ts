/** Backpack's histories, page by page: only a page that is not full is the end. */
import { VenueError } from '../../../ports/venue.ts'

export const PAGE_ROWS = 1000
/** Orders behind the newest that are looked through for an id: hours of a desk that sends without pause. */
const PAGES_MAX = 50

/** One page, from a row on. @throws VenueError */
export type Page = (offset: number) => Promise<unknown>

/**
 * All rows of a history, or those before the first that is `enough`.
 * @throws VenueError `unavailable` when an answer is no list, or the history is longer than is looked through
 */
export async function allRows<Row>(
  page: Page,
  isEnough: (row: Row) => boolean = () => false,
): Promise<Row[]> {
  const rows: Row[] = []
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const found = listOf<Row>(await page(rows.length))
    for (const row of found) {
      if (isEnough(row)) return rows
      rows.push(row)
    }
    if (found.length < PAGE_ROWS) return rows
  }
  throw new VenueError(
    'unavailable',
    'history_too_long',
    `backpack's history is longer than ${PAGES_MAX * PAGE_ROWS} rows and what was looked for is not among them: look at the venue's own page.`,
  )
}

/** @throws VenueError `unavailable` when the answer is no list */
export function listOf<Row>(answer: unknown): readonly Row[] {
  if (Array.isArray(answer)) return answer as Row[]
  throw new VenueError('unavailable', 'unreadable', "backpack's answer is no list.")
}

/** @throws VenueError `unavailable` when the answer is no object */
export function rowOf<Row>(answer: unknown): Row {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Row
  throw new VenueError('unavailable', 'unreadable', "backpack's answer is no object.")
}
