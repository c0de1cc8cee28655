import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command } from 'commander'
import type { CliContext } from './context.ts'
import type { KeyOperations, KeyView } from './key-operations.ts'
import { buildProgram } from './program.ts'

const view = (name: string, usedBy: readonly string[] = []): KeyView => ({
  name,
  venue: 'okx',
  added_at: '2026-11-21T10:00:00.000Z',
  fingerprint: 'abcdef012345',
  ending: 'WXYZ',
  used_by: usedBy,
})

interface Given {
  /** What is typed, or comes by standard input. */
  readonly lines?: readonly string[]
  readonly hasTerminal?: boolean
  readonly hasKey?: boolean
  readonly hasVault?: boolean
}

async function run(words: readonly string[], given: Given = {}) {
  const lines = [...(given.lines ?? [])]
  const done: unknown[] = []
  const keys: KeyOperations = {
    list: () => [view('used', ['bot_1', 'bot_2']), view('free')],
    hasVault: given.hasVault ?? true,
    hasKey: given.hasKey ?? false,
    add: async (...all) => {
      done.push(['add', ...all])
      return view(all[0])
    },
    test: async (...all) => {
      done.push(['test', ...all])
      const level = all[1] ? 'fail' : 'ok'
      return [{ level, check: 'key', found: 'it may not withdraw', mend: null }]
    },
    remove: (name) => void done.push(['remove', name]),
    rotate: async (...all) => {
      done.push(['rotate', ...all])
      return 2
    },
  }
  let [out, code] = ['', -1]
  const answer = () => Promise.resolve(lines.shift() ?? '')
  const context: Partial<CliContext> = {
    print: (text) => {
      out += text
    },
    complain: (text) => {
      out += text
    },
    canAsk: given.hasTerminal ?? true,
    keys: () => keys,
    askSecret: answer,
    readLine: answer,
  }
  const program = buildProgram({
    contextOf: () => context as CliContext,
    exit: (ended) => {
      code = ended
    },
  })
  const quieten = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {} })
    command.commands.forEach(quieten)
  }
  quieten(program)
  await program.parseAsync(words, { from: 'user' }).catch(() => {
    code = 2
  })
  return { code, out, done }
}

const add = ['keys', 'add', 'main', '--venue', 'okx']
const parts = ['canary-key', 'canary-secret', 'canary-pass']
const credentials = { api_key: parts[0], secret_key: parts[1], passphrase: parts[2] }

