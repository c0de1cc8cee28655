import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  conditionsOf,
  NewsWatch,
  SHOWN_MS,
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
  restarts: 0,
  foreign: 0,
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
  conditionsOf({ instances: [bot(change)], desks: [], accounts: [] }, spans).map(
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
    const unhedged = { amount: '1', base: 'ETH', since: '2026-11-22T00:11:08.000Z', why: 'x' }
    assert.deepEqual(names({ unhedged }), [['UnhedgedLegs', 'critical', 0]])
    assert.deepEqual(names({ unhedged: null }), [])
    assert.deepEqual(names({ state: 'halted' }), [['Halted', 'critical', 0]])
    assert.deepEqual(names({ state: 'reduce_only' }), [['Halted', 'critical', 0]])
    assert.deepEqual(names({ state: 'killed' }), [['KillSwitch', 'critical', 0]])
  })

  test('an unhedged leg is told with amount, time, reason and the way out, also of a bot that was stopped', () => {
    const why = 'okx ETH/USDT:USDT: 2 orders of unknown outcome'
    const unhedged = { amount: '0.1662', base: 'ETH', since: '2026-11-22T00:11:08.250Z', why }
    const stopped = bot({ isWanted: false, isHeard: false, state: 'stopped', unhedged })
    const [one] = conditionsOf({ instances: [stopped], desks: [], accounts: [] }, spans)
    assert.equal(
      one?.text,
      `0.1662 ETH of a is unhedged since 2026-11-22T00:11:08Z (${why}): perpfleet status a tells what it does about it, perpfleet stop a --positions close ends it`,
    )
  })

  test('a bot that was refused is down, with its own sentence: which leg, and what to do', () => {
    const why = 'okx changed priceDecimals of X: close all 2 legs (perpfleet close-all a --direct)'
    const seen = { instances: [bot({ isHeard: false, state: 'stopped', why })], desks: [] }
    const [alert] = conditionsOf({ ...seen, accounts: [] }, spans)
    assert.equal(alert?.alert, 'BotDown')
    assert.ok(alert?.text.includes(why))
  })

  test('a desk that should run and does not, and an account without its venue', () => {
    const seen = {
      instances: [],
      desks: [desk({ isRunning: false }), desk({ name: 'x', isRunning: false, isWanted: false })],
      accounts: [
        { account: 'live-okx-main', isConnected: false, refusal: null, lateFills: 0 },
        { account: 'live-okx-sub', isConnected: true, refusal: null, lateFills: 0 },
      ],
    }
    assert.deepEqual(
      conditionsOf(seen, spans).map(({ key }) => key),
      ['DeskDown:desk-paper', 'ExchangeDisconnected:live-okx-main'],
    )
  })

  test('an account whose venue is away behind its connections says so', () => {
    const account = { account: 'live-okx-main', isConnected: false, refusal: null, lateFills: 0 }
    const away = 'the venue says it is in maintenance until noon'
    const [one] = conditionsOf(
      { instances: [], desks: [], accounts: [{ ...account, away }] },
      spans,
    )
    assert.equal(one?.key, 'ExchangeDisconnected:live-okx-main')
    assert.match(
      one?.text ?? '',
      /^the venue of live-okx-main is away: the venue says it is in main/,
    )
  })

  test('an account whose key the venue refuses, before anything else of it', () => {
    const account = { account: 'live-okx-main', isConnected: false, lateFills: 0 }
    const seen = { instances: [], desks: [], accounts: [{ ...account, refusal: 'Invalid key.' }] }
    const [one, ...others] = conditionsOf(seen, spans)
    assert.deepEqual([one?.key, one?.level, others], ['KeyRefused:live-okx-main', 'critical', []])
    assert.match(one?.text ?? '', /live-okx-main: Invalid key; nothing new is placed/)
  })

  test('what happened since the last look is told for a while, what was counted before is not', () => {
    const watch = new NewsWatch()
    const seen = (restarts: number, lateFills: number) => ({
      instances: [bot({ restarts })],
      desks: [desk({ restarts: 4 })],
      accounts: [{ account: 'live-okx-main', isConnected: true, refusal: null, lateFills }],
    })
    const keys = (restarts: number, lateFills: number, now: number) =>
      watch.take(seen(restarts, lateFills), now).map(({ key }) => key)
    assert.deepEqual(keys(3, 2, 0), [])
    assert.deepEqual(keys(4, 2, 1000), ['ProcessDied:bot-a'])
    assert.deepEqual(keys(4, 3, 2000), ['ProcessDied:bot-a', 'LateFill:live-okx-main'])
    assert.deepEqual(keys(4, 3, 1001 + SHOWN_MS), ['LateFill:live-okx-main'])
    assert.deepEqual(keys(4, 0, 2001 + SHOWN_MS), [], 'a desk that starts anew counts from 0')
  })

  test('what somebody else does on a contract that is to be ours alone is critical, and told once', () => {
    const watch = new NewsWatch()
    const told = (foreign: number, now: number) =>
      watch
        .take({ instances: [bot({ foreign })], desks: [], accounts: [] }, now)
        .map(({ key, level }) => [key, level])
    assert.deepEqual(told(1, 0), [])
    assert.deepEqual(told(2, 1000), [['ForeignActivity:a', 'critical']])
    assert.deepEqual(told(2, 1001 + SHOWN_MS), [])
    assert.deepEqual(told(0, 1002 + SHOWN_MS), [], 'a desk that starts anew counts from 0')
    assert.deepEqual(told(1, 1003 + SHOWN_MS), [['ForeignActivity:a', 'critical']])
  })
})
