/** Tables and numbers for terminals. */
import Table from 'cli-table3'
import type { CliContext } from './context.ts'

export function printJson(context: CliContext, value: unknown): void {
  context.print(`${JSON.stringify(value, null, 2)}\n`)
}

export type Cell = string | number | null

/** A plain table without borders; numbers stand to the right. `head` is separated by `|`. */
export function tableText(head: string, rows: readonly (readonly Cell[])[]): string {
  const names = head.split('|')
  const isNumeric = names.map((_, at) => rows.length > 0 && rows.every((row) => isNumber(row[at])))
  const table = new Table({
    head: names,
    colAligns: isNumeric.map((is) => (is ? 'right' : 'left')),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  })
  for (const row of rows) table.push(row.map((cell) => (cell === null ? '–' : String(cell))))
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`
}

const isNumber = (cell: Cell | undefined): boolean =>
  cell === null || cell === undefined || /^[-+]?[\d,.]+ ?[%A-Za-z]{0,2}$/.test(String(cell))

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}

/** Decimal text with two decimals and thousands; null stays null. */
export function amount(text: string | null): string | null {
  if (text === null) return null
  const shown = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
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
