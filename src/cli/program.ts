/** The command line: every command with its options. What the commands do it with is handed in by src/main/cli.ts. */
import { Command, Option } from 'commander'
import type { Joined } from './action.ts'
import { registerConfigCommands } from './config-commands.ts'
import { registerGridCommands } from './grid-commands.ts'
import { registerInstanceCommands } from './instance-commands.ts'
import { registerLifecycleCommands } from './lifecycle-commands.ts'
import { registerLogCommands } from './log-commands.ts'
import { languages } from './messages.ts'
import { registerTableCommands } from './table-commands.ts'
import { registerUpkeepCommands } from './upkeep-commands.ts'

const notJoined: Joined = {
  contextOf: () => {
    throw new Error('this program was built to be looked at, not to be run')
  },
  exit: () => {},
}

/** Without parts the program can be described, not run. */
export function buildProgram(joined: Joined = notJoined, version = '0.0.0'): Command {
  const program = new Command('perpfleet')
    .description('a fleet of trading bots for perpetual futures')
    .version(version)
    .option(
      '--home <folder>',
      'where configuration, databases and logs lie; default: PERPFLEET_HOME, else here',
    )
    .option('--fleet-config <file>', 'one more configuration file of the fleet')
    .option('--url <url>', 'control plane of another machine (PERPFLEET_URL), with PERPFLEET_TOKEN')
    .option('--verbose', 'stack traces with errors')
    .addOption(
      new Option('--lang <language>', 'language of the output')
        .choices([...languages])
        .default('en'),
    )
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
  registerLifecycleCommands(program, joined)
  registerUpkeepCommands(program, joined)
  registerInstanceCommands(program, joined)
  registerLogCommands(program, joined)
  registerGridCommands(program, joined)
  registerTableCommands(program, joined)
  registerConfigCommands(program, joined)
  return program
}
