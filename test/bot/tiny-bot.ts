/** The real bot process with the test strategy in place of the shipped ones: tiny-bot.ts --launch FILE. */
import { readBotLaunch, runBot } from '../../src/main/bot-process.ts'
import { tiny } from './tiny-strategy.ts'

const file = process.argv[process.argv.indexOf('--launch') + 1] ?? ''
await runBot(readBotLaunch(file), (id) => (id === tiny.id ? tiny : null))
