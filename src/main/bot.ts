/** The bot program: `node dist/main/bot.js --launch FILE` (see protocol/launch.ts for the file and the exit codes). */
import { setFlagsFromString } from 'node:v8'

const launchFile = process.argv[process.argv.indexOf('--launch') + 1]
if (!process.argv.includes('--launch') || launchFile === undefined) {
  process.stderr.write('a bot is started by the control plane: perpfleet start ID\n')
  process.exit(2)
}

// A bot handles a few events a second, and many bots share a machine: the optimising compilers and the source maps of all
// modules would take 20 MB of each for nothing. Both must be said before the modules are loaded.
process.setSourceMapsEnabled(false)
setFlagsFromString('--no-opt')
setFlagsFromString('--no-maglev')
const { strategyById } = await import('../strategies/registry.ts')
const { readBotLaunch, runBot } = await import('./bot-process.ts')
const launch = readBotLaunch(launchFile)
// Few bots run a strategy of their own, and the others need not load what hosts one.
const host = launch.strategyFile === undefined ? null : await import('./bot-plug-in.ts')
await runBot(launch, (id, failed) => host?.openPlugIn(launch, failed) ?? strategyById(id))
