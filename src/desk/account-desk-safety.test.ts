/** What keeps an account safe when something is not as it should be: lost journals, kills, foreign positions, shadows. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settings } from '../../test/desk/desk-simulation.ts'
import { DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'
import { money, ratio } from '../domain/money.ts'
import { AccountDesk } from './account-desk.ts'
import { CommandError } from './operator.ts'

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof Error && pattern.test(error.message)

describe('kill', () => {
  test('killed is left only when the venue itself reports nothing', async () => {
    const { desk, entry, clock, books, strange } = bound(await deskWorld())
    await desk.operator.command(entry(), 'kill')
    await clock.advance(3000)
    assert.equal(entry().loop.position, books.position)
    strange('someone-else', 'buy', 14_000, 5)
    await assert.rejects(
      desk.operator.command(entry(), 'arm'),
      (error) => error instanceof CommandError && error.code === 'REFUSED_RISK',
    )
    await assert.rejects(desk.operator.command(entry(), 'resume'), refused(/perpfleet arm bot_01/))
    books.cancel('someone-else' as never)
    // The desk counts nothing; the venue does.
    books.position = 7
    await assert.rejects(desk.operator.command(entry(), 'arm'), refused(/still reports a position/))
    books.position = 0
    await desk.operator.command(entry(), 'arm')
    assert.equal(entry().loop.risk.mode, 'running')
  })

  test('a pause neither opens the kill switch nor stops the closing', async () => {
    const { desk, entry } = bound(await deskWorld())
    await desk.operator.command(entry(), 'kill')
    await desk.operator.command(entry(), 'pause')
    assert.deepEqual([entry().loop.risk.mode, entry().override], ['killed', 'flatten'])
  })

  test('an order to kill that was given past the desk is obeyed, kept over restarts, and taken away', async () => {
    const world = await deskWorld()
    world.killDesk()
    world.kills.add('bot_01')
    await world.openDesk()
    await world.openBot()
    await world.clock.advance(3000)
    assert.equal(world.entry().loop.risk.mode, 'killed')
    assert.deepEqual([world.open(), [...world.kills]], [[], []])
    world.killDesk()
    await world.openDesk()
    assert.equal(world.entry().loop.risk.mode, 'killed')
  })

  test('an order to kill that was not seen yet comes before the arming that was asked for after it', async () => {
    const world = await deskWorld()
    world.kills.add('bot_01')
    const resume = world.desk.operator.command(world.entry(), 'resume')
    assert.deepEqual([...world.kills], [])
    await assert.rejects(resume, refused(/perpfleet arm bot_01/))
  })

  test('a full disk does not let the order to kill be forgotten', async () => {
    const world = await deskWorld()
    world.journal.isFull = true
    world.kills.add('bot_01')
    await world.clock.advance(2000)
    assert.deepEqual([world.open(), [...world.kills]], [[], ['bot_01']])
  })
})

describe('a journal that was lost', () => {
  async function afterLoss(): Promise<DeskWorld> {
    const world = await deskWorld()
    world.books.move(14_850, world.random)
    await world.clock.advance(1500)
    world.killDesk()
    world.loseJournal()
    await world.openDesk()
    return world
  }

  test('its orders are withdrawn, its position is taken over, and no new risk is taken', async () => {
    const world = await afterLoss()
    assert.ok(world.said(/was damaged .* is kept as account\.db\.damaged-20261121T053000Z/))
    await world.clock.advance(3000)
    assert.deepEqual(world.open(), [], 'lost orders are withdrawn')
    await world.openBot()
    await world.clock.advance(3000)
    const { loop } = world.entry()
    assert.equal(loop.position, world.books.position)
    assert.ok(loop.position !== 0)
    assert.equal(loop.risk.mode, 'disarmed')
    assert.equal(loop.risk.equity(), settings.capital, 'adopted at mark: nothing won, nothing lost')
    const raising = [...world.books.orders.values()].filter(
      ({ status, request }) => status === 'open' && request.side === 'buy',
    )
    assert.deepEqual(raising, [])
    await assert.rejects(
      world.desk.operator.command(world.entry(), 'resume'),
      refused(/arm bot_01/),
    )
    await world.desk.operator.command(world.entry(), 'arm')
    assert.equal(world.desk.damage, null)
  })

  test('a protective order stays until its instance is back', async () => {
    const world = await deskWorld()
    world.killDesk()
    world.loseJournal()
    world.strange('pf0000z0000001', 'sell', 15_500, 5, true)
    world.strange('someone-else', 'sell', 15_500, 5)
    await world.openDesk()
    await world.clock.advance(3000)
    assert.deepEqual(world.open(), ['pf0000z0000001', 'someone-else'])
    await world.openBot()
    await world.clock.advance(3000)
    assert.deepEqual(
      world.open().filter((id) => id === 'pf0000z0000001' || id === 'someone-else'),
      ['someone-else'],
    )
  })

  test('disarmed survives the next restart, and later events get numbers that no bot has seen', async () => {
    const world = await afterLoss()
    await world.openBot()
    await world.clock.advance(1000)
    world.killDesk()
    await world.openDesk()
    assert.equal(world.entry().loop.risk.mode, 'disarmed')
    assert.ok(world.journal.lastSeq >= 1_700_000_000_000)
  })

  test('a journal without an end that its bot has seen disarms the instance', async () => {
    const world = new DeskWorld()
    world.botDisk.seq = 57
    await world.openDesk()
    await world.openBot()
    assert.equal(world.entry().loop.risk.mode, 'disarmed')
    assert.ok(world.said(/has booked event 57, which the journal of paper-test-main does not hold/))
  })
})

describe('the first start on an account that is not empty', () => {
  const hello = (world: DeskWorld, change: object) =>
    world.desk.hello(
      { send() {}, close() {} },
      { type: 'hello', version: 1, token: '', settings: { ...settings, ...change }, afterSeq: 0 },
    )

  test('a position is refused with a sentence that names it', async () => {
    const world = new DeskWorld()
    world.books.position = 42
    await world.openDesk()
    await assert.rejects(
      hello(world, { initialPosition: 'open' }),
      refused(
        /first start of bot_01, but account paper-test-main already holds a position of 42 lots/,
      ),
    )
  })

  test('with real money the first start waits to be armed, and a restart does not wait again', async () => {
    const world = await deskWorld({ mode: 'live' })
    assert.equal(world.entry().loop.risk.mode, 'disarmed')
    assert.deepEqual(world.open(), [], 'nothing was sent')
    await world.desk.operator.command(world.entry(), 'arm')
    await world.clock.advance(2000)
    assert.ok(world.open().length > 0, 'armed, it places its orders')
    world.killDesk()
    await world.openDesk()
    await world.clock.advance(2000)
    assert.equal(world.entry().loop.risk.mode, 'running')
  })

  test('adopt takes the position over at mark and replaces the orders by its own', async () => {
    const world = new DeskWorld()
    world.books.position = 42
    world.strange('by-hand', 'buy', 14_500, 9)
    await world.openDesk()
    const opening = world.openBot({ initialPosition: 'adopt' })
    await world.clock.advance(200)
    await opening
    await world.clock.advance(1000)
    const { loop } = world.entry()
    assert.deepEqual([loop.position, loop.risk.equity()], [42, settings.capital])
    assert.equal(world.open().includes('by-hand'), false)
    world.killDesk()
    await world.openDesk()
    assert.equal(world.entry().loop.position, 42)
  })

  test('a second instance on the contract is refused with the name of the owner', async () => {
    const world = await deskWorld()
    await assert.rejects(
      hello(world, { instance: 'bot_02' }),
      refused(/SOL\/USDC:USDC on account paper-test-main already belongs to instance bot_01/),
    )
  })

  test('an ended instance gives its contract and position on, also over a restart of the desk', async () => {
    const world = await deskWorld()
    world.books.move(14_850, world.random)
    await world.clock.advance(1500)
    const held = world.books.position
    assert.ok(held !== 0)
    world.desk.end(world.entry(), 'stop', 'cancel', 'keep', () => {})
    await world.clock.advance(1500)
    await hello(world, { instance: 'bot_02', initialPosition: 'adopt' })
    await world.clock.advance(1500)
    assert.equal(world.entry().loop.position, 0)
    assert.equal(world.desk.entries.get('bot_02')?.loop.position, held)
    world.killDesk()
    await world.openDesk()
    assert.deepEqual([...world.desk.entries.keys()], ['bot_02'])
    assert.equal(world.desk.entries.get('bot_02')?.loop.position, held)
  })
})

describe('shadow', () => {
  test('wants are logged with what would be sent, and nothing is sent or journalled', async () => {
    const world = await deskWorld({ shadow: true })
    await world.clock.advance(20_000)
    assert.deepEqual([world.open(), world.disk.rows.size], [[], 0])
    const lines = world.log.filter(
      ({ module, text }) => module === 'shadow' && text === 'would place',
    )
    assert.equal(lines.length, 6, 'each order once')
    assert.deepEqual(lines[0]?.fields['side'], 'buy')
    assert.deepEqual(new Set(Object.values(world.bot.reasons)), new Set(['shadow']))
  })

  test('an instance with orders does not become a shadow; a shadow that becomes real sends everything', async () => {
    const real = await deskWorld()
    const hello = { type: 'hello', version: 1, token: '', afterSeq: 0 } as const
    const link = { send() {}, close() {} }
    await assert.rejects(
      real.desk.hello(link, { ...hello, settings: { ...settings, shadow: true } }),
      refused(/has 6 orders at the venue and cannot become a shadow/),
    )
    const world = await deskWorld({ shadow: true })
    await world.openBot({ shadow: false })
    await world.clock.advance(1000)
    assert.equal(world.open().length, 6)
  })

  test('kill and stop of a shadow end without an order', async () => {
    const world = await deskWorld({ shadow: true })
    let isEnded = false
    world.desk.end(world.entry(), 'stop', 'cancel', 'close', () => {
      isEnded = true
    })
    await world.clock.advance(1000)
    assert.deepEqual([isEnded, world.disk.rows.size], [true, 0])
  })
})

describe('limits of the account', () => {
  const accountLimits = {
    positionsMax: 0,
    capitalUtilizationMax: ratio(1e8),
    dailyLossMax: ratio(10_000),
    drawdownMax: 0,
    notionalMax: null,
    onBreach: 'reduce_only',
  } as const

  async function afterLoss(): Promise<DeskWorld> {
    const world = await deskWorld({ accountLimits })
    await world.clock.advance(31_000)
    world.books.move(14_690, world.random)
    await world.clock.advance(1000)
    world.venue.tick()
    await world.clock.advance(1000)
    return world
  }

  test('a loss of the day latches for every instance, survives the desk, and is released by resume', async () => {
    const world = await afterLoss()
    assert.equal(world.desk.guard.latch, 'limit_account_daily_loss')
    assert.equal(world.entry().loop.risk.mode, 'reduce_only')
    world.killDesk()
    await world.openDesk()
    await world.openBot({ accountLimits })
    assert.equal(world.desk.guard.latch, 'limit_account_daily_loss')
    assert.equal(world.entry().loop.risk.mode, 'reduce_only')
    await world.desk.operator.command(world.entry(), 'resume')
    assert.deepEqual([world.desk.guard.latch, world.entry().loop.risk.mode], [null, 'running'])
  })

  test('a new day releases the daily loss', async () => {
    const world = await afterLoss()
    world.books.at += 24 * 3_600_000
    world.venue.tick()
    await world.clock.advance(1000)
    assert.deepEqual([world.desk.guard.latch, world.entry().loop.risk.mode], [null, 'running'])
  })

  test('under a limit of the fleet an account waits for its grant, and keeps it over restarts', async () => {
    const limits = { ...accountLimits, dailyLossMax: 0, notionalMax: money(1e12) }
    const world = await deskWorld({ accountLimits: limits })
    assert.deepEqual(world.open(), [])
    assert.ok(Object.values(world.bot.reasons).includes('limit_account_notional'))
    const word = { number: 1, latch: null, grant: { number: 1, amount: 1e12 } }
    assert.deepEqual(world.desk.operator.onFleet(word), { number: 1, amount: 1e12 })
    world.venue.tick()
    await world.clock.advance(1000)
    assert.equal(world.open().length, 6)
    world.killDesk()
    await world.openDesk()
    await world.openBot({ accountLimits: limits })
    assert.equal(world.desk.guard.grant, 1e12)
    const lower = world.desk.operator.onFleet({ ...word, grant: { number: 2, amount: 0 } })
    assert.equal(lower.amount, world.desk.guard.used(), 'what is in use is not given up')
  })

  test('a limit of the whole fleet latches by its word, and late words are ignored', async () => {
    const world = await deskWorld({ accountLimits })
    const latched = { number: 2, latch: 'limit_account_drawdown', grant: null } as const
    world.desk.operator.onFleet(latched)
    assert.equal(world.entry().loop.risk.mode, 'reduce_only')
    world.desk.operator.onFleet({ number: 1, latch: null, grant: null })
    assert.equal(world.desk.guard.latch, 'limit_account_drawdown')
    world.desk.operator.onFleet({ number: 3, latch: null, grant: null })
    assert.equal(world.desk.guard.latch, null)
    assert.equal(world.entry().loop.risk.mode, 'running')
  })
})

/** Methods that can be taken off their object. */
function bound(world: DeskWorld) {
  assert.ok(world.desk instanceof AccountDesk)
  return {
    ...world,
    desk: world.desk,
    books: world.books,
    clock: world.clock,
    entry: () => world.entry(),
    strange: world.strange.bind(world),
  }
}
