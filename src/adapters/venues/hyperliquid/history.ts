/** Everything that happened to the account since a moment, page by page. */
import type { Raw } from './raw.ts'
import { rowsOf } from './raw.ts'
import type { Question, Requests } from './requests.ts'

/** The least that the venue's pages hold (2000 fills, 500 of the rest): a shorter one is the last. */
const PAGE_MIN = 500
/** Rows are charged one by one from the second page on. */
const PAGE_EXTRA_WEIGHT = 100
const PAGES_MAX = 50

/**
 * Rows from `startTime` on, oldest first, each once. A page begins at the time of the last row before it, so rows of one
 * moment that a page has cut are not lost.
 * @throws VenueError when a page cannot be had: half of a history is none
 */
export async function pagesOf(
  requests: Requests,
  question: Question,
  startTime: number,
  fields: object = {},
): Promise<readonly Raw[]> {
  const seen = new Map<string, Raw>()
  let from = Math.max(0, Math.floor(startTime))
  for (let page = 0; page < PAGES_MAX; page++) {
    const extraWeight = page === 0 ? 0 : PAGE_EXTRA_WEIGHT
    const answer = await requests.askUser(
      { ...question, extraWeight },
      { startTime: from, ...fields },
    )
    const rows = rowsOf(answer, question.type)
    const known = seen.size
    for (const row of rows) seen.set(JSON.stringify(row), row)
    if (rows.length < PAGE_MIN || seen.size === known) break
    from = Math.max(...rows.map(timeOf))
  }
  return [...seen.values()].sort((a, b) => timeOf(a) - timeOf(b))
}

const timeOf = (row: Raw): number => Number(row['time'])
