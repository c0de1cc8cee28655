import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'

const home = mkdtempSync(join(tmpdir(), 'data-download-'))
after(() => rmSync(home, { recursive: true, force: true }))

/** Tells on standard error which file of ccxt is loaded. */
const WATCH = `import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) {
  const file = /node_modules.ccxt.js.(.*)/.exec(url)
  if (file !== null) process.stderr.write('loads ' + file[1] + '\\n')
  return next(url, context)
} })`

function loadedBy(...words: readonly string[]): readonly string[] {
  const cli = join(import.meta.dirname, 'cli.ts')
  const args = [
    '--disable-warning=ExperimentalWarning',
    `--import=data:text/javascript,${encodeURIComponent(WATCH)}`,
    cli,
    ...words,
  ]
  const env = { ...process.env, PERPFLEET_HOME: home, PERPFLEET_LANG: 'en' }
  const { stderr, status } = spawnSync(process.execPath, args, { cwd: home, env, encoding: 'utf8' })
  assert.doesNotMatch(stderr, /SyntaxError/)
  assert.ok(status === 0 || status === 2, stderr)
  return [...stderr.matchAll(/^loads (.*)$/gm)].map(([, file = '']) => file)
}

it('ccxt is loaded by a download alone, and of its venues that one', () => {
  assert.deepEqual(loadedBy('data', 'list'), [])
  // A length that the venue lacks is told before anything is asked.
  const loaded = loadedBy('data', 'download', 'okx', 'SOL/USDT:USDT', '7m', '--from', '2025-01-01')
  const venues = loaded.filter((file) => /^src\/[a-z]+\.js$/.test(file))
  assert.deepEqual(venues, ['src/okx.js'])
})
