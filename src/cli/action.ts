/** Wraps the work of a command: errors become one sentence on standard error and an exit code. */
import type { Command } from 'commander'
import { type CliContext, CliError, exitCodeOf } from './context.ts'
import { commonMessages } from './messages/common.ts'
import { type Message, type Speech, sentenceIn } from './speech.ts'

export type Options = Readonly<Record<string, unknown>>

export interface Invocation {
  readonly context: CliContext
  readonly args: readonly string[]
  readonly options: Options
  readonly isJson: boolean
  /** Everything that a person reads is said by it. */
  readonly speech: Speech
}

/** What a program is joined to. */
export interface Parts {
  /** Makes the context of a run once the global options are known. */
  contextOf(options: Options, speech: Speech): CliContext
  /** Where the exit code goes. */
  exit(code: number): void
}

/** The same for its commands, with the language that they are described and answer in. */
export interface Joined {
  contextOf(options: Options): CliContext
  exit(code: number): void
  readonly speech: Speech
}

export function action(
  joined: Joined,
  run: (invocation: Invocation) => Promise<number> | number,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command
    const options: Options = command.optsWithGlobals()
    const { speech } = joined
    const context = joined.contextOf(options)
    try {
      const isJson = options['json'] === true
      joined.exit(await run({ context, args: command.args, options, isJson, speech }))
    } catch (error) {
      context.complain(errorText(error, speech))
      if (options['verbose'] === true && error instanceof Error) context.complain(error.stack ?? '')
      joined.exit(exitCodeOf(error))
    }
  }
}

/** Makes the commands of a group, each of which can answer in JSON. */
export const jsonCommands =
  (joined: Joined) =>
  (
    parent: Command,
    name: string,
    text: Message,
    run: (invocation: Invocation) => Promise<number> | number,
  ): Command =>
    parent
      .command(name)
      .description(joined.speech.say(text))
      .option('--json', joined.speech.say(commonMessages.json))
      .action(action(joined, run))

/** What an error says, in the language of the run where its words are known. */
export function errorText(error: unknown, speech: Speech): string {
  if (error instanceof CliError && error.sentence !== null)
    return sentenceIn(speech.language, error.sentence)
  return speech.relay(error instanceof Error ? error.message : String(error))
}

export const textOption = (options: Options, name: string): string | null => {
  const value = options[name]
  return typeof value === 'string' ? value : null
}

export const isSet = (options: Options, name: string): boolean => options[name] === true
