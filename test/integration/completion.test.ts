// The completion script in a real bash, asked as readline asks it, with the compiled command behind it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'main', 'cli.js')
const home = mkdtempSync(join(tmpdir(), 'complete-'))
const tools = join(home, 'tools')
after(() => rmSync(home, { recursive: true, force: true }))

const environment = {
  ...process.env,
  PATH: `${tools}:${process.env.PATH}`,
  PERPFLEET_HOME: home,
  HOME: home,
}

const header = {
  formatVersion: 1,
  kind: 'candles',
  venue: 'okx',
  symbol: 'SOL/USDC:USDC',
  timeframe: '5m',
  rows: 0,
  firstAt: 0,
  lastAt: 0,
  priceDecimals: 2,
  quantityDecimals: 2,
  lotSize: 1,
  sources: [],
  columns: [],
  columnsSha256: '',
}

function put(path: string, text: string): void {
  mkdirSync(join(home, path, '..'), { recursive: true })
  writeFileSync(join(home, path), text)
}

before(() => {
  const flags = '--disable-warning=ExperimentalWarning'
  put('tools/perpfleet', `#!/bin/sh\nexec '${process.execPath}' ${flags} '${CLI}' "$@"\n`)
  chmodSync(join(tools, 'perpfleet'), 0o755)
  const script = spawnSync(join(tools, 'perpfleet'), ['completion', 'bash'], {
    env: environment,
    encoding: 'utf8',
  })
  put('perpfleet.bash', script.stdout)
  put('config/active/sol.json', '{"metadata": {"instance_id": "sol_01", "tags": ["majors"]}}')
  put('config/active/sol_02.yml', 'metadata:\n  symbol: [not right\n')
  put('other/config/active/far.json', '{}')
  put('history/okx/SOL_USDC_PERP/5m.candles.json', JSON.stringify(header))
})

// Readline cuts the line at blanks and at COMP_WORDBREAKS; `compgen -W` and `read -e` cannot be driven without a terminal,
// so the words are cut here in the same way: each run of : = @ is a word of its own.
const ASK = `
source ./perpfleet.bash
COMP_LINE="$1"
COMP_POINT=\${#COMP_LINE}
COMP_WORDS=()
rest="$COMP_LINE"
while [[ -n "$rest" ]]; do
  if [[ "$rest" =~ ^[[:space:]]+ ]]; then :
  elif [[ "$rest" =~ ^[:=@]+ || "$rest" =~ ^[^[:space:]:=@]+ ]]; then COMP_WORDS+=("\${BASH_REMATCH[0]}")
  fi
  rest="\${rest#"\${BASH_REMATCH[0]}"}"
done
if [[ "$COMP_LINE" =~ [[:space:]]$ ]]; then COMP_WORDS+=(''); fi
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_perpfleet
printf '%s\\n' "\${COMPREPLY[@]}"
`

function pressTab(line: string): string[] {
  const options = { cwd: home, env: environment, encoding: 'utf8', timeout: 30_000 } as const
  const { status, stdout, stderr } = spawnSync('bash', ['-c', ASK, 'bash', line], options)
  assert.deepEqual([status, stderr], [0, ''])
  return stdout.split('\n').filter((one) => one !== '')
}

const hasBash = spawnSync('bash', ['--version']).status === 0

describe('the completion script in bash', { skip: hasBash ? false : 'no bash here' }, () => {
  it('completes commands, those of the jobs included', () => {
    assert.deepEqual(pressTab('perpfleet comp').sort(), ['compare', 'completion'])
    assert.deepEqual(pressTab('perpfleet backt'), ['backtest'])
    assert.deepEqual(pressTab('perpfleet config roll'), ['rollback'])
  })
  it('completes options and choices', () => {
    assert.deepEqual(pressTab('perpfleet up --det'), ['--detach'])
    assert.deepEqual(pressTab('perpfleet up --pace '), ['free', 'lockstep'])
    assert.deepEqual(pressTab('perpfleet logs --stream=j'), ['journal'])
  })
  it('completes ids from the files, faulty ones too, and from the home that the line names', () => {
    assert.deepEqual(pressTab('perpfleet status '), ['sol_01', 'sol_02'])
    assert.deepEqual(pressTab('perpfleet status sol_01 '), ['sol_02'])
    assert.deepEqual(pressTab('perpfleet --home ~/other status '), ['far'])
    assert.deepEqual(pressTab('perpfleet stop --tag '), ['majors'])
  })
  it('completes sets, behind the colon that bash takes for the end of a word', () => {
    assert.deepEqual(pressTab('perpfleet data check '), ['okx/SOL_USDC_PERP/5m'])
    assert.deepEqual(pressTab('perpfleet up --feed replay:o'), ['okx/SOL_USDC_PERP/5m'])
    assert.deepEqual(pressTab('perpfleet up --feed re'), ['replay:okx/SOL_USDC_PERP/5m'])
    assert.deepEqual(pressTab('perpfleet up --feed replay:'), ['okx/SOL_USDC_PERP/5m'])
  })
  it('completes files itself, and nothing where nothing is known', () => {
    assert.deepEqual(pressTab('perpfleet start --config too'), ['tools'])
    assert.deepEqual(pressTab('perpfleet --home his'), ['history'])
    assert.deepEqual(pressTab('perpfleet start --instance-id s'), [])
    assert.deepEqual(pressTab('perpfleet nonsense '), [])
  })
})

describe('perpfleet completion', () => {
  const run = (environmentShell: string, ...args: string[]) =>
    spawnSync(join(tools, 'perpfleet'), ['completion', ...args], {
      env: { ...environment, SHELL: environmentShell },
      encoding: 'utf8',
      timeout: 30_000,
    })
  it('guesses the shell and refuses one that it does not know with exit 2', () => {
    assert.match(run('/bin/zsh').stdout, /^#compdef perpfleet/)
    assert.match(run('/bin/zsh', 'fish').stdout, /complete -c perpfleet/)
    assert.equal(run('/bin/tcsh').status, 2)
    assert.match(run('/bin/tcsh').stderr, /^completion knows bash, zsh, fish, SHELL is \/bin\/tcsh/)
    assert.equal(run('/bin/bash', 'tcsh').status, 2)
  })
})
