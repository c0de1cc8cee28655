import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Command } from 'commander'
import type { SandboxRequest, SandboxState } from '../protocol/sandbox-messages.ts'
import type { CliContext } from './context.ts'
import { buildProgram } from './program.ts'

const STATE: SandboxState = {
  keysFile: '/home/run/sandbox.json',
  latencyMs: 150,
  hasRateLimits: true,
  venues: [
    {
      venue: 'okx',
      restUrl: 'http://127.0.0.1:1',
      wsUrl: 'ws://127.0.0.1:1/ws/v5',
      connections: 2,
      requests: 30,
      accounts: [{ account: 'main', equity: '10000', settle: 'USDT', openOrders: 3, positions: 1 }],
    },
  ],
  faults: [{ id: 'f1', kind: 'latency', venue: 'okx', value: 900, count: 3, hits: 1 }],
}

async function run(...words: string[]) {
  const asked: SandboxRequest[] = []
  let [out, code] = ['', -1]
  const context: Partial<CliContext> = {
    print: (text) => {
      out += text
    },
    complain: (text) => {
      out += text
    },
    sandbox: (request) => {
      asked.push(request)
      return Promise.resolve(STATE)
    },
    sandboxKeys: () => ({
      token: 'panel-token',
      panel_url: 'http://127.0.0.1:2/sandbox/faults',
      venues: {
        okx: {
          rest_url: 'http://127.0.0.1:1',
          ws_url: 'ws://127.0.0.1:1/ws/v5',
          accounts: {
            main: {
              api_key: 'the-key',
              secret_key: 'the-secret',
              passphrase: 'the-phrase',
              wallet_address: '',
              private_key: '',
            },
          },
        },
      },
    }),
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
  await program.parseAsync(['sandbox', ...words], { from: 'user' }).catch(() => {
    code = 2
  })
  return { code, out, asked }
}

describe('sandbox', () => {
  it('shows venues, accounts and faults', async () => {
    const { code, out } = await run('status')
    assert.equal(code, 0)
    assert.match(out, /okx +main +10000 USDT/)
    assert.match(out, /f1 +latency +okx +n=3 +900 +1/)
  })

  it('shows secret parts of its keys only when asked for', async () => {
    assert.doesNotMatch((await run('keys')).out, /the-secret|the-phrase|panel-token/)
    assert.match((await run('keys', '--secrets')).out, /the-secret/)
    assert.doesNotMatch((await run('keys', '--json')).out, /the-secret|panel-token/)
  })

  it('sets faults with everything that narrows them down', async () => {
    const words =
      'fault set latency --venue okx --account main --endpoint place --value 900 --count 3'
    const { code, asked } = await run(
      ...words.split(' '),
      '--for',
      '1.5',
      '--symbol',
      'BTC/USDT:USDT',
    )
    assert.equal(code, 0)
    const fault = {
      kind: 'latency',
      venue: 'okx',
      account: 'main',
      endpoint: 'place',
      symbol: 'BTC/USDT:USDT',
      count: 3,
      value: 900,
      forMs: 1500,
    }
    assert.deepEqual(asked, [{ type: 'sandbox', action: 'set', fault }])
  })

  it('clears one or all', async () => {
    assert.deepEqual((await run('fault', 'clear', 'f1')).asked, [
      { type: 'sandbox', action: 'clear', fault: 'f1' },
    ])
    assert.deepEqual((await run('fault', 'clear')).asked, [
      { type: 'sandbox', action: 'clear', fault: null },
    ])
  })

  it('refuses what is no fault and no number', async () => {
    assert.equal((await run('fault', 'set', 'rain')).code, 2)
    assert.equal((await run('fault', 'set', 'latency', '--value', 'much')).code, 2)
    assert.equal((await run('fault', 'set', 'latency', '--venue', 'nowhere')).code, 2)
  })
})
