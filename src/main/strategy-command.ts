/** `perpfleet strategy check FILE`: whether a strategy in a file of its own may run, and what it describes. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { commonMessages } from '../cli/messages/common.ts'
import { strategyMessages as m } from '../cli/messages/strategies.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import { displayPath } from '../config/files.ts'
import { type CheckedStrategy, readStrategyFile } from '../config/strategy-file.ts'
import {
  type ExitCode,
  type JobContext,
  JobError,
  jobAction,
  printJson,
  printTable,
} from './job-command.ts'

export function registerStrategy(program: Command, speech: Speech): void {
  const { say } = speech
  const strategy = program.command('strategy').description(say(m.group))
  strategy
    .command('check <file>')
    .description(say(m.check))
    .option('--json', say(commonMessages.json))
    .action(jobAction(speech, check))
}

function check({ home, isJson, speech }: JobContext, [given = '']: readonly string[]): ExitCode {
  const path = resolve(given)
  if (!existsSync(path)) throw new JobError(3, sentence(m.absent, { file: given }))
  const { faults, warnings, checked } = readStrategyFile(path, home)
  const file = displayPath(path, home)
  if (isJson) printJson({ file, faults, warnings, ...describe(checked) })
  else {
    for (const text of faults) process.stderr.write(`${speech.relay(text)}\n`)
    for (const text of warnings) process.stderr.write(`${speech.relay(text)}\n`)
    if (checked !== null) tell(checked, file, speech)
  }
  return checked === null || faults.length > 0 ? 1 : 0
}

function describe(checked: CheckedStrategy | null) {
  if (checked === null) return { strategy: null, sha256: null, parameters: null }
  const { id, file, parameters } = checked
  return { strategy: id, sha256: file.sha256, parameters }
}

function tell({ id, parameters }: CheckedStrategy, file: string, { say }: Speech): void {
  const count = Object.keys(parameters).length
  process.stdout.write(`${say(m.mayRun, { file, id, count })}\n`)
  const rows = Object.entries(parameters).map(([key, schema]) => {
    const standard = schema.default === undefined ? '' : String(schema.default)
    return [key, schema.type, schema.isRequired === true ? say(m.required) : standard, schema.doc]
  })
  if (rows.length > 0)
    printTable([say(m.parameter), say(m.type), say(m.standard), say(m.meaning)], rows)
}
