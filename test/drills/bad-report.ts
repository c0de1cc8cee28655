/** What the drill of bad input finds, row by row, and what it looks at after each fault. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { until } from '../integration/fleet-home.ts'
import { table } from './figures.ts'
import { type DrillHome, type DrillReport, type Standing, standing, touched } from './fleet-home.ts'
import { sum } from './fleet-proc.ts'

const TRADE_LIMIT_MS = 90_000

export interface Found {
  readonly fault: string
  /** The sentences that people see. */
  readonly said: readonly string[]
  /** What each must say; one for each sentence, in any order. */
  readonly expected: readonly RegExp[]
  readonly others: string
  /** What else went wrong; empty = nothing. */
  readonly trouble?: readonly string[]
}

export class BadInputReport {
  readonly report: DrillReport
  readonly #rows: (readonly string[])[] = []

  constructor(report: DrillReport) {
    this.report = report
  }

  /** One fault: exactly the expected sentences, and nothing else went wrong. */
  found({ fault, said, expected, others, trouble = [] }: Found): void {
    const left = [...said]
    const missing = expected.filter((pattern) => {
      const at = left.findIndex((text) => pattern.test(text))
      if (at >= 0) left.splice(at, 1)
      return at < 0
    })
    const problems = [
      ...missing.map((pattern) => `nobody said ${pattern}`),
      ...left.map((text) => `said too much: ${text}`),
      ...trouble,
    ]
    this.report.check(fault, problems.length === 0, problems.join('; ') || others)
    const sentences = said.map((text) => text.replaceAll('|', '\\|')).join('<br>')
    this.#rows.push([fault, sentences || '–', others, problems.length === 0 ? 'yes' : 'NO'])
  }

  /** Counted as passed with the reason: what this machine does not allow cannot be shown. */
  skipped(fault: string, reason: string): void {
    this.report.check(fault, true, `skipped: ${reason}`)
    this.#rows.push([fault, '–', `skipped: ${reason}`, '–'])
  }

  /** One step that fails leaves the others. */
  async attempt(name: string, run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      this.report.check(name, false, error instanceof Error ? error.message : String(error))
    }
  }

  finish(): void {
    const head = ['fault', 'said', 'the others meanwhile', 'as demanded']
    this.report.section(`## Bad input\n\n${table(head, this.#rows)}`)
  }
}

/** Sentences of a command's error output; a stack trace would be more lines. */
export const sentencesOf = (text: string): string[] =>
  text.split('\n').filter((line) => line.trim() !== '')

/** Waits until the others have traded and tells how often. @returns what was touched instead, else nothing */
export async function othersTrade(
  home: DrillHome,
  before: ReadonlyMap<string, Standing>,
  except: readonly string[] = [],
): Promise<{ readonly text: string; readonly trouble: readonly string[] }> {
  const fills = (all: ReadonlyMap<string, Standing>) =>
    sum(
      [...all].filter(([id]) => before.has(id) && !except.includes(id)).map(([, one]) => one.fills),
    )
  const first = fills(before)
  await until('the others trade', async () => fills(await standing(home)) > first, TRADE_LIMIT_MS)
  const trouble = await touched(home, before, except)
  const count = before.size - except.filter((id) => before.has(id)).length
  const last = fills(await standing(home))
  return { text: `${count} untouched, fills ${first} → ${last}`, trouble }
}

/** Fills in the exchange's own books: counted without a control plane. */
export function fillsAtExchange(home: DrillHome): number {
  const path = join(home.dir, 'database', 'exchange.db')
  const database = new DatabaseSync(path, { readOnly: true, timeout: 3000 })
  try {
    const sql = `SELECT count(*) AS n FROM events WHERE json_extract(body, '$.kind') = 'fill'`
    return Number(database.prepare(sql).get()?.['n'])
  } finally {
    database.close()
  }
}

/** Waits for further fills at the exchange. */
export async function tradeOnAlone(home: DrillHome): Promise<string> {
  const first = fillsAtExchange(home)
  await until('fills at the exchange', () => fillsAtExchange(home) > first, TRADE_LIMIT_MS)
  return `fills at the exchange ${first} → ${fillsAtExchange(home)}`
}

/** Drafts that lie beside files, and a registry that is no JSON. */
export function halfWritten(home: DrillHome): string[] {
  const names = readdirSync(home.dir, { recursive: true }).map(String)
  const drafts = names.filter((name) => /\.(new|tmp|stale)$/.test(name))
  try {
    home.json('logs/instances.json')
  } catch (error) {
    return [...drafts, `logs/instances.json: ${error instanceof Error ? error.message : error}`]
  }
  return drafts.map((name) => `left behind: ${name}`)
}
