// Installs the pre-commit hook that runs the check. A hook of somebody else is left alone.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

const MARK = '# perpfleet: npm run hooks'
const HOOK = `#!/bin/sh\n${MARK}\nexec npm run --silent check\n`

const root = dirname(import.meta.dirname)
const name = execFileSync('git', ['rev-parse', '--git-path', 'hooks/pre-commit'], {
  cwd: root,
  encoding: 'utf8',
})
const path = resolve(root, name.trim())

if (existsSync(path) && !readFileSync(path, 'utf8').includes(MARK)) {
  console.error(`${path} exists and is not ours: add "npm run --silent check" to it by hand`)
  process.exit(1)
}
mkdirSync(dirname(path), { recursive: true })
writeFileSync(path, HOOK)
chmodSync(path, 0o755)
console.log(`installed ${path}: every commit runs npm run check first`)
