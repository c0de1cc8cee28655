/** Opportunities that instances of two legs took, as rows: made of what their bots say, or have saved, of themselves. */
import type { ExecutedFilter, ExecutedLegRow, ExecutedRow } from '../protocol/arbitrage-messages.ts'

type Words = ReadonlyMap<string, unknown>

const wordsOf = (value: unknown): Words =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])

const listIn = (words: Words, name: string): readonly Words[] => {
  const found = words.get(name)
  return Array.isArray(found) ? found.map(wordsOf) : []
}

const textIn = (words: Words, name: string): string | null => {
  const found = words.get(name)
  return typeof found === 'string' ? found : null
}

const timeIn = (words: Words, name: string): string | null => {
  const found = words.get(name)
  return typeof found === 'number' ? new Date(found).toISOString() : null
}

/** `12.34 %` as a share. */
function shareIn(words: Words, name: string): string | null {
  const percent = Number.parseFloat(textIn(words, name) ?? '')
  return Number.isNaN(percent) ? null : (percent / 100).toFixed(4)
}

const OUTCOMES = ['profit', 'loss', 'unwound'] as const

/**
 * The newest first; none of a strategy that knows no opportunities.
 * @param status what its bot tells (GET /api/status of its own port), or told last
 */
export function executedRows(instance: string, status: unknown): readonly ExecutedRow[] {
  const told = wordsOf(status)
  const report = wordsOf(told.get('grid'))
  const contracts = listIn(told, 'legs')
  const settles = listIn(report, 'legs').map((leg) => textIn(leg, 'settle') ?? '')
  const rows = listIn(report, 'opportunities').flatMap((found): ExecutedRow[] => {
    const openedAt = timeIn(found, 'opened_at')
    if (openedAt === null) return []
    return [
      {
        instance,
        number: Number(found.get('number') ?? 0),
        opened_at: openedAt,
        closed_at: timeIn(found, 'closed_at'),
        held_s: Math.round(Number(found.get('held_ms') ?? 0)) / 1000,
        outcome: OUTCOMES.find((one) => one === found.get('outcome')) ?? null,
        // Its strategy notes the reason when it begins to leave.
        exit: timeIn(found, 'closed_at') === null ? null : textIn(found, 'exit'),
        first_leg: found.get('first_leg') === 'short' ? 'short' : 'long',
        base: textIn(report, 'base') ?? '',
        size: textIn(found, 'size'),
        settle: settles[0] ?? '',
        total: textIn(found, 'total') ?? '0',
        fees: textIn(found, 'fees'),
        funding: textIn(found, 'funding'),
        slippage: textIn(found, 'slippage'),
        margin_max: textIn(found, 'margin_max') ?? '0',
        margin_return: shareIn(found, 'margin_return'),
        annual_return: shareIn(found, 'annual_return'),
        legs: listIn(found, 'legs').map((leg, index) =>
          legRow(leg, contracts[index], settles[index] ?? ''),
        ),
      },
    ]
  })
  return rows.reverse()
}

function legRow(leg: Words, contract: Words | undefined, settle: string): ExecutedLegRow {
  const amount = (name: string): string => textIn(leg, name) ?? '0'
  return {
    venue: contract === undefined ? '' : (textIn(contract, 'venue') ?? ''),
    symbol: contract === undefined ? '' : (textIn(contract, 'symbol') ?? ''),
    bought: amount('bought'),
    sold: amount('sold'),
    cash: amount('cash'),
    fees: amount('fees'),
    funding: amount('funding'),
    slippage: amount('slippage'),
    total: textIn(leg, 'total'),
    settle,
  }
}

/** Rows of several instances: those that a filter lets through, the newest first, at most as many as it wants. */
export function chosenExecuted(
  rows: readonly ExecutedRow[],
  { instance, venue, since, limit }: ExecutedFilter,
): readonly ExecutedRow[] {
  return rows
    .filter(
      (row) =>
        (instance === null || row.instance === instance) &&
        (venue === null || row.legs.some((leg) => leg.venue === venue)) &&
        (since === null || row.closed_at === null || row.closed_at >= since),
    )
    .sort((a, b) =>
      a.opened_at === b.opened_at ? b.number - a.number : a.opened_at < b.opened_at ? 1 : -1,
    )
    .slice(0, limit)
}
