import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Command } from 'commander'
import type { CliContext } from './context.ts'
import { buildProgram } from './program.ts'
import type { UserOperations } from './user-operations.ts'

const times = { created_at: '2026-11-21T10:00:00.000Z', password_at: '2026-11-21T11:00:00.000Z' }
const made = (username: string, given: string | null) => ({
  username,
  role: 'viewer' as const,
  password: given === null ? 'MADE-MADE-MADE' : null,
})

/** @param lines what is typed, or comes by standard input */
async function user(lines: string[], words: readonly string[], hasTerminal = true) {
  const done: string[] = []
  const users: UserOperations = {
    list: () => [{ username: 'ann', role: 'admin', ...times }],
    add: async (username, role, password) => {
      done.push(`add ${username} ${role} ${password}`)
      return made(username, password)
    },
    setPassword: async (username, password) => {
      done.push(`password ${username} ${password}`)
      return made(username, password)
    },
    remove: (username) => void done.push(`remove ${username}`),
    close: () => {},
  }
  let [stdout, code] = ['', -1]
  const answer = () => Promise.resolve(lines.shift() ?? '')
  const context: Partial<CliContext> = {
    print: (text) => {
      stdout += text
    },
    complain: () => {},
    canAsk: hasTerminal,
    users: () => users,
    askSecret: answer,
    readLine: answer,
  }
  const program = buildProgram({
    contextOf: () => context as CliContext,
    exit: (given) => {
      code = given
    },
  })
  const quieten = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {} })
    command.commands.forEach(quieten)
  }
  quieten(program)
  await program.parseAsync(['user', ...words], { from: 'user' }).catch(() => {
    code = 2
  })
  return { code, stdout, done }
}

describe('user', () => {
  it('lists names, roles and times', async () => {
    const { code, stdout } = await user([], ['list'])
    assert.equal(code, 0)
    assert.match(
      stdout,
      /^user +role +added +password of\nann +admin +2026-11-21 10:00 UTC +2026-11-21 11:00 UTC\n$/,
    )
    assert.equal(JSON.parse((await user([], ['list', '--json'])).stdout).items.length, 1)
  })
  it('asks twice for a password, and makes one when nothing is typed', async () => {
    const twice = ['long enough', 'long enough']
    const given = await user(twice, ['add', 'bob', '--role', 'operator'])
    assert.deepEqual(given.done, ['add bob operator long enough'])
    assert.doesNotMatch(given.stdout, /password|long enough/)
    const differs = await user(['long enough', 'long enuogh'], ['password', 'bob'])
    assert.deepEqual([differs.code, differs.done], [4, []])
    const own = await user([''], ['password', 'bob'])
    assert.deepEqual(own.done, ['password bob null'])
    assert.match(own.stdout, /^password +MADE-MADE-MADE \(shown only now\)$/m)
  })
  it('takes it from standard input, makes one without a terminal, and takes it as no argument', async () => {
    const piped = await user(['piped word'], ['add', 'bob', '--stdin'])
    assert.deepEqual(piped.done, ['add bob viewer piped word'])
    const nothing = await user([], ['add', 'bob', '--stdin'])
    assert.deepEqual([nothing.code, nothing.done], [2, []])
    const own = await user([], ['add', 'bob', '--json'], false)
    assert.equal(JSON.parse(own.stdout).password, 'MADE-MADE-MADE')
    const wrong = ['add bob word', 'password bob word', 'add', 'add bob --role root']
    for (const words of wrong) assert.equal((await user([], words.split(' '))).code, 2, words)
  })
  it('removes', async () => {
    assert.deepEqual((await user([], ['remove', 'Bob'])).done, ['remove bob'])
  })
})
