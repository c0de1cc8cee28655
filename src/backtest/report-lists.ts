/** Tables of a report with a head and a line for each thing listed: trips, fills, legs, trials. */
import { escapeHtml } from './chart.ts'
import { countText } from './report-figures.ts'
import { box } from './report-page.ts'

/** A text, or one with a CSS class of its own. */
export type Cell = string | { readonly text: string; readonly tone: string }

const none = (): boolean => false

/** @param isNumber of a column: whether it stands at the right */
export function listTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  isNumber: (column: number) => boolean = none,
): string {
  const classes = (column: number, tone: string): string => {
    const own = [...(isNumber(column) ? ['number'] : []), ...(tone === '' ? [] : [tone])]
    return own.length === 0 ? '' : ` class="${own.join(' ')}"`
  }
  const heads = head.map(
    (name, column) => `<th scope="col"${classes(column, '')}>${escapeHtml(name)}</th>`,
  )
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) => {
      const { text, tone } = typeof cell === 'string' ? { text: cell, tone: '' } : cell
      return `<td${classes(column, tone)}>${escapeHtml(text)}</td>`
    })
    return `<tr>${cells.join('')}</tr>`
  })
  return `<table class="list"><thead><tr>${heads.join('')}</tr></thead><tbody>${lines.join('')}</tbody></table>`
}

/** For tables whose first columns are words. */
export const numbersFrom =
  (first: number) =>
  (column: number): boolean =>
    column >= first

/** A list under a heading, `none` where it is empty. */
export const listBox = (
  title: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  isNumber: (column: number) => boolean,
): string =>
  box(title, rows.length === 0 ? '<p class="span">none</p>' : listTable(head, rows, isNumber))

const EXTREMES_SHOWN = 8

/** The few that brought most, best first, without losses; and the few that brought least, worst first, without gains. */
export function extremesOf<One>(
  all: readonly One[],
  netOf: (one: One) => number,
): { readonly best: readonly One[]; readonly worst: readonly One[] } {
  const sorted = [...all].sort((a, b) => netOf(b) - netOf(a))
  return {
    best: sorted.slice(0, EXTREMES_SHOWN).filter((one) => netOf(one) > 0),
    worst: sorted
      .slice(-EXTREMES_SHOWN)
      .reverse()
      .filter((one) => netOf(one) <= 0),
  }
}

const FILLS_SHOWN = 100

/** Those that a page has room for. */
export const lastFills = <Fill>(fills: readonly Fill[]): readonly Fill[] =>
  fills.slice(-FILLS_SHOWN)

/** The last fills, folded away. @param total how many there were in the run */
export function fillsBox(
  total: number,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const title =
    total > FILLS_SHOWN
      ? `Last ${FILLS_SHOWN} of ${countText(total)} fills (all in fills.csv)`
      : `${total} fills`
  return box(title, `<details><summary>show</summary>${listTable(head, rows)}</details>`)
}
