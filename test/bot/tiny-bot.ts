/** The real bot process with the test strategies in place of the shipped ones: tiny-bot.ts --launch FILE. */

import type { AnyStrategy } from '../../src/engine/instance.ts'
import { readBotLaunch, runBot } from '../../src/main/bot-process.ts'
import { pair } from './pair-strategy.ts'
import { tiny } from './tiny-strategy.ts'

const file = process.argv[process.argv.indexOf('--launch') + 1] ?? ''
const strategies: readonly AnyStrategy[] = [tiny, pair as AnyStrategy]
await runBot(readBotLaunch(file), (id) => strategies.find((one) => one.id === id) ?? null)
