import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { CommandProcesses, whatItSaid } from './job-processes.ts'

test('a job that failed tells every fault of its file, not the last one alone', () => {
  const text =
    'a warning\n--strategy perp_grid: a is missing: give it\n--strategy perp_grid: b is missing\n'
  assert.equal(whatItSaid(text), '--strategy perp_grid: a is missing: give it; b is missing')
})

test('what has no place is the last line alone', () => {
  assert.equal(whatItSaid('one\ntwo things went wrong\n'), 'two things went wrong')
  assert.equal(whatItSaid(''), '')
})

const reports = mkdtempSync(join(tmpdir(), 'perpfleet-reports-'))
after(() => rmSync(reports, { recursive: true }))

test('a list shows the headline figures of what each command writes, and nothing of a report that is none', () => {
  const parts = { program: '', home: '', reports, environment: {}, more: [] }
  const processes = new CommandProcesses(parts)
  const written = (id: string, file: string, text: string) => {
    writeFileSync(join(processes.reportFolder(id), file), text)
    return processes.summaryOf(id)
  }
  const trial = { set: 'v/S/1h', instance: 'e0fe2b', best: [1], counts: { trials: 4 } }
  assert.deepEqual(written('a', 'optimize.json', JSON.stringify(trial)), {
    set: 'v/S/1h',
    counts: { trials: 4 },
  })
  const restriction = { mode: 'reduce_only', since: '2025-05-09', code: 'limit_drawdown' }
  const run = { instance: 'sol', returnOnCapital: 0.1, restriction, notes: [] }
  assert.deepEqual(written('b', 'result.json', JSON.stringify(run)), {
    instance: 'sol',
    returnOnCapital: 0.1,
    restriction,
  })
  assert.deepEqual(written('c', 'walk-forward.json', '{"sharpe": 1, "version": "1"}'), {
    sharpe: 1,
  })
  assert.equal(written('d', 'result.json', '{"half'), null)
  assert.equal(processes.summaryOf('e'), null)
})
