/** The trials of a search as CSV, one a line: parameters, objectives, every statistic, or why it failed. */
import { figureOf, statisticNames } from './figures.ts'
import type { Space } from './space.ts'
import { type Aim, isAllowed, type Trial, valuesOf } from './trials.ts'

export function trialsCsv(space: Space, aim: Aim, trials: readonly Trial[]): string {
  const head = [
    'trial',
    ...space.map(({ key }) => key),
    ...aim.objectives.map(({ text }) => `objective ${text}`),
    'allowed',
    'failure',
    'limited',
    ...statisticNames,
  ]
  const lines = trials.map((trial) => {
    const { index, point, row, failure, limited } = trial
    const figures = statisticNames.map((name) => (row === null ? null : figureOf(row, name)))
    const judged = [...valuesOf(aim, trial), isAllowed(aim, trial), failure, limited]
    return [index, ...point, ...judged, ...figures]
  })
  return `${[head, ...lines].map((cells) => cells.map(cell).join(',')).join('\n')}\n`
}

/** A cell; quoted where a comma, quote or line end stands in it. */
function cell(value: string | number | boolean | null): string {
  const text = value === null ? '' : String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
