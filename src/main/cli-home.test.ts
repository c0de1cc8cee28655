// The command line on homes that are there, and on those that are not.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'

const scratch = mkdtempSync(join(tmpdir(), 'cli-home-'))
after(() => rmSync(scratch, { recursive: true, force: true }))

const CLI = join(import.meta.dirname, 'cli.ts')
const run = (home: string, ...words: string[]) => {
  const env = { ...process.env, PERPFLEET_HOME: home, PERPFLEET_LANG: 'en' }
  const args = ['--disable-warning=ExperimentalWarning', CLI, ...words]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: scratch,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: status, stdout, stderr }
}

describe('a home that does not exist', () => {
  const typo = join(scratch, 'typo')
  const reading = [
    'list',
    'logs --all',
    'config history x',
    'config validate',
    'down',
    'data list',
    'doctor',
    'grid preview x',
  ]
  for (const words of reading)
    it(`is told by ${words}, and not made`, () => {
      const { code, stdout, stderr } = run(typo, ...words.split(' '))
      assert.deepEqual([code, stdout], [3, ''])
      assert.match(stderr, /^there is no home at \/[^\n]*typo: [^\n]+\n$/)
      assert.equal(existsSync(typo), false)
    })
  it('is told when --home names it as well', () => {
    const { code, stderr } = run(scratch, 'status', '--home', 'typo')
    assert.equal(code, 3)
    assert.match(stderr, /^there is no home at /)
  })
  it('is made by up, which says so first', () => {
    const made = join(scratch, 'made')
    const { code, stdout } = run(made, 'up', '--feed', 'replay:none/X_USDC_PERP/1m', '--port', '0')
    assert.notEqual(code, 0)
    assert.equal(stdout.split('\n')[0], `makes a new home at ${made} with the demo instances`)
    const again = run(made, 'up', '--feed', 'replay:none/X_USDC_PERP/1m', '--port', '0')
    assert.doesNotMatch(again.stdout, /makes a new home/)
  })
})

describe('a new instance', () => {
  const home = join(scratch, 'home')
  it('says when it starts, and that it got an account of its own beside the demo', () => {
    assert.equal(run(home, 'init', '--demo').code, 0)
    const long = run(home, 'config', 'new', 'grid_long', 'long')
    assert.equal(
      long.stdout,
      'wrote config/active/long.json: it stays stopped: perpfleet start long\n' +
        'its contract is taken on the account of the template, so it trades on a paper account of its own: exchange_config.account long\n',
    )
    const second = run(home, 'config', 'new', 'demo_sol_01', 'demo_sol_02')
    assert.match(second.stdout, /demo_sol_02\.json: it starts with the next perpfleet up\n/)
    assert.match(second.stdout, /a paper account of its own: [^\n]+ demo_sol_02\n$/)
  })
  it('is told when an older file has the contract and the account of another, and counted as a warning', () => {
    for (const name of ['demo_sol_01', 'demo_eth_01']) {
      const file = join(home, 'config', 'active', `${name}.json`)
      const old = run(home, 'config', 'import', file, '--instance-id', `${name}_old`)
      assert.match(old.stdout, new RegExp(`warning: ${name} trades the same contract`))
    }
    const { code, stdout } = run(home, 'config', 'validate')
    assert.equal(code, 0)
    assert.match(stdout, /\nvalid, 2 warnings; instances: [^\n]+\n$/)
  })
  it('is compared with a version that has to be named', () => {
    const { code, stderr } = run(home, 'config', 'diff', 'long')
    assert.equal(code, 2)
    assert.match(stderr, /^say which version to compare with: [^\n]+config history long[^\n]*\n$/)
  })
})
