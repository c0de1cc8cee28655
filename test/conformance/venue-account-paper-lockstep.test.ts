import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { quantity } from '../../src/domain/money.ts'
import type { Attached, AttachRequest, VenueAccount } from '../../src/ports/venue.ts'
import { approve, limitOrder, paperTerms, Recorder, until } from './venue-account-harness.ts'
import { ExchangeProcess } from './venue-account-paper.ts'

let exchange: ExchangeProcess
let open: VenueAccount[] = []

afterEach(async () => {
  for (const venue of open) await venue.close()
  open = []
  await exchange.close()
})

const requestOf = (instance: string, base: string): AttachRequest => ({
  instance,
  symbol: `${base}/USDC:USDC`,
  leverage: 10,
  marginMode: 'isolated',
  paper: paperTerms,
  feed: null,
})

interface Desk {
  readonly venue: VenueAccount
  readonly recorder: Recorder
}

async function connect(account: string): Promise<Desk> {
  const recorder = new Recorder()
  const venue = await exchange.connect(account, recorder)
  open.push(venue)
  return { venue, recorder }
}

const quiet = () => new Promise((resolve) => setTimeout(resolve, 150))
const lastStep = ({ recorder }: Desk) => recorder.steps.at(-1)?.step ?? 0
const reach = (desk: Desk, step: number) =>
  until(`step ${step} comes`, () => lastStep(desk) >= step)

test('the market begins when all expected instances are attached, and waits for every account', async () => {
  exchange = new ExchangeProcess({ pace: 'lockstep', expectedInstances: ['a', 'b'] })
  exchange.start()
  const one = await connect('backpack/main')
  await one.venue.attach(requestOf('a', 'SOL'))
  await quiet()
  assert.equal(one.recorder.steps.length, 0, 'one of two is attached')
  const two = await connect('okx/main')
  await two.venue.attach(requestOf('b', 'ETH'))
  await Promise.all([reach(one, 1), reach(two, 1)])
  one.venue.stepDone(1)
  await quiet()
  assert.equal(lastStep(one), 1, 'the other account is not done')
  two.venue.stepDone(1)
  await Promise.all([reach(one, 2), reach(two, 2)])
  assert.equal(one.recorder.steps[1]?.at, two.recorder.steps[1]?.at)
  // A desk that has gone holds the market, even after it said that it is done.
  one.venue.stepDone(2)
  await two.venue.close()
  await quiet()
  assert.equal(lastStep(one), 2)
  const back = await connect('okx/main')
  await quiet()
  assert.equal(back.recorder.steps.length, 0, 'connected is not attached')
  await back.venue.attach(requestOf('b', 'ETH'))
  await reach(back, 2)
  assert.deepEqual(back.recorder.market, two.recorder.market.slice(-back.recorder.market.length))
  back.venue.stepDone(2)
  await reach(one, 3)
  // Who detaches is waited for no longer.
  one.venue.stepDone(3)
  await back.venue.detach('b')
  await reach(one, 4)
})

test('what a request causes is told with the next step, at the same market time', async () => {
  exchange = new ExchangeProcess({ pace: 'lockstep', expectedInstances: ['a'] })
  exchange.start()
  const desk = await connect('backpack/main')
  const attached = await desk.venue.attach(requestOf('a', 'SOL'))
  await reach(desk, 1)
  const before = await desk.venue.eventsSince(0)
  const balance = await desk.venue.balance()
  const request = limitOrder(attached, 'buy', 500, { timeInForce: 'ioc', quantity: quantity(5) })
  const [outcome] = await desk.venue.place([approve(attached, 'pf1000001', request)])
  assert.equal(outcome?.kind, 'accepted')
  await quiet()
  assert.deepEqual(await desk.venue.eventsSince(0), before)
  assert.deepEqual(await desk.venue.positions(), [])
  assert.deepEqual(await desk.venue.balance(), balance)
  assert.notEqual(await desk.venue.lookup(attached.instrument.id, 'pf1000001' as never), null)
  assert.equal(desk.recorder.account.length, before.length)
  // The exchange dies before the fill was told: it is told all the same, with the same step.
  await exchange.kill()
  exchange.start()
  await until('the connection is back', () => desk.recorder.calls.includes('ready'))
  await desk.venue.attach(requestOf('a', 'SOL'))
  assert.deepEqual(await desk.venue.positions(), [])
  await until('the step comes again', () => desk.recorder.steps.length === 2)
  assert.equal(lastStep(desk), 1)
  desk.venue.stepDone(1)
  await reach(desk, 2)
  assert.equal(desk.recorder.steps.at(-1)?.at, attached.at)
  const fill = desk.recorder.account.find((event) => event.kind === 'fill')
  assert.ok(fill?.kind === 'fill' && fill.fill.quantity === 5)
  assert.equal((await desk.venue.positions())[0]?.quantity, 5)
})

/** Quotes around the price at every step and notes what came, until a market time. */
async function run(killAtSteps: readonly number[]): Promise<string[]> {
  exchange = new ExchangeProcess({ pace: 'lockstep', expectedInstances: ['a'], seed: 4 })
  exchange.start()
  const desk = await connect('backpack/main')
  // Quotes lie around the price of the first attach: no choice depends on what was heard when.
  const attached: Attached = await desk.venue.attach(requestOf('a', 'SOL'))
  const story: string[] = []
  const kills = new Set(killAtSteps)
  let ids = 0
  for (let step = 1; step <= 60; step++) {
    await reach(desk, step)
    const { recorder } = desk
    const account = new Map(recorder.account.splice(0).map((event) => [event.venueSeq, event]))
    const market = recorder.market.splice(0).map((event) => JSON.stringify(event))
    const at = recorder.steps.at(-1)?.at
    story.push(JSON.stringify({ step, at, account: [...account.values()], market }))
    if (kills.delete(step)) {
      recorder.calls.length = 0
      const isBefore = step % 2 === 0
      if (!isBefore) await quote(step)
      await exchange.kill()
      recorder.steps.length = 0
      exchange.start()
      await until('the connection is back', () => recorder.calls.includes('ready'))
      await desk.venue.attach(requestOf('a', 'SOL'))
      await reach(desk, step)
      recorder.account.length = 0
      recorder.market.length = 0
      if (isBefore) await quote(step)
    } else await quote(step)
    desk.venue.stepDone(step)
  }
  async function quote(step: number): Promise<void> {
    const side = step % 3 === 0 ? 'sell' : 'buy'
    const style = step % 4 === 0 ? ({ timeInForce: 'ioc' } as const) : {}
    const distance = (side === 'buy' ? 1 : -1) * (style.timeInForce ? 300 : -2)
    const request = limitOrder(attached, side, distance, style)
    await desk.venue.place([approve(attached, `pf${++ids}`, request)])
  }
  return story
}

test('a killed exchange goes on with the same steps, events and prices', async () => {
  const undisturbed = await run([])
  assert.ok(undisturbed.some((line) => line.includes('"fill"')))
  for (const venue of open) await venue.close()
  open = []
  await exchange.close()
  const disturbed = await run([2, 5, 9, 14, 21, 33, 40])
  assert.deepEqual(disturbed, undisturbed)
})