describe('keys', () => {
  test('are listed without anything secret', async () => {
    const { code, out } = await run(['keys', 'list'])
    assert.equal(code, 0)
    assert.match(out, /^used +okx +…WXYZ +abcdef012345 +2026-11-21 10:00 UTC +bot_1, bot_2$/m)
  })

  test('each part is asked for, then the passphrase of the vault', async () => {
    const { code, out, done } = await run(add, { lines: [...parts, 'the passphrase'] })
    assert.equal(code, 0)
    assert.deepEqual(done, [['add', 'main', 'okx', credentials, 'the passphrase']])
    assert.doesNotMatch(out, /canary|the passphrase/)
  })

  test('a new vault asks for its passphrase twice, and for a long one', async () => {
    const twice = { lines: [...parts, 'long enough words', 'long enough words'], hasVault: false }
    assert.equal((await run(add, twice)).code, 0)
    const short = await run(add, { lines: [...parts, 'short', 'short'], hasVault: false })
    assert.deepEqual([short.code, short.done], [4, []])
    const differ = { lines: [...parts, 'long enough words', 'other'], hasVault: false }
    assert.deepEqual((await run(add, differ)).done, [])
  })

  test('without a terminal they come as one line of JSON, exactly what the venue asks for', async () => {
    const given = { hasTerminal: false, hasKey: true }
    const right = await run([...add, '--stdin'], { ...given, lines: [JSON.stringify(credentials)] })
    assert.deepEqual(right.done, [['add', 'main', 'okx', credentials, null]])
    for (const wrong of [{ api_key: 'canary' }, { ...credentials, more: 'canary' }, 'canary', 7]) {
      const refused = await run([...add, '--stdin'], { ...given, lines: [JSON.stringify(wrong)] })
      assert.deepEqual([refused.code, refused.done], [2, []])
      assert.doesNotMatch(refused.out, /canary/)
    }
    assert.equal((await run(add, given)).code, 2, 'nobody can be asked')
    const noKey = { hasTerminal: false, lines: [JSON.stringify(credentials)] }
    assert.equal((await run([...add, '--stdin'], noKey)).code, 4, 'no passphrase')
  })

  test('a key of an impossible form is told at once and never stored', async () => {
    const address = `0x${'a1'.repeat(20)}`
    const bytes = Buffer.alloc(32, 7).toString('base64')
    const cases: [venue: string, given: Record<string, string>, told: RegExp][] = [
      ['okx', { api_key: 'k', secret_key: 's', passphrase: ' ' }, /passphrase is empty: copy it/],
      [
        'hyperliquid',
        { wallet_address: 'canary', private_key: 'c1'.repeat(32) },
        /wallet_address of hyperliquid must be 0x and 40 hex digits: copy it again/,
      ],
      [
        'hyperliquid',
        { wallet_address: address, private_key: address },
        /private_key of .* 64 hex/,
      ],
      ['aster', { wallet_address: address, private_key: 'canary' }, /private_key of aster must be/],
      [
        'backpack',
        { api_key: 'canary', secret_key: bytes },
        /api_key of backpack must be 32 bytes/,
      ],
      ['backpack', { api_key: bytes, secret_key: 'canary' }, /secret_key of backpack must be 32/],
    ]
    for (const [venue, given, told] of cases) {
      const command = ['keys', 'add', 'main', '--venue', venue]
      const piped = { hasTerminal: false, hasKey: true, lines: [JSON.stringify(given)] }
      for (const refused of [
        await run([...command, '--stdin'], piped),
        await run(command, { lines: Object.values(given) }),
      ]) {
        assert.deepEqual([refused.code, refused.done], [2, []])
        assert.match(refused.out, told)
        assert.doesNotMatch(refused.out, /canary/)
      }
    }
    const right = JSON.stringify({ api_key: bytes, secret_key: ` ${bytes} ` })
    const command = ['keys', 'add', 'main', '--venue', 'backpack', '--stdin']
    const added = await run(command, { hasTerminal: false, hasKey: true, lines: [right] })
    const kept = { api_key: bytes, secret_key: bytes }
    assert.deepEqual(added.done, [['add', 'main', 'backpack', kept, null]])
  })

  test('a name that is taken or none is refused before anything is asked', async () => {
    assert.equal((await run(['keys', 'add', 'free', '--venue', 'okx'])).code, 4)
    assert.equal((await run(['keys', 'add', 'A b', '--venue', 'okx'])).code, 2)
    assert.equal((await run(['keys', 'add', 'main'])).code, 2)
  })

  test('are tried at the venue, and one that is refused is exit 1', async () => {
    const right = await run(['keys', 'test', 'free'], { hasKey: true })
    assert.deepEqual([right.code, right.done], [0, [['test', 'free', false, null]]])
    assert.match(right.out, /^ok {4}key {2}it may not withdraw$/m)
    assert.equal((await run(['keys', 'test', 'free', '--testnet'], { hasKey: true })).code, 1)
    assert.equal((await run(['keys', 'test', 'none'], { hasKey: true })).code, 3)
  })

  test('one that instances name goes with --yes alone', async () => {
    const refused = await run(['keys', 'remove', 'used'])
    assert.deepEqual([refused.code, refused.done], [4, []])
    assert.match(refused.out, /used is used by bot_1, bot_2/)
    assert.deepEqual((await run(['keys', 'remove', 'used', '--yes'])).done, [['remove', 'used']])
    assert.deepEqual((await run(['keys', 'remove', 'free'])).done, [['remove', 'free']])
  })

  test('the vault is turned over to a new passphrase that was typed twice', async () => {
    const lines = ['old', 'a new passphrase', 'a new passphrase']
    assert.deepEqual((await run(['vault', 'rotate'], { lines })).done, [
      ['rotate', 'old', 'a new passphrase'],
    ])
    assert.equal((await run(['vault', 'rotate'], { hasTerminal: false })).code, 4)
  })
})
