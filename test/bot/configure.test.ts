/** A changed instance file reaches a bot that runs: hot parameters, limits and the level of its log. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BotLaunch } from '../../src/protocol/launch.ts'
import { BotHome } from './bot-home.ts'
import { DeskDouble } from './desk-double.ts'
import { parameters } from './recorded-run.ts'

test('hot keys are taken over while it runs, whole or not at all', async (context) => {
  const home = new BotHome()
  await home.prepare()
  const desk = new DeskDouble(home.socket)
  await desk.listen()
  context.after(async () => {
    await home.end()
    await desk.close()
  })
  const { settings } = home.launch()
  const body = (change: object, terms: Partial<BotLaunch['settings']> = {}) => ({
    parameters: { ...parameters, ...change },
    settings: { ...settings, ...terms },
    log_level: 'info',
  })
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  const pid = home.pid()

  const changed = await home.post('/api/configure', body({ grid_upper_price: '130' }))
  assert.deepEqual([changed.status, changed.body], [200, { ok: true }])
  await desk.until('the new wants', () => desk.slots.has('S13000'))
  assert.equal(desk.hellos.length, 1)

  const limits = { ...settings.limits, dailyLossMax: 1e6 }
  assert.equal(
    (await home.post('/api/configure', body({ grid_upper_price: '130' }, { limits }))).status,
    200,
  )
  await desk.until('a hello with the new limits', () => desk.hellos.length === 2)
  assert.deepEqual(desk.hellos[1]?.settings.limits, limits)
  await desk.until('the wants again', () => desk.wants.at(-1)?.replace === true)
  // The range that was taken over stays, though the launch file of the process names the earlier one.
  assert.equal(desk.slots.has('S13000'), true)

  for (const [bad, status, said] of [
    [body({ grid_upper_price: '90' }), 422, /Two lines/],
    [body({ order_lots: 20 }), 422, /order_lots is fixed/],
    [{ ...body({}), log_level: 'loud' }, 400, /log_level must be one of/],
    [{ parameters: {} }, 400, /must be objects/],
    [body({}, { instance: 'other' }), 400, /another instance/],
  ] as const) {
    const reply = await home.post('/api/configure', bad)
    assert.equal(reply.status, status, reply.text)
    assert.match(reply.body.error.message, said)
  }
  assert.equal(desk.slots.has('S13000'), true)
  assert.equal((await home.call('POST', '/api/configure', '{}')).status, 401)
  assert.equal(home.pid(), pid)
  assert.match(home.log(), /the changed configuration was taken over/)
})
