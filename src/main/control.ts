/** The control plane as a process of its own: `perpfleet up --detach` starts `node dist/main/control.js --launch FILE`. */
import { readFileSync } from 'node:fs'
import type { ControlOptions } from './control-start.ts'
import { runControl } from './run-control.ts'

const file = process.argv[process.argv.indexOf('--launch') + 1]
if (!process.argv.includes('--launch') || file === undefined) {
  process.stderr.write('the control plane is started by perpfleet up\n')
  process.exit(2)
}
const options = JSON.parse(readFileSync(file, 'utf8')) as ControlOptions
process.exitCode = await runControl(
  options,
  (text) => void process.stdout.write(`${text}\n`),
  (text) => void process.stderr.write(`${text}\n`),
)
// Sockets of clients that went away would hold the process for a while.
process.exit()
