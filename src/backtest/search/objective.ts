/** What a search aims at, and what it demands: expressions over the statistics of a run. */

import { type Evaluate, ExpressionError, parseExpression } from './expression.ts'
import { statisticNames } from './figures.ts'

export interface Objective {
  /** As it was written. */
  readonly text: string
  readonly direction: 'max' | 'min'
  readonly evaluate: Evaluate
  /** Whether 0 parts good from bad, as of returns and ratios; false for figures that are never below it. */
  readonly isSigned: boolean
}

/** A demand such as `maxDrawdown<0.2`; N/A does not meet it. */
export interface Constraint {
  readonly text: string
  isMet(figure: (name: string) => number | null): boolean
}

/** Single figures of which less is better. */
const LESS_IS_BETTER = new Set([
  'volatility',
  'valueAtRisk95',
  'conditionalValueAtRisk95',
  'maxDrawdown',
  'maxDrawdownAmount',
  'maxDrawdownDays',
  'averageDrawdown',
  'averageDrawdownDays',
  'losses',
  'averageLoss',
  'consecutiveLosses',
  'turnover',
  'exposure',
  'notionalMax',
  'feesTotal',
  'feeShare',
  'worstMarginRatio',
  'liquidations',
])

/** Single figures that are never below 0: only their order tells good from bad. */
const NEVER_NEGATIVE = new Set([
  ...LESS_IS_BETTER,
  'days',
  'finalEquity',
  'trades',
  'wins',
  'winRate',
  'profitFactor',
  'averageWin',
  'averageTradeHours',
  'longestTradeHours',
  'consecutiveWins',
  'fills',
  'timeInRange',
  'completedGrids',
])

/**
 * Reads `sharpe`, `maxDrawdown` (less is better), `sharpe - 2*maxDrawdown` (an expression: more is better) or either
 * with `min:` or `max:` before it.
 * @throws ExpressionError
 */
export function parseObjective(text: string): Objective {
  const [, prefix, body = ''] = /^\s*(?:(min|max):)?(.*)$/s.exec(text) ?? []
  const name = body.trim()
  const evaluate = parseExpression(name, statisticNames)
  const usual = LESS_IS_BETTER.has(name) ? 'min' : 'max'
  return {
    text: text.trim(),
    direction: prefix === undefined ? usual : (prefix as 'max'),
    evaluate,
    isSigned: !NEVER_NEGATIVE.has(name),
  }
}

/** The value as a score of which more is always better; null stays null. */
export const scoreOf = ({ direction }: Objective, value: number | null): number | null =>
  value === null ? null : direction === 'max' ? value : -value

const COMPARISON = /^(.+?)(<=|>=|<|>|=)(.+)$/s

/**
 * Reads `maxDrawdown<0.2` or `trades>=30`; both sides may be expressions.
 * @throws ExpressionError
 */
export function parseConstraint(text: string): Constraint {
  const found = COMPARISON.exec(text)
  if (found === null)
    throw new ExpressionError(
      `constraint "${text}" cannot be read: compare two figures, e.g. "maxDrawdown<0.2" or "trades>=30"`,
    )
  const [, left = '', sign = '', right = ''] = found
  const [a, b] = [parseExpression(left, statisticNames), parseExpression(right, statisticNames)]
  return {
    text: text.trim(),
    isMet: (figure) => {
      const [one, other] = [a(figure), b(figure)]
      return one !== null && other !== null && compare(one, sign, other)
    },
  }
}

function compare(a: number, sign: string, b: number): boolean {
  switch (sign) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    default:
      return a === b
  }
}
