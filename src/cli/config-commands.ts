/** config validate. */
import type { Command } from 'commander'
import { action, type Invocation, type Joined } from './action.ts'
import { printJson } from './output.ts'

export function registerConfigCommands(program: Command, joined: Joined): void {
  const config = program.command('config').description('configuration files')
  config
    .command('validate [file]')
    .description('every fault of one file, or of all files; changes nothing')
    .option('--json', 'print JSON')
    .action(action(joined, validate))
}

function validate({ context, args, isJson }: Invocation): number {
  const result = context.validate(args[0] ?? null)
  if (isJson) printJson(context, result)
  else {
    for (const text of result.faults) context.complain(text)
    for (const text of result.warnings) context.print(`warning: ${text}\n`)
    const names = result.instances.join(', ') || 'none'
    if (result.faults.length === 0) context.print(`all is well; instances: ${names}\n`)
  }
  return result.faults.length === 0 ? 0 : 1
}
