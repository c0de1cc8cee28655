/**
 * Faults inside a running bot, on demand: a module that the bot loads before its own (`daemon_config.environment` with
 * NODE_OPTIONS), which looks for a file and then does what the file says on the bot's own thread.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `loop`: never returns; `hog`: takes memory; `flood`: writes output and never stops; `crash`: throws at once. */
export type Fault = 'loop' | 'hog' | 'flood' | 'crash'

const PROGRAM = `
import { existsSync, readFileSync, writeSync } from 'node:fs'
const file = process.env.DRILL_FAULT_FILE
const taken = []
const acts = {
  loop: () => { for (;;); },
  hog: () => setInterval(() => taken.push(Buffer.alloc(8 * 1024 * 1024, 1)), 50),
  flood: () => setInterval(() => { for (let i = 0; i < 40; i += 1) writeSync(1, 'x'.repeat(65535) + '\\n') }, 20),
  crash: () => { throw new Error('the drill crashes this bot') },
}
const look = () => {
  if (!existsSync(file)) return
  const act = acts[readFileSync(file, 'utf8').trim()]
  if (act) { clearInterval(timer); act() }
}
const timer = setInterval(look, 200)
timer.unref()
if (process.argv[1]?.endsWith('bot.js')) look()
`

/** Variables of a bot that obeys `inject`; writes the module into the folder. */
export function faultVariables(folder: string, id: string): Record<string, string> {
  const program = join(folder, 'drill-fault.mjs')
  writeFileSync(program, PROGRAM)
  return { NODE_OPTIONS: `--import=${program}`, DRILL_FAULT_FILE: faultFile(folder, id) }
}

const faultFile = (folder: string, id: string): string => join(folder, `fault-${id}`)

export const inject = (folder: string, id: string, fault: Fault): void =>
  writeFileSync(faultFile(folder, id), fault)

/** Processes that begin from now on are sound. */
export const heal = (folder: string, id: string): void =>
  rmSync(faultFile(folder, id), { force: true })
