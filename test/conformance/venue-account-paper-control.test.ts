import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import type {
  DeskToExchange,
  ExchangeAnswer,
  ExchangeStatus,
} from '../../src/protocol/exchange-messages.ts'
import { encodeLine, LineReader, localSocketPath } from '../../src/protocol/lines.ts'
import { paperTerms, Recorder } from './venue-account-harness.ts'
import { ExchangeProcess } from './venue-account-paper.ts'

/** A control program: says messages as they are and waits for the answer of each. */
class Control {
  readonly #socket: Socket
  readonly #reader = new LineReader()
  readonly #waiting: ((answer: ExchangeAnswer) => void)[] = []

  constructor(path: string) {
    this.#socket = connect(path)
    this.#socket.setEncoding('utf8')
    this.#socket.on('data', (chunk: string) => {
      for (const message of this.#reader.push(chunk))
        this.#waiting.shift()?.(message as ExchangeAnswer)
    })
  }

  ask(message: DeskToExchange): Promise<ExchangeAnswer> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#socket.write(encodeLine(message))
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}

test('a control program asks for the status and for the end; strangers get neither', async () => {
  const exchange = new ExchangeProcess({ pace: 'lockstep', expectedInstances: ['a', 'b'], seed: 9 })
  exchange.start()
  const { socket, token, pidFile } = exchange.launch
  const venue = await exchange.connect('okx/main', new Recorder())
  const request = { symbol: 'BTC/USDT:USDT', leverage: 3, marginMode: 'cross', feed: null } as const
  await venue.attach({ instance: 'a', ...request, paper: paperTerms })
  try {
    assert.equal(statSync(socket).mode & 0o777, 0o600)
    assert.match(readFileSync(pidFile, 'utf8'), /^\d+\n$/)

    const stranger = new Control(socket)
    const early = await stranger.ask({ type: 'status', id: 1 })
    assert.deepEqual([early.ok, early.ok ? '' : early.code], [false, 'unauthorized'])
    stranger.close()

    const control = new Control(socket)
    const version = await control.ask({ type: 'hello', id: 1, version: 1, token, account: null })
    assert.ok(version.ok)
    const answer = await control.ask({ type: 'status', id: 2 })
    assert.ok(answer.ok)
    const status = answer.result as ExchangeStatus
    assert.equal(status.state, 'waiting')
    assert.equal(status.feed, 'demo')
    assert.equal(status.seed, 9)
    assert.deepEqual(status.waitingFor, ['instance b'])
    const [account] = status.accounts
    assert.deepEqual(account, {
      account: 'okx/main',
      instances: ['a'],
      isConnected: true,
      lastSeq: 1,
    })
    const denied = await control.ask({ type: 'openOrders', id: 3 })
    assert.deepEqual([denied.ok, denied.ok ? '' : denied.code], [false, 'bad_request'])
    assert.ok((await control.ask({ type: 'shutdown', id: 4 })).ok)
    assert.equal(await exchange.ended(), 0)
    assert.equal(existsSync(pidFile), false)
  } finally {
    await venue.close()
    await exchange.close()
  }
})

test('a desk of another version is refused with a sentence', async () => {
  const exchange = new ExchangeProcess()
  exchange.start()
  const venue = await exchange.connect('okx/main', new Recorder())
  const control = new Control(exchange.launch.socket)
  const { token } = exchange.launch
  const answer = await control.ask({ type: 'hello', id: 1, version: 99, token, account: null })
  assert.ok(!answer.ok && answer.code === 'protocol_version')
  assert.match(answer.text, /version 1 .* 99.*restart the older/)
  control.close()
  await venue.close()
  await exchange.close()
})

test('paths that the operating system does not take are written relative to the home', () => {
  const home = `/home/${'x'.repeat(90)}`
  assert.equal(localSocketPath(`${home}/run/exchange.sock`, home), 'run/exchange.sock')
  assert.equal(localSocketPath('/tmp/run/exchange.sock', '/tmp'), '/tmp/run/exchange.sock')
  assert.equal(localSocketPath(`/${'y'.repeat(120)}`, home), `/${'y'.repeat(120)}`)
})
