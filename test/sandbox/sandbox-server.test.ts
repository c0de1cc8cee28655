/** The sandbox on real sockets: keys file, HTTP, WebSocket, faults of the wire, the panel, a restart. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import WebSocket from 'ws'
import type { FaultWish } from '../../src/protocol/sandbox-messages.ts'
import { RunningSandbox } from '../support/running-sandbox.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))

/** The market stands still; what is kept stands in the folder. */
async function start() {
  const running = await RunningSandbox.start(['okx'], { speed: null, folder })
  const { sandbox, launch, errors } = running
  const stop = async () => {
    await running.stop()
    assert.deepEqual(errors, [])
  }
  return { sandbox, launch, keys: running.keysFile, okx: running.keys('okx'), stop }
}

type Running = Awaited<ReturnType<typeof start>>

async function ask({ okx }: Running, method: string, path: string, input?: unknown) {
  const body = input === undefined ? '' : JSON.stringify(input)
  const { api_key = '', secret_key = '', passphrase = '' } = okx.accounts['main'] ?? {}
  const time = new Date().toISOString()
  const sign = createHmac('sha256', secret_key)
    .update(`${time}${method}${path}${body}`)
    .digest('base64')
  const response = await fetch(`${okx.rest_url}${path}`, {
    method,
    headers: {
      'OK-ACCESS-KEY': api_key,
      'OK-ACCESS-PASSPHRASE': passphrase,
      'OK-ACCESS-TIMESTAMP': time,
      'OK-ACCESS-SIGN': sign,
    },
    ...(body === '' ? {} : { body }),
  })
  return { status: response.status, text: await response.text() }
}

const order = {
  instId: 'BTC-USDT-SWAP',
  tdMode: 'cross',
  side: 'buy',
  ordType: 'limit',
  px: '50000',
  sz: '0.1',
}
const place = (running: Running, clOrdId: string) =>
  ask(running, 'POST', '/api/v5/trade/order', { ...order, clOrdId })
const find = async (running: Running, clOrdId: string) => {
  const path = `/api/v5/trade/order?instId=BTC-USDT-SWAP&clOrdId=${clOrdId}`
  const { text } = await ask(running, 'GET', path)
  return (JSON.parse(text) as { code: string }).code
}

describe('the sandbox on its ports', () => {
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('serves OKX, and keeps keys, ports, orders and the deposit over a restart', async () => {
    const first = await start()
    assert.equal(statSync(first.launch.file).mode & 0o777, 0o600)
    assert.equal(statSync(first.launch.seedFile).mode & 0o777, 0o600)
    assert.equal((JSON.parse((await place(first, 'keep1')).text) as { code: string }).code, '0')
    await first.stop()
    const second = await start()
    assert.deepEqual(second.okx, first.okx)
    assert.notEqual(second.keys.token, first.keys.token)
    assert.equal(await find(second, 'keep1'), '0')
    const [state] = second.sandbox.request({ type: 'sandbox', action: 'status' }).venues
    assert.deepEqual([state?.accounts[0]?.equity, state?.accounts[0]?.openOrders], ['10000', 1])
    await second.stop()
  })

  it('loses requests and answers, and only the latter leave an order', async () => {
    const running = await start()
    const during = async (fault: FaultWish, clOrdId: string) => {
      running.sandbox.request({
        type: 'sandbox',
        action: 'set',
        fault: { count: 1, endpoint: 'place', ...fault },
      })
      const answer = await place(running, clOrdId).catch(() => null)
      running.sandbox.request({ type: 'sandbox', action: 'clear', fault: null })
      return [answer === null ? 'lost' : answer.status, await find(running, clOrdId)]
    }
    assert.deepEqual(await during({ kind: 'drop_before' }, 'db1'), ['lost', '51603'])
    assert.deepEqual(await during({ kind: 'drop_after' }, 'da1'), ['lost', '0'])
    assert.deepEqual(await during({ kind: 'reset_body' }, 'rb1'), ['lost', '0'])
    assert.deepEqual(await during({ kind: 'http_status', value: 502 }, 'hs1'), [502, '0'])
    assert.deepEqual(await during({ kind: 'http_status', value: 502, text: 'lost' }, 'hs2'), [
      502,
      '51603',
    ])
    assert.deepEqual(await during({ kind: 'html', value: 200 }, 'ht1'), [200, '0'])
    assert.deepEqual(await during({ kind: 'status_unknown' }, 'su1'), [400, '0'])
    assert.deepEqual(await during({ kind: 'status_unknown', text: 'lost' }, 'su2'), [400, '51603'])
    assert.deepEqual(await during({ kind: 'maintenance' }, 'ma1'), [503, '51603'])
    assert.deepEqual(await during({ kind: 'rate_limited' }, 'rl1'), [429, '51603'])
    await running.stop()
  })

  it('takes faults over HTTP from whoever has the token', async () => {
    const running = await start()
    const { token, panel_url } = running.keys
    const headers = { authorization: `Bearer ${token}` }
    assert.equal((await fetch(panel_url)).status, 401)
    const fault: FaultWish = { kind: 'latency', venue: 'okx', value: 5, count: 2 }
    const set = await fetch(panel_url, { method: 'POST', headers, body: JSON.stringify(fault) })
    assert.equal(set.status, 200)
    const body = (await set.json()) as { faults: { id: string; kind: string }[] }
    assert.deepEqual(
      body.faults.map(({ kind }) => kind),
      ['latency'],
    )
    const wrong = await fetch(panel_url, { method: 'POST', headers, body: '{"kind":"rain"}' })
    assert.equal(wrong.status, 400)
    await fetch(`${panel_url}?id=${body.faults[0]?.id}`, { method: 'DELETE', headers })
    const left = (await (await fetch(panel_url, { headers })).json()) as { faults: unknown[] }
    assert.deepEqual(left.faults, [])
    await running.stop()
  })

  it('drops and doubles what streams are told, and refuses new ones', async () => {
    const running = await start()
    const said: string[] = []
    const socket = new WebSocket(`${running.okx.ws_url}/public`)
    await new Promise((resolve) => socket.once('open', resolve))
    const next = () => new Promise<void>((resolve) => socket.once('message', () => resolve()))
    socket.on('message', (data) => said.push(String(data)))
    running.sandbox.request({
      type: 'sandbox',
      action: 'set',
      fault: { kind: 'ws_duplicate', count: 1 },
    })
    socket.send('ping')
    await next()
    if (said.length < 2) await next()
    assert.deepEqual(said, ['pong', 'pong'])
    running.sandbox.request({
      type: 'sandbox',
      action: 'set',
      fault: { kind: 'ws_drop', count: 1 },
    })
    socket.send('ping')
    socket.send('ping')
    await next()
    assert.equal(said.length, 3)
    running.sandbox.request({ type: 'sandbox', action: 'set', fault: { kind: 'ws_refuse' } })
    const refused = new WebSocket(`${running.okx.ws_url}/public`)
    const error = await new Promise<Error>((resolve) => refused.once('error', resolve))
    assert.match(error.message, /503/)
    socket.terminate()
    await running.stop()
  })
})
