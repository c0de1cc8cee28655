/** A bot of two legs against two real desks over real sockets. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { money, quantity, ratio } from '../../src/domain/money.ts'
import { Random } from '../support/random.ts'
import { LegsWorld, type Side } from './legs-world.ts'

function worldOf(context: TestContext): LegsWorld {
  const world = new LegsWorld()
  context.after(() => world.close())
  return world
}

const seqOf = (world: LegsWorld, leg: number): number => world.keeper.lastSeqOf(leg)
const isHeld = (world: LegsWorld, first: number, second: number): boolean =>
  world.positions().every((held, leg) => held.every((lots) => lots === [first, second][leg]))

const isResting = ({ books }: Side): boolean =>
  [...books.orders.values()].some(({ status }) => status === 'open')

async function started(world: LegsWorld): Promise<void> {
  await Promise.all(world.sides.map((side) => side.open()))
  world.startBot()
  await world.until('both legs hold their target', () => isHeld(world, 10, -10))
}

test('the first start waits for the desks of both legs, then both trade', async (context) => {
  const world = worldOf(context)
  const [first, second] = world.sides
  await first.open()
  world.startBot()
  await world.until('the first welcome', () => world.session.legs[0]?.isReady === true)
  await new Promise((resolve) => setTimeout(resolve, 100))
  assert.equal(world.keeper.engine === null, true)
  assert.ok(world.sent.every(({ message }) => message.type !== 'wants'))
  // The market moves on while the other desk is awaited: the start is at the price of then.
  first.move(15_200)
  // So does the account: what is told after the welcome is booked when the instance has begun.
  const amount = money(-77)
  const { id: instrument } = first.instrument
  first.books.add({ kind: 'funding', instrument, amount, rate: ratio(0), position: quantity(0) })
  await world.until('the funding is told', () => first.entry?.loop.handedSeq === 1)
  await second.open()
  await world.until('both legs hold their target', () => isHeld(world, 10, -10))
  assert.equal(world.keeper.engine?.ledger.legAmounts(0).funding, amount)
  assert.equal(world.keeper.prices[0]?.last, 15_200)
  assert.deepEqual(
    world.heard.filter((text) => /^\d open$/.test(text)),
    ['0 open', '1 open'],
  )
  const [long, short] = [
    world.keeper.engine?.ledger.legAmounts(0),
    world.keeper.engine?.ledger.legAmounts(1),
  ]
  assert.deepEqual([long?.fillsCount, short?.fillsCount], [1, 1])
  assert.equal(world.log.filter((text) => /differ|disagree/.test(text)).length, 0)
})

test('wants carry the basis of their own desk, and a drop finds the desk of its slot', async (context) => {
  const world = worldOf(context)
  world.parameters = { ...world.parameters, rest_below: 50 }
  await started(world)
  const [first, second] = world.sides
  // Six fills on the first leg alone: its numbers run ahead of those of the other.
  await world.until('both rest', () => world.sides.every(isResting))
  for (let n = 1; n <= 6; n += 1) {
    first.move(14_900)
    await world.until('the fill', () => seqOf(world, 0) === n + 1)
    first.move(15_000)
    await world.until('the next order rests', () => isResting(first))
  }
  assert.equal(seqOf(world, 1), 1)
  second.move(14_900)
  await world.until('a fill on the other leg', () => seqOf(world, 1) === 2)
  second.move(15_000)
  await world.until('its next order', () => isResting(second))
  assert.deepEqual(
    world.sides.map(({ entry }) => entry?.loop.orders().map(({ slot }) => slot)),
    [['R0.6'], ['R1.1']],
  )
  await world.until('all hold the same', () => isHeld(world, 16, -9))
  const bases = world.sent.flatMap(({ leg, message }) =>
    leg === 1 && message.type === 'wants' ? [message.basisSeq] : [],
  )
  assert.deepEqual([...new Set(bases)], [0, 1, 2])
})

test('a desk that dies closes its leg and leaves the other going; its fills are booked once', async (context) => {
  const world = worldOf(context)
  world.parameters = { ...world.parameters, rest_below: 50 }
  await started(world)
  const [first, second] = world.sides
  await world.until('it rests', () => second.books.orders.size === 2)
  await second.kill()
  await world.until(
    'the leg is closed',
    () => world.heard.at(-1) === '1 closed: its desk is not connected',
  )
  assert.equal(world.session.view.isReady, false)
  first.move(14_900)
  await world.until('the other leg trades on', () => seqOf(world, 0) === 2)
  // Filled at the venue while nobody was there.
  second.move(14_900)
  await second.open()
  await world.until('the leg is open again', () => world.heard.at(-1) === '1 open')
  await world.until('the fill was told', () => isHeld(world, 11, -9))
  assert.equal(world.keeper.engine?.ledger.fillsCount, 4)
  const last = world.sent.filter(({ leg, message }) => leg === 1 && message.type === 'hello').at(-1)
  assert.equal(last?.message.type === 'hello' ? last.message.afterSeq : -1, 1)
})

test('a gap at a venue closes the leg, also while its desk is there', async (context) => {
  const world = worldOf(context)
  await started(world)
  const [, second] = world.sides
  second.venue?.disconnect()
  await world.until(
    'closed',
    () => world.heard.at(-1) === '1 closed: the account is being compared with the venue',
  )
  await world.until('open again', () => world.heard.at(-1) === '1 open')
  assert.ok(world.heard.every((text) => !text.startsWith('0 closed: the account')))
})

test('a leg that is paused may still reduce; one whose venue is away may not', async (context) => {
  const world = worldOf(context)
  await started(world)
  const [, second] = world.sides
  const { instance } = second.settings
  const order = (action: 'pause' | 'resume') =>
    second.server?.control({ type: 'control', id: 1, token: '', action, instance })
  await order('pause')
  await world.until('paused', () => /^1 closed: .*, may reduce$/.test(world.heard.at(-1) ?? ''))
  second.venue?.disconnect()
  await world.until('away', () => /^1 closed: (?!.*may reduce)/.test(world.heard.at(-1) ?? ''))
  await world.until('back', () => /^1 closed: .*, may reduce$/.test(world.heard.at(-1) ?? ''))
  await order('resume')
  await world.until('open', () => world.heard.at(-1) === '1 open')
})

const restLegs = (side: Side, lots: number): void => side.move(side.books.price - lots)

test('a bot that is killed at odd moments goes on from what each desk holds', async (context) => {
  const world = worldOf(context)
  world.parameters = { ...world.parameters, rest_below: 50 }
  await started(world)
  const random = new Random(11)
  for (let round = 0; round < 8; round += 1) {
    const side = world.sides[random.int(0, 1)] ?? world.sides[0]
    await world.until('both rest', () => world.sides.every(isResting))
    restLegs(side, 100)
    await new Promise((resolve) => setTimeout(resolve, random.int(0, 25)))
    if (random.chance(0.3)) world.keeper.save()
    world.killBot()
    if (random.chance(0.5)) restLegs(world.sides[0], 100)
    for (const one of world.sides) one.move(15_000)
    world.startBot()
    await world.until(
      'it goes on',
      () => world.session.view.isReady && world.keeper.engine !== null,
    )
  }
  const isSettled = () =>
    world.positions().every(([bot, desk, venue]) => bot === desk && desk === venue) &&
    world.sides.every(({ entry }) => entry?.loop.isQuiet() === false)
  await world.until('all three agree on both legs', isSettled)
  const { ledger } = world.keeper.engine ?? {}
  assert.ok((ledger?.fillsCount ?? 0) >= 2 + 8, `${ledger?.fillsCount} fills`)
  for (const [leg, { books }] of world.sides.entries()) {
    const fills = books.events.filter(({ kind }) => kind === 'fill').length
    assert.equal(ledger?.legAmounts(leg).fillsCount, fills)
  }
  assert.equal(world.log.filter((text) => /differ|disagree/.test(text)).length, 0)
})

test('an instance of several legs ends when both desks have ended it', async (context) => {
  const world = worldOf(context)
  world.parameters = { ...world.parameters, finish_above: 15_500 }
  await started(world)
  const [first, second] = world.sides
  await second.kill()
  first.move(15_600)
  await world.until('the first desk has ended it', () => first.entry?.override === 'released')
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.deepEqual([world.end === null, second.books.position], [true, -10])
  await second.open()
  await world.until('the end', () => world.end !== null)
  assert.equal(world.end?.code, 10)
  assert.deepEqual(
    world.sides.map(({ books, entry }) => [books.position, entry?.override]),
    [
      [0, 'released'],
      [0, 'released'],
    ],
  )
  assert.equal(world.keeper.ended?.reason, 'price')
})

test('a strategy that fails halts both legs', async (context) => {
  const world = worldOf(context)
  await started(world)
  world.session.strategyFailed('pair.ts failed: boom.')
  const isHalted = () => world.sides.every(({ entry }) => entry?.loop.risk.mode === 'halted')
  await world.until('both are halted', isHalted)
})

test('a desk that refuses for good ends the bot with its sentence', async (context) => {
  const world = worldOf(context)
  await world.sides[0].open()
  await world.sides[1].open()
  const server = world.sides[1].server
  assert.ok(server)
  server.account = () => Promise.reject(new Error('this account takes no instance'))
  world.startBot()
  await world.until('the end', () => world.end !== null)
  assert.equal(world.end?.code, 4)
  assert.match(world.end?.sentences[0] ?? '', /^this account takes no instance \(hyperliquid /)
})

const limits = { dailyLossMax: 100_000, drawdownMax: 0, onBreach: 'reduce_only' } as const

test('what one leg loses and the other wins is no loss; a loss of the sum holds both, until an operator resumes', async (context) => {
  const world = worldOf(context)
  const capital = 10_000_000_000
  for (const side of world.sides) Object.assign(side.settings, { capital })
  world.launchParts = { legsLimits: limits }
  await started(world)
  const [first, second] = world.sides
  const modes = () => world.sides.map(({ entry }) => entry?.loop.risk.mode)
  // 0.1 SOL each: 10.00 lower costs 1 on the long leg, and the short one wins it.
  const last = (leg: number) => world.keeper.prices[leg]?.last
  // Prices of two venues come one after the other, so the sum is wrong for a moment.
  first.move(14_000)
  await world.until('the price of the one that loses', () => last(0) === 14_000)
  second.move(14_000)
  await world.until('the price of the one that wins', () => last(1) === 14_000)
  for (const side of world.sides) {
    side.books.at += 2000
    side.move(14_000)
    await world.until('it stands so', () => world.keeper.lastAt === side.books.at)
  }
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(world.keeper.risk?.latch === null, true)
  assert.deepEqual(modes(), ['running', 'running'])
  // A second leg that is away is told when it comes back.
  await second.kill()
  // Its last price counts when it has been silent for some seconds.
  for (let n = 0; n < 7; n += 1) {
    first.move(13_700)
    await world.until('the price', () => world.keeper.lastAt === first.books.at)
  }
  await world.until('the first leg is held', () => modes()[0] === 'reduce_only')
  assert.equal(world.keeper.risk?.latch, 'limit_daily_loss')
  await second.open()
  await world.until('so is the other', () => modes()[1] === 'reduce_only')
  assert.match(world.session.view.modeReason ?? '', /the daily loss limit was reached: equity fell/)
  await world.until('both are known to be held', () => world.keeper.risk?.stored.held.length === 2)
  // The latch survives the process.
  world.killBot()
  world.startBot()
  await world.until('it goes on', () => world.session.view.isReady)
  assert.equal(world.keeper.risk?.latch, 'limit_daily_loss')
  for (const { server, settings } of world.sides)
    await server?.control({
      type: 'control',
      id: 1,
      token: '',
      action: 'resume',
      instance: settings.instance,
    })
  await world.until('released', () => world.keeper.risk?.latch === null)
  assert.deepEqual(modes(), ['running', 'running'])
})

test('a share of margin that is changed while it runs reaches the strategy and the desk of its leg', async (context) => {
  const world = worldOf(context)
  await started(world)
  const told: unknown[] = []
  Object.assign(world.keeper.engine ?? {}, {
    takeTerms: (_capital: unknown, terms: unknown) => void told.push(terms),
  })
  const [first, second] = world.sides.map((side) => side.settings)
  assert.ok(first && second)
  const limits = { ...second.limits, capitalUtilizationMax: 30_000_000 }
  world.session.takeSettings(first, [{ ...second, limits }])
  const shares = [first.limits.capitalUtilizationMax, 30_000_000]
  assert.deepEqual(told, [{ legUtilizations: shares }])
  await world.until('its desk has it', () => {
    const share = world.sides[1].entry?.settings.limits.capitalUtilizationMax
    return share === 30_000_000
  })
})

for (const command of ['stop', 'kill'] as const)
  test(`a venue that counts in other steps ends the bot, says how to get flat, and ${command} does it at both desks`, async (context) => {
    const world = worldOf(context)
    await started(world)
    const [, second] = world.sides
    await second.kill()
    const { quantityDecimals, moneyPerUnit } = second.instrument
    second.steps = { quantityDecimals: quantityDecimals + 1, moneyPerUnit: moneyPerUnit / 10 }
    second.books.position *= 10
    await second.open()
    await world.until('the bot has ended', () => world.end !== null)
    assert.equal(world.end?.code, 4)
    assert.match(
      world.end?.sentences.join(' ') ?? '',
      /hyperliquid changed quantityDecimals .* nobody hedges now \(perpfleet stop arb_01 --positions close;/,
    )
    const answers = world.sides.map((side) => {
      const { instance } = side.settings
      const stop = { action: 'stop', orders: 'cancel', positions: 'close' } as const
      const word = command === 'stop' ? stop : ({ action: 'kill' } as const)
      return side.server?.control({ type: 'control', token: '', id: 1, instance, ...word } as never)
    })
    await Promise.all(answers)
    await world.until('flat at both venues', () =>
      world.sides.every(({ books }) => books.position === 0),
    )
  })
