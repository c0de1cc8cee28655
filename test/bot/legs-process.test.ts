/** The process of a bot of two legs: what it says of itself, and that its own port speaks to both desks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BotHome } from './bot-home.ts'
import { LegsWorld } from './legs-world.ts'

test('one process, two desks: status tells each leg, a pause at its port reaches both', async (context) => {
  const world = new LegsWorld()
  const home = new BotHome()
  await home.prepare()
  context.after(async () => {
    await home.end()
    await world.close()
  })
  const [first, second] = world.sides
  await Promise.all([first.open(), second.open()])
  const { settings, strategy, parameters, deskSocket, deskToken, legs = [] } = world.launch()
  home.start({ settings, strategy, parameters, deskSocket, deskToken, legs })
  await world.until('both legs trade', () => {
    return first.books.position === 10 && second.books.position === -10
  })
  const isBooked = async () => (await home.call('GET', '/api/status')).body.fills?.count === 2
  for (const deadline = Date.now() + 10_000; !(await isBooked()); )
    assert.ok(Date.now() < deadline, 'the fills are not booked in time')

  const { body } = await home.call('GET', '/api/status')
  assert.equal(body.state, 'running')
  assert.equal(body.pnl.capital, '20000')
  const rows = body.legs.map((leg: Record<string, unknown>) => {
    const { name, venue, is_open, closed_reason, last_seq, settle_rate } = leg
    return { name, venue, is_open, closed_reason, last_seq, settle_rate }
  })
  const open = { is_open: true, closed_reason: null, last_seq: 1, settle_rate: '1' }
  assert.deepEqual(rows, [
    { name: 'arb_01', venue: 'okx', ...open },
    { name: 'arb_01.2', venue: 'hyperliquid', ...open },
  ])
  assert.deepEqual(
    body.legs.map((leg: { position: object; pnl: { fills: number } }) => [
      leg.position,
      leg.pnl.fills,
    ]),
    [
      [{ quantity: '0.1', base: 'SOL', cost: '15', entry_price: '150' }, 1],
      [{ quantity: '-0.1', base: 'SOL', cost: '-15', entry_price: '150' }, 1],
    ],
  )

  // What the fleet adds up: now, and from what the process saves at its end.
  const counted = { profit: 3, loss: 2, unwound: 1 }
  const figures = (await home.call('GET', '/api/status?part=figures')).body
  assert.deepEqual(figures.grid.opportunities_by_outcome, counted)
  assert.deepEqual(body.grid.opportunities_by_outcome, counted)
  assert.equal(figures.born_at, body.born_at)

  assert.equal((await home.post('/api/pause', {})).status, 200)
  assert.deepEqual(
    world.sides.map(({ entry }) => entry?.loop.risk.mode),
    ['paused', 'paused'],
  )
  home.child?.kill('SIGTERM')
  assert.equal((await home.exit).code, 0)
})
