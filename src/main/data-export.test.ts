import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { gunzipSync } from 'node:zlib'

const home = mkdtempSync(join(tmpdir(), 'data-export-'))
after(() => rmSync(home, { recursive: true, force: true }))
mkdirSync(home, { recursive: true })

const CLI = join(import.meta.dirname, 'cli.ts')
const data = (...words: string[]) => {
  const env = { ...process.env, PERPFLEET_HOME: home, PERPFLEET_LANG: 'en' }
  const args = ['--disable-warning=ExperimentalWarning', CLI, 'data', ...words]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: home,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: status, stdout, stderr }
}

const T = Date.UTC(2024, 0, 1)
const lines = [0, 1, 2].map((at) => `${T + at * 60_000},100,101.5,99,100.25,12.3`)
const text = `timestamp_ms,open,high,low,close,volume\n${lines.join('\n')}\n`
const SET = 'okx/SOL_USDC_PERP/1m'
const file = join(home, 'out.csv')

it('a set is exported as it was imported, to standard output or a file that nothing overwrites', () => {
  writeFileSync(join(home, 'in.csv'), text)
  const terms = ['--venue', 'okx', '--symbol', 'SOL_USDC_PERP', '--timeframe', '1m']
  assert.equal(data('import', 'in.csv', ...terms).code, 0)
  assert.deepEqual(data('export', SET), { code: 0, stdout: text, stderr: '' })
  const written = data('export', SET, '--output', 'out.csv')
  assert.equal(written.stdout, `${SET}: 3 rows of candles written to out.csv\n`)
  assert.equal(readFileSync(file, 'utf8'), text)
  writeFileSync(file, 'mine')
  const refused = data('export', SET, '--output', 'out.csv')
  assert.deepEqual([refused.code, readFileSync(file, 'utf8')], [4, 'mine'])
  assert.match(refused.stderr, /^out\.csv exists: add --replace, [^\n]+\n$/)
  const json = data('export', SET, '--output', 'out.csv', '--replace', '--json')
  assert.deepEqual(JSON.parse(json.stdout), { set: SET, kind: 'candles', rows: 3, file })
  assert.equal(readFileSync(file, 'utf8'), text)
  const window = `${SET}@2024-01-01T00:01:00Z..`
  assert.equal(data('export', window, '--output', 'part.csv.gz').code, 0)
  const packed = gunzipSync(readFileSync(join(home, 'part.csv.gz'))).toString()
  assert.deepEqual(packed.trimEnd().split('\n').slice(1), lines.slice(1))
})

it('what cannot be exported is told in one sentence, and leaves nothing behind', () => {
  const before = readdirSync(home).sort()
  const cases: readonly (readonly [number, RegExp, ...string[]])[] = [
    [2, /^name a set: perpfleet data export okx/],
    [2, /cannot be read/, 'nonsense'],
    [3, /"perpfleet data resample okx\/SOL_USDC_PERP\/1m 5m"/, 'okx/SOL_USDC_PERP/5m'],
    [3, /did you mean okx\/SOL_USDC_PERP\/1m\?/, 'okx/SOL_USDT_PERP/1m'],
    [3, /^no funding of okx\/SOL_USDC_PERP\/1m is stored/, SET, '--kind', 'funding'],
    [3, /^no candles lie in /, `${SET}@2025-01-01..`],
    [2, /--json goes with --output/, SET, '--json'],
    [2, /^there is no folder /, SET, '--output', 'none/out.csv'],
    [2, /is a folder/, SET, '--output', 'history'],
  ]
  for (const [code, said, ...words] of cases) {
    const ran = data('export', ...words)
    assert.deepEqual([ran.code, ran.stdout], [code, ''], words.join(' '))
    assert.match(ran.stderr, said)
    assert.match(ran.stderr, /^[^\n]+\n$/)
  }
  assert.deepEqual(readdirSync(home).sort(), before)
  assert.equal(existsSync(join(home, 'none')), false)
})

it('its tables have no boxes, as those of all other commands', () => {
  const { stdout } = data('list')
  assert.doesNotMatch(stdout, /[─│┌]/)
  assert.match(stdout, /^okx\/SOL_USDC_PERP\/1m +candles +SOL\/USDC:USDC +3 +2024-01-01/m)
})
