/** The bot process against a desk double over a real socket. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { BotHome, CONTROL_TOKEN } from './bot-home.ts'
import { DeskDouble } from './desk-double.ts'
import { parameters, START } from './recorded-run.ts'
import { SOL } from './tiny-strategy.ts'

async function setUp(context: TestContext): Promise<{ home: BotHome; desk: DeskDouble }> {
  const home = new BotHome()
  await home.prepare()
  const desk = new DeskDouble(home.socket)
  await desk.listen()
  context.after(async () => {
    await home.end()
    await desk.close()
  })
  return { home, desk }
}

const lastBasis = (desk: DeskDouble): number => desk.wants.at(-1)?.basisSeq ?? -1
const slotsOf = (desk: DeskDouble): string[] => [...desk.slots.keys()].sort()

test('first start, fills, kill -9 in the middle, resume without double booking', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  assert.equal(desk.wants[0]?.replace, true)
  assert.equal(desk.hellos[0]?.afterSeq, 0)
  assert.equal(slotsOf(desk).length, 10)
  assert.equal(home.pid(), `${home.child?.pid}\n`)

  desk.fill('B9800', 10)
  desk.fill('B10000', 4)
  await desk.until('the answer to the fills', () => lastBasis(desk) === 2)
  const slotsBefore = slotsOf(desk)
  assert.ok(slotsBefore.includes('S10000') && slotsBefore.includes('S10200'))

  home.child?.kill('SIGKILL')
  assert.equal((await home.exit).signal, 'SIGKILL')
  // One more fill happens while the bot is dead.
  desk.fill('B10000', 6)
  home.start()
  await desk.until('the wants after the restart', () => lastBasis(desk) === 3)
  const resumed = desk.wants.at(-1)
  assert.equal(desk.hellos.length, 2)
  assert.ok((desk.hellos[1]?.afterSeq ?? -1) >= 1)
  assert.equal(resumed?.replace, true)
  assert.equal(slotsOf(desk).includes('B10000'), false)

  const status = (await home.call('GET', '/api/status')).body
  assert.equal(status.fills.count, 3)
  assert.equal(status.position.quantity, '0.2')
  assert.equal(status.grid.position, '0.2')
  assert.equal(status.fills.last.length, 3)
  assert.equal(status.pnl.fees, '0.000004')
  assert.doesNotMatch(home.log(), /differs/)
})

test('a fill that was answered and is handed out again is not booked twice', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  const event = desk.fill('B9800', 10)
  await desk.until('the answer', () => lastBasis(desk) === 1)
  desk.send({ type: 'account', events: [event, event] })
  desk.fill('B10000', 10)
  await desk.until('the answer', () => lastBasis(desk) === 2)
  const status = (await home.call('GET', '/api/status')).body
  assert.equal(status.fills.count, 2)
  assert.equal(status.position.quantity, '0.2')
})

test('the desk goes away and comes back: the bot stays, says hello again and replaces', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  await desk.until('a heartbeat', () => desk.heartbeats > 0)
  desk.fill('B9800', 10)
  await desk.until('the answer', () => lastBasis(desk) === 1)
  await desk.close()
  await desk.until('the loss to be noticed', () => /connection to the desk lost/.test(home.log()))
  const alone = (await home.call('GET', '/api/status')).body
  assert.equal(alone.state, 'reconciling')
  assert.equal(alone.orders.resting, 0)
  desk.slots.clear()
  await desk.listen()
  await desk.until('wants again', () => desk.hellos.length === 2 && desk.slots.size > 0)
  assert.equal(desk.hellos[1]?.afterSeq, 1)
  assert.equal(desk.wants.at(-1)?.replace, true)
  assert.equal(desk.slots.has('S10000'), true)
  assert.equal(home.child?.exitCode, null)
})

test('a desk that is not ready yet is asked again, one that refuses for good ends the bot', async (context) => {
  const { home, desk } = await setUp(context)
  desk.refusal = { type: 'refused', code: 'not_connected', text: 'The exchange is not connected.' }
  home.start()
  await desk.until('a second hello', () => desk.hellos.length >= 2)
  desk.refusal = { type: 'refused', code: 'feed_mismatch', text: 'Another feed: use --home.' }
  const exit = await home.exit
  assert.equal(exit.code, 4)
  assert.equal(exit.stderr, 'tiny_01: Another feed: use --home.\n')
})

test('parameters to which the strategy objects never start, and leave nothing behind', async (context) => {
  const { home, desk } = await setUp(context)
  home.start({ parameters: { ...parameters, grid_upper_price: '90' } })
  const exit = await home.exit
  assert.equal(exit.code, 4)
  assert.equal(exit.stderr, 'tiny_01: Two lines of the grid have one price.\n')
  assert.equal(desk.wants.length, 0)
  home.start()
  await desk.until('the start with good parameters', () => desk.wants.length === 1)
})

test('a position that nobody opened here is taken over only when the file says so', async (context) => {
  const { home, desk } = await setUp(context)
  desk.position = 25
  home.start()
  const exit = await home.exit
  assert.equal(exit.code, 4)
  assert.match(exit.stderr, /already holds 0\.25 SOL .*initial_position to adopt/)
  home.start({ initialPosition: 'adopt' })
  await desk.until('the start', () => desk.wants.length === 1)
  assert.equal((await home.call('GET', '/api/status')).body.position.quantity, '0.25')
})

test('a changed file: hot keys are taken over at the restart, a faulty one leaves the old running', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  home.child?.kill('SIGTERM')
  assert.equal((await home.exit).code, 0)
  home.start({ parameters: { ...parameters, grid_upper_price: '90' } })
  await desk.until('the old wants', () => desk.wants.length === 2)
  assert.equal(desk.slots.has('S11000'), true)
  assert.match(home.log(), /changed configuration is refused.* Two lines/)
  home.child?.kill('SIGTERM')
  await home.exit
  home.start({ parameters: { ...parameters, grid_upper_price: '130', order_lots: 20 } })
  await desk.until('the old wants', () => desk.wants.length === 3)
  assert.equal(desk.slots.has('S11000'), true)
  assert.match(home.log(), /order_lots is fixed at the first start/)
  home.child?.kill('SIGTERM')
  await home.exit
  home.start({ parameters: { ...parameters, grid_upper_price: '130' } })
  await desk.until('the new wants', () => desk.wants.length === 4)
  assert.equal(desk.slots.has('S13000'), true)
})

test('SIGTERM stops within two seconds, leaves the orders and removes the pid file', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  const started = performance.now()
  home.child?.kill('SIGTERM')
  const exit = await home.exit
  assert.equal(exit.code, 0)
  assert.ok(performance.now() - started < 2000)
  assert.deepEqual(desk.byes, ['SIGTERM'])
  assert.equal(desk.wants.length, 1)
  assert.throws(() => home.pid(), /ENOENT/)
})

test('the strategy ends the instance: passed on, stored, code 10, and again at a later start', async (context) => {
  const { home, desk } = await setUp(context)
  home.start({ parameters: { ...parameters, finish_above: '105' } })
  await desk.until('the whole wants', () => desk.wants.length === 1)
  desk.tick(10_500)
  await desk.until('finish', () => desk.wants.at(-1)?.finish !== null)
  assert.deepEqual(desk.wants.at(-1)?.finish, {
    reason: 'finish_above',
    orders: 'cancel',
    positions: 'keep',
  })
  // Killed before the desk is done: the wish to end survives.
  home.child?.kill('SIGKILL')
  await home.exit
  home.start({ parameters: { ...parameters, finish_above: '105' } })
  await desk.until('finish again', () => desk.wants.length === 3)
  assert.equal(desk.wants.at(-1)?.finish?.reason, 'finish_above')
  assert.equal((await home.call('GET', '/api/status')).body.state, 'stopping')
  desk.send({ type: 'ended', reason: 'finish', ordersCanceled: 10, position: SOL.quantityMin })
  assert.equal((await home.exit).code, 10)
  home.start({ parameters: { ...parameters, finish_above: '105' } })
  const late = await home.exit
  assert.equal(late.code, 10)
  assert.match(late.stderr, /It has finished by its own rule \(finish_above\)/)
  assert.equal(desk.hellos.length, 2)
  home.start({ beginAnew: true })
  await desk.until('a new life', () => desk.wants.length === 4)
  assert.equal(desk.wants.at(-1)?.finish, null)
})

test('a stop by the operator ends the process with 11 and a later start goes on', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  desk.fill('B9800', 10)
  await desk.until('the answer', () => lastBasis(desk) === 1)
  desk.send({ type: 'ended', reason: 'stop', ordersCanceled: 10, position: SOL.quantityMin })
  assert.equal((await home.exit).code, 11)
  home.start()
  await desk.until('wants again', () => desk.hellos.length === 2 && lastBasis(desk) === 1)
  assert.equal((await home.call('GET', '/api/status')).body.fills.count, 1)
})

test('lockstep: one answer a step, and a step that was done is answered but not done again', async (context) => {
  const { home, desk } = await setUp(context)
  desk.pace = 'lockstep'
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  const event = desk.fill('B9800', 10)
  const market = {
    type: 'market',
    step: 1,
    events: [
      { kind: 'price', at: event.at, instrument: SOL.id, price: { last: 9_790, mark: 9_790 } },
    ],
  } as unknown as Parameters<DeskDouble['send']>[0]
  await new Promise((resolve) => setTimeout(resolve, 150))
  assert.equal(desk.wants.length, 1, 'account events of a step are answered with the step')
  desk.step = { step: 1, market: [market] }
  desk.send(market, { type: 'step', step: 1, at: START })
  await desk.until('the answer to step 1', () => desk.wants.length === 2)
  assert.equal(desk.wants[1]?.step, 1)
  assert.equal(desk.wants[1]?.basisSeq, 1)

  home.child?.kill('SIGKILL')
  await home.exit
  desk.pace = undefined
  home.start()
  await desk.until('the step answered again', () => desk.wants.length === 3)
  assert.equal(desk.wants[2]?.step, 1)
  assert.equal(desk.wants[2]?.replace, true)
  const status = (await home.call('GET', '/api/status')).body
  assert.equal(status.last_step, 1)
  assert.equal(status.fills.count, 1)
})

test('adjust: tried dry, done, kept over a restart, and only the difference goes out', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  const body = { grid_lower_price: 90, grid_upper_price: '114', levels: 13 }
  const dry = await home.post('/api/grid/adjust', { ...body, dry_run: true })
  assert.equal(dry.status, 200)
  assert.deepEqual(
    { ...dry.body, parameters: null },
    {
      orders_kept: 10,
      orders_canceled: 0,
      orders_placed: 2,
      orders_wanted: 12,
      orders_allowed: 12,
      price: '100.01',
      price_outside: null,
      limits: [],
      market_trade: null,
      changes: {
        canceled: [],
        placed: [
          { slot: 'S11200', side: 'sell', price: '112', quantity: '0.1' },
          { slot: 'S11400', side: 'sell', price: '114', quantity: '0.1' },
        ],
      },
      dry_run: true,
      parameters: null,
    },
  )
  assert.equal(desk.wants.length, 1)
  const done = await home.post('/api/grid/adjust', body)
  assert.deepEqual([done.body.orders_placed, done.body.changes], [2, undefined])
  await desk.until('the new wants', () => desk.slots.has('S11400'))
  assert.equal(desk.slots.size, 12)

  const refused = await home.post('/api/grid/adjust', {
    grid_lower_price: 90,
    grid_upper_price: 90,
  })
  assert.equal(refused.status, 422)
  assert.equal(refused.body.error.code, 'REFUSED_RISK')
  assert.equal((await home.post('/api/grid/adjust', { lower: 1 })).status, 400)

  home.child?.kill('SIGKILL')
  await home.exit
  home.start()
  await desk.until(
    'wants after the restart',
    () => desk.hellos.length === 2 && desk.wants.length >= 3,
  )
  assert.equal(desk.slots.has('S11400'), true)
  const { adjusted } = (await home.call('GET', '/api/status')).body
  assert.equal(adjusted.parameters.grid_upper_price, '114')
  assert.equal(adjusted.parameters.grid_num, 13)
  assert.equal(adjusted.isTemporary, false)
})

test('HTTP: foreign hosts, origins, tokens and content types are refused with one error object', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  const json = { 'Content-Type': 'application/json' }
  const token = { Authorization: `Bearer ${CONTROL_TOKEN}` }
  const cases: readonly [string, string, Record<string, string>, number, string][] = [
    ['GET', '/api/status', { Host: 'evil.example' }, 403, 'FORBIDDEN'],
    ['GET', '/', { Host: `evil.example:${home.port}` }, 403, 'FORBIDDEN'],
    ['GET', '/api/status', { Origin: 'https://evil.example' }, 403, 'FORBIDDEN'],
    [
      'POST',
      '/api/pause',
      { ...json, ...token, Origin: 'http://localhost:8080' },
      403,
      'FORBIDDEN',
    ],
    ['POST', '/api/pause', { ...json, ...token, Host: 'evil.example' }, 403, 'FORBIDDEN'],
    ['POST', '/api/pause', json, 401, 'UNAUTHORIZED'],
    ['POST', '/api/pause', { ...json, Authorization: 'Bearer wrong' }, 401, 'UNAUTHORIZED'],
    ['POST', '/api/pause', token, 415, 'VALIDATION'],
    ['GET', '/api/pause', {}, 405, 'VALIDATION'],
    ['GET', '/nothing', {}, 404, 'NOT_FOUND'],
    ['DELETE', '/api/status', { ...json, ...token }, 405, 'VALIDATION'],
  ]
  const ids = new Set<string>()
  for (const [method, path, headers, status, code] of cases) {
    const reply = await home.call(method, path, null, headers)
    assert.equal(reply.status, status, `${method} ${path} ${JSON.stringify(headers)}`)
    assert.equal(reply.body.error.code, code)
    assert.deepEqual(Object.keys(reply.body.error), ['code', 'message', 'details', 'request_id'])
    ids.add(reply.body.error.request_id)
  }
  assert.equal(ids.size, cases.length)
  const large = await home.call('POST', '/api/stop', 'x'.repeat(70_000), { ...json, ...token })
  assert.equal(large.status, 413)
  assert.equal((await home.call('POST', '/api/stop', '{', { ...json, ...token })).status, 400)
  assert.equal(desk.controls.length, 0)

  assert.equal((await home.post('/api/pause', {})).status, 200)
  assert.equal((await home.post('/api/stop', { positions: 'close' })).status, 200)
  assert.deepEqual(
    desk.controls.map(({ type, id, token: secret, ...rest }) => rest),
    [
      { action: 'pause', instance: 'tiny_01' },
      { action: 'stop', instance: 'tiny_01', orders: 'cancel', positions: 'close' },
    ],
  )
  // Each control plane writes a token of its own; the file is read anew at each request.
  home.writeControl('token-of-the-next-one')
  assert.equal((await home.post('/api/pause', {})).status, 401)
})

test('page, health and status', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  desk.send(
    { type: 'reasons', reasons: { B9000: 'would_cross' } },
    { type: 'mode', mode: 'paused', reason: null },
  )
  const reply = await home.call('GET', '/')
  assert.match(reply.text, /^<!doctype html>/)
  assert.doesNotMatch(reply.text, /https?:\/\//)
  const health = await home.call('GET', '/health')
  assert.equal(health.status, 200)
  assert.equal(health.body.status, 'healthy')
  const { body: status } = await home.call('GET', '/api/status')
  assert.equal(status.id, 'tiny_01')
  assert.equal(status.state, 'paused')
  assert.equal(status.feed, 'demo ×60')
  assert.equal(status.orders.wanted, 10)
  assert.equal(status.orders.resting, 9)
  const missing = status.orders.list.find((order: { slot: string }) => order.slot === 'B9000')
  assert.equal(missing.state, 'missing')
  assert.equal(missing.reason, 'would_cross')
  assert.match(missing.reason_text, /post-only/)
  assert.equal(status.equity, '10000')
  assert.ok(status.memory.rss_bytes > 0)
})

test('a port that is taken ends the process with 98', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  const second = new BotHome()
  await second.prepare()
  context.after(() => second.end())
  second.start({ web: { host: '127.0.0.1', port: home.port } })
  const exit = await second.exit
  assert.equal(exit.code, 98)
  assert.match(exit.stderr, /Port \d+ of 127\.0\.0\.1 is taken/)
})

test('the log carries no token', async (context) => {
  const { home, desk } = await setUp(context)
  home.start()
  await desk.until('the whole wants', () => desk.wants.length === 1)
  home.child?.kill('SIGTERM')
  await home.exit
  assert.match(home.log(), /INFO \[instance\] first start bot=tiny_01/)
  assert.doesNotMatch(home.log(), /token-of/)
})
