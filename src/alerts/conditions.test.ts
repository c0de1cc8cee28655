import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  conditionsOf,
  DEATH_SHOWN_MS,
  DeathWatch,
  type WatchedDesk,
  type WatchedInstance,
} from './conditions.ts'

const spans = { botDownMs: 15_000, deskDownMs: 15_000, orderUnknownMs: 30_000 }
const bot = (change: Partial<WatchedInstance> = {}): WatchedInstance => ({
  id: 'a',
  isWanted: true,
  state: 'running',
  isHeard: true,
  why: null,
  unknownOrders: 0,
  position: 5,
  positionVenue: null,
  lateFills: 0,
  restarts: 0,
  ...change,
})
const desk = (change: Partial<WatchedDesk> = {}): WatchedDesk => ({
  name: 'desk-paper',
  isWanted: true,
  isRunning: true,
  restarts: 0,
  ...change,
})
const names = (change: Partial<WatchedInstance>) =>
  conditionsOf({ instances: [bot(change)], desks: [], disconnected: [] }, spans).map(
    ({ alert, level, holdMs }) => [alert, level, holdMs],
  )

describe('what is the matter', () => {
  test('nothing, while everything runs or was stopped by an operator', () => {
    assert.deepEqual(names({}), [])
    assert.deepEqual(names({ isWanted: false, isHeard: false, state: 'stopped' }), [])
    assert.deepEqual(names({ state: 'paused' }), [])
    assert.deepEqual(names({ positionVenue: 5 }), [])
  })

  test('each condition by its name, level and time', () => {
    assert.deepEqual(names({ isHeard: false, state: 'restarting' }), [
      ['BotDown', 'critical', 15_000],
    ])
    assert.deepEqual(names({ isHeard: false, state: 'quarantined' }), [
      ['BotQuarantined', 'critical', 0],
    ])
    assert.deepEqual(names({ unknownOrders: 2 }), [['OrderOutcomeUnknown', 'critical', 30_000]])
    assert.deepEqual(names({ positionVenue: 0 }), [['PositionMismatch', 'critical', 0]])
    assert.deepEqual(names({ lateFills: 1 }), [['LateFill', 'warning', 0]])
    assert.deepEqual(names({ state: 'halted' }), [['Halted', 'critical', 0]])
    assert.deepEqual(names({ state: 'reduce_only' }), [['Halted', 'critical', 0]])
    assert.deepEqual(names({ state: 'killed' }), [['KillSwitch', 'critical', 0]])
  })

  test('a desk that should run and does not, and an account without its venue', () => {
    const seen = {
      instances: [],
      desks: [desk({ isRunning: false }), desk({ name: 'x', isRunning: false, isWanted: false })],
      disconnected: ['live-okx-main'],
    }
    assert.deepEqual(
      conditionsOf(seen, spans).map(({ key }) => key),
      ['DeskDown:desk-paper', 'ExchangeDisconnected:live-okx-main'],
    )
  })

  test('a process that ended unasked is told for a while, one that was counted before is not', () => {
    const watch = new DeathWatch()
    const seen = (restarts: number) => ({
      instances: [bot({ restarts })],
      desks: [desk({ restarts: 4 })],
      disconnected: [],
    })
    assert.deepEqual(watch.take(seen(3), 0), [])
    assert.deepEqual(
      watch.take(seen(4), 1000).map(({ key }) => key),
      ['ProcessDied:bot-a'],
    )
    assert.equal(watch.take(seen(4), 1000 + DEATH_SHOWN_MS).length, 1)
    assert.deepEqual(watch.take(seen(4), 1001 + DEATH_SHOWN_MS), [])
  })
})
