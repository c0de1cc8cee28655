import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { Command } from 'commander'
import { completionOf, type NameKind } from './completion.ts'
import { shellOf } from './completion-command.ts'
import { completionScripts, shells } from './completion-scripts.ts'
import { buildProgram } from './program.ts'

const names: Readonly<Record<NameKind, readonly string[]>> = {
  instance: ['sol_01', 'sol_02', 'eth_01'],
  tag: ['majors'],
  set: ['okx/SOL_USDC_PERP/5m'],
  template: ['demo_sol'],
}

/** What is offered for the last word. */
function offered(...words: string[]): string[] {
  const { candidates, paths } = completionOf(buildProgram(), words, (kind) => names[kind])
  return [...candidates.map(({ value }) => value), ...(paths === null ? [] : [`:${paths}`])]
}

describe('completion', () => {
  it('offers every command, and none that is hidden', () => {
    const all = offered('')
    for (const name of ['up', 'list', 'config', 'grid', 'doctor', 'completion', 'help'])
      assert.ok(all.includes(name), name)
    assert.ok(!all.some((name) => name.startsWith('_')))
    assert.deepEqual(offered('comp'), ['completion'])
    assert.ok(offered('config', '').includes('rollback'))
    assert.deepEqual(offered('config', 'roll'), ['rollback'])
    assert.deepEqual(offered('help', 'x'), [])
  })
  it('offers options of the command and of the program, those that are not given yet', () => {
    assert.deepEqual(offered('up', '--pa'), ['--pace'])
    assert.deepEqual(offered('up', '--pace', 'free', '--pa'), [])
    assert.deepEqual(offered('up', '--hom'), ['--home'])
    assert.deepEqual(offered('--hom'), ['--home'])
    assert.deepEqual(offered('logs', '-'), offered('logs', '--'))
    assert.ok(offered('config', 'show', '--').includes('--effective'))
    assert.deepEqual(offered('up', '--he'), ['--help'])
    assert.ok(offered('down', '').includes('--stop-bots'))
  })
  it('offers choices, after a blank and after =', () => {
    assert.deepEqual(offered('up', '--pace', ''), ['free', 'lockstep'])
    assert.deepEqual(offered('logs', '--stream', 'j'), ['journal'])
    assert.deepEqual(offered('logs', '--stream=d'), ['--stream=daemon'])
    assert.deepEqual(offered('completion', ''), [...shells])
    assert.deepEqual(offered('up', '--detach', '--pace', 'l'), ['lockstep'])
  })
  it('offers names that the home knows where they belong', () => {
    assert.deepEqual(offered('status', 's'), ['sol_01', 'sol_02'])
    assert.deepEqual(offered('status', 'sol_01', 's'), ['sol_02'])
    assert.deepEqual(offered('--home', '/x', 'kill', 'e'), ['eth_01'])
    assert.deepEqual(offered('logs', '-n', '5', 'e'), ['eth_01'])
    assert.deepEqual(offered('logs', '-n5', 'e'), ['eth_01'])
    assert.deepEqual(offered('orders', '--instance', 'e'), ['eth_01'])
    assert.deepEqual(offered('stop', '--tag', ''), ['majors'])
    assert.deepEqual(offered('up', '--feed', ''), ['demo', 'live', 'replay:okx/SOL_USDC_PERP/5m'])
    assert.deepEqual(offered('config', 'new', ''), ['demo_sol'])
    assert.deepEqual(offered('grid', 'preview', 'e'), ['eth_01', ':files'])
    assert.deepEqual(offered('status', '--', 'e'), ['eth_01'])
  })
  it('guesses no new name, and leaves paths to the shell', () => {
    assert.deepEqual(offered('config', 'new', 'demo_sol', 's'), [])
    assert.deepEqual(offered('start', '--instance-id', 's'), [])
    assert.deepEqual(offered('start', '--config', 'x'), [':files'])
    assert.deepEqual(offered('--home', ''), [':folders'])
    assert.deepEqual(offered('config', 'show', 'sol_01', 'sol'), [])
  })
  it('offers nothing that a shell would take for more than a word', () => {
    const evil = ['a\nb', '$(date)', 'a b', '`x`', "a'b", 'fine']
    const program = new Command().command('x').argument('[ids...]').parent
    assert.ok(program)
    const { candidates } = completionOf(program, ['x', ''], () => evil)
    assert.deepEqual(
      candidates.map(({ value }) => value),
      ['fine'],
    )
  })
})

describe('the completion scripts', () => {
  it('are that of the shell that is named, else of SHELL, else refused', () => {
    assert.equal(shellOf('fish', '/bin/bash'), 'fish')
    assert.equal(shellOf(null, '/usr/bin/zsh'), 'zsh')
    assert.throws(() => shellOf(null, '/bin/tcsh'), /SHELL is \/bin\/tcsh: name one/)
    assert.throws(() => shellOf(null, undefined), /SHELL is not set/)
    assert.throws(() => shellOf('tcsh', undefined), { exitCode: 2 })
  })
  for (const shell of shells) {
    const isHere = spawnSync(shell, ['--version']).status === 0
    const skip = isHere ? false : `${shell} is not installed here`
    it(`of ${shell} is understood by it`, { skip }, () => {
      const input = completionScripts[shell]
      const { status, stderr } = spawnSync(shell, ['-n'], { input, encoding: 'utf8' })
      assert.deepEqual([status, stderr], [0, ''])
    })
  }
})
