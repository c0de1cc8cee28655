/** docs/guides/backtest.md and optimize.md: their commands are run, and every line that it shows of their output is there, in its order. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runJobs } from './run-jobs.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-guide-'))
after(() => rmSync(scratch, { recursive: true }))

interface Step {
  readonly command: string
  readonly shown: readonly string[]
}

/** Commands begin with `$ `, lines that end with a backslash go on. */
function stepsOf(guide: string): readonly Step[] {
  const blocks = [...guide.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  return blocks.flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split(/^\$ perpfleet /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...shown] = part.trimEnd().split('\n')
        return { command, shown }
      }),
  )
}

function fileOf(name: string): string {
  const places = ['candles', 'funding'].map((place) => join(folder ?? '', place, name))
  return places.find((path) => existsSync(path)) ?? name
}

/** Files as they lie here, folders below the scratch one. */
const argumentsOf = (command: string): readonly string[] =>
  command
    .split(/\s+/)
    .map((word) => word.replaceAll('"', ''))
    .map((word) => (word.endsWith('.csv.gz') ? fileOf(word) : word))
    .map((word) => (word.startsWith('reports/') ? join(scratch, word) : word))

/** Columns are as wide as their longest word. */
const plain = (line: string): string => line.trim().replaceAll(/\s+/g, ' ')

test('the guide to backtests shows what its commands print', options, () =>
  follow('backtest.md', 11),
)

test(
  'the guide to searches shows what its commands print, on what the one before imported',
  options,
  () => follow('optimize.md', 2),
)

async function follow(name: string, count: number): Promise<void> {
  const guide = join(import.meta.dirname, '..', '..', 'docs', 'guides', name)
  const steps = stepsOf(readFileSync(guide, 'utf8'))
  assert.equal(steps.length, count)
  for (const { command, shown } of steps) {
    const { code, output, errors } = await runJobs([
      ...argumentsOf(command),
      '--home',
      join(scratch, 'home'),
    ])
    assert.equal(code, 0, `${command}: ${errors}`)
    assert.ok(shown.length > 0, `${command} shows nothing`)
    let lines = output.replaceAll(`${scratch}/`, '…/').split('\n').map(plain)
    for (const line of shown.map(plain)) {
      const at = lines.indexOf(line)
      assert.ok(at >= 0, `${command}\n  should print "${line}", found\n${lines.join('\n')}`)
      lines = lines.slice(at + 1)
    }
  }
}
