/** Wraps the work of a command: errors become one sentence on standard error and an exit code. */
import type { Command } from 'commander'
import { type CliContext, exitCodeOf } from './context.ts'

export type Options = Readonly<Record<string, unknown>>

export interface Invocation {
  readonly context: CliContext
  readonly args: readonly string[]
  readonly options: Options
  readonly isJson: boolean
}

/** Makes the context of a run once the global options are known. */
export type ContextMaker = (options: Options) => CliContext

/** Where the exit code goes. */
export type Exit = (code: number) => void

export interface Joined {
  readonly contextOf: ContextMaker
  readonly exit: Exit
}

export function action(
  joined: Joined,
  run: (invocation: Invocation) => Promise<number> | number,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command
    const options: Options = command.optsWithGlobals()
    const context = joined.contextOf(options)
    try {
      const isJson = options['json'] === true
      joined.exit(await run({ context, args: command.args, options, isJson }))
    } catch (error) {
      context.complain(error instanceof Error ? error.message : String(error))
      if (options['verbose'] === true && error instanceof Error) context.complain(error.stack ?? '')
      joined.exit(exitCodeOf(error))
    }
  }
}

export const textOption = (options: Options, name: string): string | null => {
  const value = options[name]
  return typeof value === 'string' ? value : null
}

export const isSet = (options: Options, name: string): boolean => options[name] === true
