// Installs and builds what is missing or stale in a checkout. Plain JavaScript without
// dependencies, runs on Node 20: it is what brings the dependencies and the newer Node.js.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join, relative, sep } from 'node:path'
import { fail, findNode, noNodeMessage } from '../bin/runtime.js'
import { buildDashboard, dashboardIsCurrent, keepDashboard } from './dashboard.mjs'
import { withLock } from './lock.mjs'

const say = (text) => process.stderr.write(`perpfleet: ${text}\n`)

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

// --- dependencies -------------------------------------------------------------------------------

const installMark = (root) => join(root, 'node_modules', '.perpfleet-lock')

function lockHash(root) {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const digest = createHash('sha256').update(lock).digest('hex')
  return `${digest} ${process.platform}-${process.arch}\n`
}

/** True when npm's own record of node_modules already agrees with package-lock.json. */
function installedMatchesLock(root) {
  const record = read(join(root, 'node_modules', '.package-lock.json'))
  if (record === undefined) return false
  const installed = JSON.parse(record).packages ?? {}
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages ?? {}
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const present = installed[path]
    return present ? present.version === entry.version : Boolean(entry.optional)
  })
}

function dependenciesAreCurrent(root) {
  return read(installMark(root)) === lockHash(root)
}

function install(root) {
  if (installedMatchesLock(root)) {
    writeFileSync(installMark(root), lockHash(root))
    return
  }
  say('installing dependencies (npm ci) …')
  // npm run puts node_modules/.bin in front: that Node.js is about to be removed and replaced
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
    .join(delimiter)
  const options = ['--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const result = spawnSync('npm', ['ci', '--loglevel=error', ...options], {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (result.error) fail(`perpfleet: npm cannot be started: ${result.error.message}`)
  if (result.status !== 0) {
    fail('perpfleet: the dependencies could not be installed; npm says why above')
  }
  writeFileSync(installMark(root), lockHash(root))
}

// --- dist ---------------------------------------------------------------------------------------

const isTest = (file) => file.endsWith('.test.ts')

function sources(root) {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !isTest(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

function sourceHash(root) {
  const hash = createHash('sha256')
  const settings = [
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'tsconfig.kit.json',
  ]
  for (const file of [...settings.map((name) => join(root, name)), ...sources(root)]) {
    hash.update(`${relative(root, file).split(sep).join('/')}\0`).update(readFileSync(file))
  }
  return `${hash.digest('hex')}\n`
}

const buildMark = (root) => join(root, 'dist', '.source-hash')

function distIsCurrent(root) {
  return read(buildMark(root)) === sourceHash(root)
}

const builder = () => findNode() ?? fail(noNodeMessage())

/** Compiles into a folder beside dist/ and swaps them, so that dist/ is never half written. */
function build(root) {
  say('building dist/ …')
  const hash = sourceHash(root)
  const fresh = join(root, 'dist.new')
  const old = join(root, 'dist.old')
  rmSync(fresh, { recursive: true, force: true })
  // types are checked by `npm run check`; here only what a program needs to run is made
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const compile = (project) =>
    spawnSync(builder(), [compiler, '-p', project, '--noCheck', '--outDir', fresh], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    }).status === 0
  // the second makes the types that strategies outside the repository are checked against
  if (!compile('tsconfig.build.json') || !compile('tsconfig.kit.json')) {
    rmSync(fresh, { recursive: true, force: true })
    fail('perpfleet: dist/ could not be built; the compiler says why above')
  }
  mkdirSync(fresh, { recursive: true })
  for (const file of sources(root)) {
    if (file.endsWith('.ts')) continue
    cpSync(file, join(fresh, relative(join(root, 'src'), file)))
  }
  writeFileSync(join(fresh, '.source-hash'), hash)
  rmSync(old, { recursive: true, force: true })
  keepDashboard(join(root, 'dist'), fresh)
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old)
  renameSync(fresh, join(root, 'dist'))
  rmSync(old, { recursive: true, force: true })
}

/** The commands work without the newest dashboard: with `strict` alone a failure ends the program. */
function dashboard(root, strict) {
  say('building the dashboard …')
  if (buildDashboard(root, builder())) return
  const earlier = existsSync(join(root, 'dist', 'dashboard'))
  const sentence = 'the dashboard could not be built; the builder says why above'
  if (strict || !earlier) fail(`perpfleet: ${sentence}`)
  say(`${sentence}; the earlier one stays`)
}

/**
 * Brings node_modules and, when asked, dist/ up to date; concurrent callers wait for each other.
 * `strict`: a dashboard that cannot be built is an error also where an earlier one is there.
 */
export async function prepare(root, { build: wantsBuild, strict = false }) {
  const isBuilt = () => distIsCurrent(root) && dashboardIsCurrent(root)
  const isCurrent = () => dependenciesAreCurrent(root) && (!wantsBuild || isBuilt())
  if (isCurrent()) return
  await withLock(join(root, '.prepare.lock'), say, () => {
    if (!dependenciesAreCurrent(root)) install(root)
    if (wantsBuild && !distIsCurrent(root)) build(root)
    if (wantsBuild && !dashboardIsCurrent(root)) dashboard(root, strict)
  })
}
