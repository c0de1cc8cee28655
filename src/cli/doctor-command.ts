/** doctor. */
import type { Command } from 'commander'
import type { DoctorCheck, DoctorLevel } from '../protocol/doctor-report.ts'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import { doctorMessages as m } from './messages/doctor.ts'
import { programMessages } from './messages/program.ts'
import { printJson } from './output.ts'

export function registerDoctorCommand(program: Command, joined: Joined): void {
  const { say } = joined.speech
  program
    .command('doctor')
    .description(say(m.about))
    .option('--venue <name>', say(m.venue))
    .option('--production', say(m.production))
    .option('--json', say(programMessages.json))
    .action(action(joined, doctor))
}

/** @returns 1 when a check fails */
async function doctor({ context, options, isJson, speech }: Invocation): Promise<number> {
  const checks = await context.doctor({
    venue: textOption(options, 'venue'),
    isProduction: isSet(options, 'production'),
  })
  const count = (level: DoctorLevel) => checks.filter((one) => one.level === level).length
  const total = { ok: count('ok'), warn: count('warn'), fail: count('fail') }
  if (isJson) printJson(context, { checks, ...total })
  else {
    printChecks(checks, context, speech)
    context.print(`${speech.say(m.total, total)}\n`)
  }
  return total.fail === 0 ? 0 : 1
}

/** A line each. */
export function printChecks(
  checks: readonly DoctorCheck[],
  context: Invocation['context'],
  speech: Invocation['speech'],
): void {
  const width = Math.max(...checks.map(({ check }) => check.length))
  for (const one of checks) context.print(lineOf(one, width, speech.relay))
}

function lineOf(one: DoctorCheck, width: number, relay: (text: string) => string): string {
  const { level, check, found, mend } = one
  const text = mend === null ? relay(found) : `${relay(found)}: ${relay(mend)}`
  return `${level.padEnd(4)}  ${check.padEnd(width)}  ${text}\n`
}
