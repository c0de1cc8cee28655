/** The command line: every command with its options. What the commands do it with is handed in by src/main/cli.ts. */
import { Command, Option } from 'commander'
import type { Joined, Parts } from './action.ts'
import { registerArbitrageCommands } from './arbitrage-commands.ts'
import { registerCompletionCommands } from './completion-command.ts'
import { registerConfigCommands } from './config-commands.ts'
import { registerDoctorCommand } from './doctor-command.ts'
import { registerGridCommands } from './grid-commands.ts'
import { speakHelp } from './help.ts'
import { registerInstanceCommands } from './instance-commands.ts'
import { registerKeyCommands } from './key-commands.ts'
import { type Language, languages, readLanguage } from './language.ts'
import { registerLifecycleCommands } from './lifecycle-commands.ts'
import { registerLogCommands } from './log-commands.ts'
import { phrases } from './messages/phrases.ts'
import { programMessages as m } from './messages/program.ts'
import { registerNotifyCommands } from './notify-commands.ts'
import { registerSandboxCommands } from './sandbox-commands.ts'
import { type Speech, speechIn } from './speech.ts'
import { registerTableCommands } from './table-commands.ts'
import { registerUpkeepCommands } from './upkeep-commands.ts'
import { registerUserCommands } from './user-commands.ts'

const notJoined: Parts = {
  contextOf: () => {
    throw new Error('this program was built to be looked at, not to be run')
  },
  exit: () => {},
}

/** Without parts the program can be described, not run. */
export function buildProgram(
  parts: Parts = notJoined,
  version = '0.0.0',
  language: Language = 'en',
): Command {
  const speech = speechIn(language, phrases)
  const joined: Joined = {
    contextOf: (options) => parts.contextOf(options, speech),
    exit: (code) => parts.exit(code),
    speech,
  }
  const program = emptyProgram(speech, version)
  registerLifecycleCommands(program, joined)
  registerUpkeepCommands(program, joined)
  registerInstanceCommands(program, joined)
  registerLogCommands(program, joined)
  registerGridCommands(program, joined)
  registerTableCommands(program, joined)
  registerConfigCommands(program, joined)
  registerUserCommands(program, joined)
  registerKeyCommands(program, joined)
  registerNotifyCommands(program, joined)
  registerArbitrageCommands(program, joined)
  registerSandboxCommands(program, joined)
  registerDoctorCommand(program, joined)
  registerCompletionCommands(program, joined)
  return program
}

function emptyProgram(speech: Speech, version: string): Command {
  const { say } = speech
  const program = new Command('perpfleet')
    .description(say(m.about))
    .version(version, '-V, --version', say(m.version))
    .option('--home <folder>', say(m.home))
    .option('--fleet-config <file>', say(m.fleetConfig))
    .option('--url <url>', say(m.url))
    .option('--verbose', say(m.verbose))
  const refuse = (found: string): never =>
    program.error(say(m.unknownLanguage, { list: languages.join(', '), found }), { exitCode: 2 })
  const lang = new Option('--lang <language>', say(m.lang))
    .choices([...languages])
    .argParser((word: string) => readLanguage(word) ?? refuse(word))
  program.addOption(lang).showSuggestionAfterError()
  speakHelp(program, speech)
  return program
}
