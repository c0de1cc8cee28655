// Runs with the flags of a plug-in's child in place of its sandbox: what could code do that had left the realm?
import { writeSync } from 'node:fs'

const canary = process.argv[2]
const tries = {
  read: async () => (await import('node:fs')).readFileSync(canary, 'utf8'),
  list: async () => (await import('node:fs')).readdirSync('/').join(),
  write: async () => (await import('node:fs')).writeFileSync(`${canary}.new`, 'x') ?? 'written',
  child: async () =>
    (await import('node:child_process')).execFileSync('/bin/echo', ['x'], { encoding: 'utf8' }),
  worker: async () =>
    `${new (await import('node:worker_threads')).Worker('1', { eval: true }).threadId}`,
  addon: async () => process.dlopen({ exports: {} }, canary) ?? 'loaded',
  inspector: async () => (await import('node:inspector')).open(0) ?? 'open',
  eval: async () => new Function('return "evaluated"')(),
  environment: async () => JSON.stringify(process.env).replace('{}', ''),
}
const said = {}
for (const [name, run] of Object.entries(tries)) {
  try {
    said[name] = String((await run()) || 'refused: nothing')
  } catch (error) {
    said[name] = `refused: ${error.code ?? error.name}`
  }
}
writeSync(1, JSON.stringify(said))
