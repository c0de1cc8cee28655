/** completion, and the hidden __complete that the scripts ask at every press of the key. */
import { Argument, type Command } from 'commander'
import { processEnvironment } from '../config/process-environment.ts'
import { action, type Invocation, type Joined, type Options } from './action.ts'
import { type Completion, completionOf } from './completion.ts'
import { completionScripts, type Shell, shells } from './completion-scripts.ts'
import { CliError } from './context.ts'
import { completionMessages as m } from './messages/completion.ts'
import { sentence } from './speech.ts'

export function registerCompletionCommands(program: Command, joined: Joined): void {
  program
    .command('completion')
    .description(joined.speech.say(m.about))
    .addArgument(new Argument('[shell]', joined.speech.say(m.shell)).choices([...shells]))
    .action(action(joined, printScript))
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action((words: readonly string[], _options: unknown, command: Command) => {
      complete(program, joined, words, command.optsWithGlobals())
    })
}

function printScript({ context, args }: Invocation): number {
  context.print(completionScripts[shellOf(args[0] ?? null, processEnvironment()['SHELL'])])
  return 0
}

/**
 * @param loginShell what SHELL says
 * @throws CliError 2
 */
export function shellOf(named: string | null, loginShell: string | undefined): Shell {
  const name = named ?? loginShell?.split('/').at(-1) ?? ''
  const shell = shells.find((one) => one === name)
  if (shell !== undefined) return shell
  const found = named ?? (loginShell || m.notSet.en)
  throw new CliError(2, sentence(m.unknownShell, { list: shells.join(', '), found }))
}

/** Nothing that goes wrong here may disturb the line that somebody is writing. */
function complete(
  program: Command,
  joined: Joined,
  words: readonly string[],
  options: Options,
): void {
  try {
    const home = homeIn(words)
    const context = joined.contextOf(home === null ? options : { ...options, home })
    const completion = completionOf(program, words, (kind) => context.names(kind))
    context.print(linesOf(completion))
  } catch {
    // The shell shows nothing.
  }
  joined.exit(0)
}

/** The home that the line being written names. */
function homeIn(words: readonly string[]): string | null {
  const at = words.slice(0, -1).findLastIndex((word) => /^--home(=|$)/.test(word))
  const word = words[at]
  if (word === undefined) return null
  const value = word === '--home' ? words[at + 1] : word.slice('--home='.length)
  // The shell has not expanded it yet.
  return value?.replace(/^~(?=\/|$)/, processEnvironment()['HOME'] ?? '~') || null
}

function linesOf({ candidates, paths }: Completion): string {
  const lines = candidates.map(({ value, text }) => `${value}\t${text.replaceAll(/\s+/g, ' ')}\n`)
  return [...lines, ...(paths === null ? [] : [`:${paths}\n`])].join('')
}
