/** The `perpfleet` command. */
import { CommanderError } from 'commander'
import { chooseLanguage, languageOption } from '../cli/language.ts'
import { buildProgram } from '../cli/program.ts'
import { processEnvironment, processVariables } from '../config/process-environment.ts'
import { CliWorld } from './cli-context.ts'
import { registerLocalJobs } from './jobs-local.ts'
import { packageVersion } from './package-version.ts'
import { RemoteWorld, remoteUrl } from './remote-world.ts'

const USAGE_EXIT = 2

const { LC_ALL, LC_MESSAGES, LANG } = processEnvironment()
const language = chooseLanguage(languageOption(process.argv.slice(2)), {
  own: processVariables().language,
  locale: LC_ALL || LC_MESSAGES || LANG || null,
})

const program = buildProgram(
  {
    contextOf: (options, speech) => {
      const url = remoteUrl(options)
      return url === null ? new CliWorld(options, speech) : new RemoteWorld(options, speech, url)
    },
    exit: (code) => {
      process.exitCode = code
    },
  },
  packageVersion(),
  language,
)
registerLocalJobs(program, language)

/** Every command ends by an error that we see, not by leaving the process. */
function overrideExits(command: typeof program): void {
  command.exitOverride()
  for (const child of command.commands) overrideExits(child)
}
overrideExits(program)

// A reader that closes early (`perpfleet logs | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT
}
// Sockets that fetch keeps open would hold a finished command for some seconds.
// A slow reader of a pipe gets all of both: what is not written yet would be lost.
if (process.exitCode !== undefined) {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()))
}
