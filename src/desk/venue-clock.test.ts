import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deskWorld } from '../../test/desk/desk-world.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import type { Clock } from '../ports/clock.ts'
import { VenueClock } from './venue-clock.ts'

const logger = { debug() {}, info() {}, warn() {}, error() {}, flush() {} }

/** A machine whose wall clock can be set, and a venue that is `ahead` of true time. */
function machine(ahead: number) {
  const inner = new VirtualClock()
  const state = { jump: 0, fails: false, during: () => {} }
  const clock: Clock = {
    monotonicMs: () => inner.monotonicMs(),
    wallMs: () => inner.wallMs() + state.jump,
    after: (delayMs, callback) => inner.after(delayMs, callback),
    every: (intervalMs, callback) => inner.every(intervalMs, callback),
  }
  const clockOffsetMs = async (): Promise<number> => {
    if (state.fails) throw new Error('no answer')
    const offset = ahead - state.jump
    state.during()
    return offset
  }
  const venueClock = new VenueClock({ venue: { clockOffsetMs }, clock, logger })
  return { inner, state, venueClock, truth: () => inner.wallMs() + ahead }
}

test('a jump of our wall clock does not move the clock of the venue', async () => {
  const { inner, state, venueClock, truth } = machine(700)
  await venueClock.measure()
  assert.equal(venueClock.now(), truth())
  state.jump = 3_600_000
  await inner.advance(1000)
  assert.equal(venueClock.now(), truth())
})

test('an offset that was asked before a jump and told after it does not count', async () => {
  const { state, venueClock, truth } = machine(700)
  await venueClock.measure()
  state.during = () => {
    state.jump = -3_600_000
  }
  await venueClock.measure()
  assert.equal(venueClock.now(), truth())
})

test('a clock that was never measured proves no absence, and is measured again', async () => {
  const { state, venueClock, truth } = machine(700)
  state.fails = true
  await venueClock.measure()
  assert.deepEqual([venueClock.isKnown, venueClock.provenNow()], [false, Number.NEGATIVE_INFINITY])
  state.fails = false
  venueClock.everySecond()
  await Promise.resolve()
  await Promise.resolve()
  assert.deepEqual([venueClock.isKnown, venueClock.provenNow()], [true, truth()])
})

test('before the clock of the venue is known no order is sent, whatever it is for', async () => {
  const world = await deskWorld()
  world.killDesk()
  const before = world.disk.rows.size
  world.venueParts = { clockOffsetMs: () => Promise.reject(new Error('no answer')) }
  await world.openDesk()
  await world.openBot()
  await world.clock.advance(5000)
  assert.equal(world.desk.reconciler.isDone, false)
  assert.equal(world.disk.rows.size, before)
})
