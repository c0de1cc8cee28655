// Builds dist/dashboard when what it is made of has changed. Apart from dist/: a change of src/ does
// not build it anew, nor the other way round. Plain JavaScript without dependencies, runs on Node 20.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, sep } from 'node:path'

/** What of src/ becomes part of it; scripts/boundaries.ts allows no more (types are gone when it runs). */
const SHARED = [
  /^src\/cli\/speech\.ts$/,
  /^src\/cli\/messages\/(phrases[\w-]*|reasons|words)\.ts$/,
  /^src\/domain\/reason\.ts$/,
]
const SHARED_FOLDERS = ['src/cli', 'src/cli/messages', 'src/domain']

const isSource = (name) => !name.endsWith('.test.ts') && !name.endsWith('.md')

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isSource(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

/** The files of src/ that it is made of. */
export function sharedFiles(root) {
  return SHARED_FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((file) => SHARED.some((pattern) => pattern.test(file)))
    .map((file) => join(root, file))
}

function sourceHash(root) {
  const hash = createHash('sha256')
  const files = [...filesBelow(join(root, 'dashboard')), ...sharedFiles(root)].sort()
  for (const file of [join(root, 'package-lock.json'), ...files]) {
    hash.update(`${relative(root, file).split(sep).join('/')}\0`).update(readFileSync(file))
  }
  return `${hash.digest('hex')}\n`
}

const MARK = join('.vite', 'source-hash')

function markOf(root) {
  try {
    return readFileSync(join(root, 'dist', 'dashboard', MARK), 'utf8')
  } catch {
    return undefined
  }
}

export function dashboardIsCurrent(root) {
  return !existsSync(join(root, 'dashboard')) || markOf(root) === sourceHash(root)
}

/** Builds beside dist/ and swaps. False: it could not be built, and the builder has said why. */
export function buildDashboard(root, node) {
  const hash = sourceHash(root)
  const fresh = join(root, 'dist.dashboard')
  const old = join(root, 'dist.dashboard.old')
  const place = join(root, 'dist', 'dashboard')
  rmSync(fresh, { recursive: true, force: true })
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', 'dashboard', '--outDir', fresh, '--emptyOutDir', '--logLevel=warn']
  const result = spawnSync(node, args, {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 2, 2],
  })
  if (result.status !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    return false
  }
  mkdirSync(join(fresh, '.vite'), { recursive: true })
  writeFileSync(join(fresh, MARK), hash)
  rmSync(old, { recursive: true, force: true })
  if (existsSync(place)) renameSync(place, old)
  renameSync(fresh, place)
  rmSync(old, { recursive: true, force: true })
  return true
}

/** What is built stays when dist/ is replaced. */
export function keepDashboard(from, to) {
  if (existsSync(join(from, 'dashboard')))
    renameSync(join(from, 'dashboard'), join(to, 'dashboard'))
}
