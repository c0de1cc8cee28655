/** Tables and numbers for terminals. */
import type { CliContext } from './context.ts'
import { displayWidth } from './width.ts'

export function printJson(context: CliContext, value: unknown): void {
  context.print(`${JSON.stringify(value, null, 2)}\n`)
}

export type Cell = string | number | null

/**
 * A plain table without borders; numbers stand to the right. `head` is separated by `|`. Laid out here: a fleet may have
 * thousands of rows, and the time of table libraries grows with their square.
 */
export function tableText(head: string, rows: readonly (readonly Cell[])[]): string {
  const names = head.split('|')
  const lines = [names, ...rows.map((row) => names.map((_, at) => shownCell(row[at])))]
  const columns = names.map((_, at) => ({
    isNumeric: rows.length > 0 && rows.every((row) => isNumber(row[at])),
    width: lines.reduce((widest, line) => Math.max(widest, columnsOf(line[at] ?? '')), 0),
  }))
  const texts = lines.map((line) =>
    columns
      .map(({ isNumeric, width }, at) => {
        const text = line[at] ?? ''
        const blanks = ' '.repeat(width - columnsOf(text))
        return isNumeric ? blanks + text : text + blanks
      })
      .join('  ')
      .trimEnd(),
  )
  return `${texts.join('\n')}\n`
}

const shownCell = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? '–' : String(cell).replaceAll(/\s*\n\s*/g, ' ')

const columnsOf = (text: string): number =>
  /^[ -~]*$/.test(text) ? text.length : displayWidth(text)

const isNumber = (cell: Cell | undefined): boolean =>
  cell === null || cell === undefined || /^[-+]?[\d,.]+ ?[%A-Za-z]{0,2}$/.test(String(cell))

/** Decimal text with two decimals and thousands; null stays null. */
export function amount(text: string | null): string | null {
  if (text === null) return null
  // What rounds to nothing is no loss: no -0.00.
  const shown = {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    signDisplay: 'negative',
  } as const
  return Number(text).toLocaleString('en-US', shown)
}

/** `3d 4h`, `12m 5s`: two units are enough. */
export function duration(seconds: number | null): string | null {
  if (seconds === null) return null
  const units: [number, string][] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ]
  const first = units.findIndex(([size]) => seconds >= size)
  if (first === -1) return '0s'
  let rest = seconds
  const parts = units.slice(first, first + 2).flatMap(([size, name]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return count > 0 ? [`${count}${name}`] : []
  })
  return parts.join(' ')
}
