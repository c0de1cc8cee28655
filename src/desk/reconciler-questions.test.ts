/** What the comparison of an account asks, when it asks again, and what an answer proves; without a desk. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { event, VENUE_NOW, questionWorld as world } from '../../test/desk/question-world.ts'
import type { ClientOrderId } from '../domain/order.ts'

const opened = (...ids: string[]) =>
  ids.map((clientId) => ({ clientId: clientId as ClientOrderId }))
const EXPIRED = VENUE_NOW - 601

describe('a comparison', () => {
  test('is told once as the first, counts from then on, and reads the balance each time', async () => {
    const { reconciler, seen, clock } = world()
    await clock.advance(40)
    await reconciler.run('start')
    assert.deepEqual([reconciler.isDone, reconciler.isCertain, seen.reconciled], [true, true, 1])
    // Three questions at once, and three for the balance; nothing is asked twice where all is quiet.
    assert.deepEqual(seen.asked, [
      'positions',
      'orders',
      'events',
      'positions',
      'balance',
      'events',
    ])
    await reconciler.run('gap')
    await clock.advance(0)
    assert.deepEqual(seen.log, ['account compared with the venue (start)'])
    assert.equal(seen.reconciled, 2)
    assert.deepEqual(seen.taken, [
      [['P'], 40],
      [['P'], 40],
    ])
    assert.deepEqual(seen.balances, [
      ['B', ['P']],
      ['B', ['P']],
    ])
    assert.deepEqual(seen.booked[0], [])
  })

  test('is not disturbed by orders that are placed and withdrawn meanwhile: only fills and payments move a position', async () => {
    const { reconciler, seen, venue, account, differences } = world()
    differences.found = ['a difference']
    const tell = (...told: string[][]) => {
      let { venueSeq } = account
      const answers = told.map((kinds) => kinds.map((kind) => ({ kind, venueSeq: ++venueSeq })))
      venue['eventsSince'] = () => Promise.resolve(answers.shift() ?? [])
    }
    tell(['order'], [], ['order'])
    await reconciler.run('start')
    assert.deepEqual([reconciler.isDone, seen.taken.length], [true, 1])
    tell(['order'], [], ['fill'])
    await reconciler.run('gap')
    assert.equal(seen.taken.length, 1)
  })

  test('asks nothing before every instance is taken up', async () => {
    const { reconciler, seen, account } = world()
    account.isTakenUp = false
    await reconciler.run('start')
    assert.deepEqual([reconciler.isDone, seen.asked], [false, []])
  })

  test('that fails, or of a venue whose clock is unknown, proves nothing and can be repeated', async () => {
    const { reconciler, seen, venue, account } = world()
    const { positions } = venue
    venue['positions'] = () => Promise.reject(new Error('time-out'))
    await reconciler.run('start')
    venue['positions'] = positions as () => Promise<unknown>
    account.now = Number.NEGATIVE_INFINITY
    await reconciler.run('start')
    assert.deepEqual([reconciler.isDone, seen.reconciled], [false, 0])
    assert.deepEqual(seen.log, [
      'could not compare the account: time-out',
      "could not compare the account: the venue's clock is not known yet",
    ])
    account.now = VENUE_NOW
    await reconciler.run('start')
    assert.equal(reconciler.isDone, true)
  })

  test('that was overtaken by a loss of the connection does not count', async () => {
    const { reconciler, seen } = world()
    const run = reconciler.run('start')
    reconciler.reset()
    await run
    assert.deepEqual([reconciler.isDone, seen.reconciled], [false, 0])
    assert.match(seen.log[0] ?? '', /the connection was lost meanwhile/)
    await reconciler.run('start')
    reconciler.reset()
    assert.equal(reconciler.isDone, false)
  })

  test('the first waits for a difference to be confirmed, a later one does not', async () => {
    const { reconciler, differences, seen } = world()
    differences.isUnconfirmed = true
    await reconciler.run('start')
    assert.equal(reconciler.isDone, false)
    differences.isUnconfirmed = false
    await reconciler.run('start')
    differences.isUnconfirmed = true
    await reconciler.run('timer')
    assert.deepEqual([reconciler.isDone, seen.reconciled], [true, 2])
  })
})

describe('what an answer proves of an order', () => {
  test('one that is open there is known again when nobody knew; what was known stays', async () => {
    const { reconciler, seen, venue, add } = world()
    add('known', 'open')
    add('lost', 'unknown')
    venue['openOrders'] = () => Promise.resolve(opened('known', 'lost'))
    await reconciler.run('start')
    assert.deepEqual(seen.resolved, [['lost', { clientId: 'lost' }]])
    assert.deepEqual([reconciler.differencesTotal, reconciler.isCertain], [1, true])
    assert.equal(
      seen.asked.some((kind) => kind.startsWith('lookup')),
      false,
    )
  })

  test('one that is not open is looked up: found it is what the venue says', async () => {
    const { reconciler, seen, venue, add } = world()
    add('gone', 'open')
    venue['lookup'] = () => Promise.resolve({ clientId: 'gone', status: 'filled' })
    await reconciler.run('start')
    assert.deepEqual(seen.resolved, [['gone', { clientId: 'gone', status: 'filled' }]])
    assert.equal(reconciler.differencesTotal, 1)
  })

  test('not found it is absent once deadline, margin and the lag of answers have passed', async () => {
    const { reconciler, seen, add } = world()
    add('over', 'unknown', EXPIRED)
    add('too soon', 'unknown', EXPIRED + 1)
    add('no deadline', 'unknown')
    await reconciler.run('start')
    assert.deepEqual(seen.resolved, [['over', null]])
    assert.deepEqual([reconciler.isDone, reconciler.isCertain], [true, false])
  })

  test('the moment is that of the question, not of the answer', async () => {
    const { reconciler, seen, add, venue, account } = world()
    add('late', 'unknown', EXPIRED + 50)
    venue['lookup'] = () => {
      account.now += 1000
      return Promise.resolve(null)
    }
    await reconciler.run('start')
    assert.deepEqual(seen.resolved, [])
  })

  test('an order that is on its way, or of a shadow, is not asked for; a failed question holds up no other', async () => {
    const { reconciler, seen, settings, add, venue } = world()
    add('on its way', 'sent', EXPIRED)
    add('bad', 'unknown', EXPIRED)
    add('good', 'unknown', EXPIRED)
    venue['lookup'] = (_: string, id: string) =>
      id === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve(null)
    await reconciler.run('start')
    assert.deepEqual([seen.resolved, reconciler.isDone], [[['good', null]], true])
    settings.shadow = true
    add('of a shadow', 'unknown', EXPIRED)
    await reconciler.run('again')
    assert.equal(seen.resolved.length, 1)
  })

  test('what has ended while the answer was on its way is left alone', async () => {
    const { reconciler, seen, add, venue, orders } = world()
    add('ended', 'unknown', EXPIRED)
    add('left', 'unknown', EXPIRED)
    venue['lookup'] = () => {
      const [ended] = orders
      if (ended) ended.status = 'final'
      orders.splice(1)
      return Promise.resolve(null)
    }
    await reconciler.run('start')
    assert.deepEqual([seen.resolved, reconciler.differencesTotal], [[], 0])
  })

  test('a burned order is over at once; what is not surely burned, or was once confirmed, is not', async () => {
    const { reconciler, seen, venue, add } = world()
    const asked: string[] = []
    venue['burn'] = (id: string) => {
      asked.push(id)
      if (id === 'fails') return Promise.reject(new Error('no'))
      return Promise.resolve(id === 'burns' ? 'burned' : 'unsure')
    }
    add('burns', 'unknown')
    add('fails', 'unknown')
    add('unsure', 'unknown')
    add('confirmed', 'open')
    add('proven', 'unknown', EXPIRED)
    await reconciler.run('start')
    assert.deepEqual(seen.resolved.toSorted(), [
      ['burns', null],
      ['proven', null],
    ])
    assert.deepEqual([asked, reconciler.burnedTotal], [['burns', 'fails', 'unsure'], 1])
  })

  test('an order that did arrive is not absent for a minute, however long its deadline is over', async () => {
    const { reconciler, seen, venue, clock, account, add } = world()
    venue['burn'] = () => Promise.resolve('consumed')
    add('arrived', 'unknown', EXPIRED + 1)
    await reconciler.run('start')
    account.now += 10_000
    await reconciler.run('its deadline is over')
    assert.deepEqual(seen.resolved, [])
    await clock.advance(60_000)
    await reconciler.run('a minute later')
    assert.deepEqual(seen.resolved, [['arrived', null]])
  })

  test('orders of nobody here are strangers', async () => {
    const { reconciler, seen, venue, add } = world()
    add('ours', 'sent')
    venue['openOrders'] = () => Promise.resolve(opened('ours', 'other'))
    await reconciler.run('start')
    assert.deepEqual(seen.strangers, [opened('other')])
  })
})

describe('positions', () => {
  /** The events of each question after the other. */
  const answering = (...answers: unknown[][]) => {
    const all = world()
    all.venue['eventsSince'] = () => Promise.resolve(answers.shift() ?? [])
    return all
  }

  test('with an event among the answers, or differing, are looked at between two questions for events', async () => {
    const { reconciler, seen } = answering([event(8)])
    await reconciler.run('start')
    assert.equal(
      seen.asked.filter((kind) => kind === 'positions').length,
      3,
      'the balance asks too',
    )
    assert.deepEqual([seen.taken.length, reconciler.isDone], [1, true])
    const differing = world()
    differing.differences.found = ['difference']
    await differing.reconciler.run('start')
    assert.deepEqual([differing.seen.taken.length, differing.reconciler.isDone], [1, true])
    assert.equal(differing.seen.asked.filter((kind) => kind === 'events').length, 4)
    const standing = world()
    standing.differences.intervalMs = 5000
    await standing.reconciler.run('start')
    assert.equal(standing.seen.asked.filter((kind) => kind === 'events').length, 4)
  })

  test('between which something happened prove nothing: soon again, at a start very soon', async () => {
    const { reconciler, seen, clock, runs } = answering([event(8)], [], [event(9)])
    await reconciler.run('start')
    assert.deepEqual([reconciler.isDone, seen.taken.length], [false, 0])
    assert.deepEqual(seen.booked, [[event(8)], [event(9)]])
    await clock.advance(49)
    assert.equal(runs(), 1)
    await clock.advance(1)
    assert.deepEqual([runs(), reconciler.isDone], [2, true])
  })

  test('that could not be asked for closely are asked for after a second', async () => {
    const { reconciler, seen, clock, runs, differences, venue } = world()
    await reconciler.run('start')
    await clock.advance(0)
    differences.found = ['difference']
    let asked = 0
    const { eventsSince } = venue
    venue['eventsSince'] = () => {
      asked += 1
      return asked === 2 ? Promise.reject(new Error('no')) : (eventsSince?.() as Promise<unknown>)
    }
    await reconciler.run('timer')
    assert.deepEqual([reconciler.isDone, seen.taken.length], [true, 1])
    await clock.advance(999)
    assert.equal(runs(), 2)
    await clock.advance(1)
    assert.deepEqual([runs(), seen.taken.length], [3, 2])
  })

  test('are not taken when the events of the look were not booked', async () => {
    const { reconciler, seen, account } = answering([event(8)], [event(9)], [event(9)])
    const { onAccount } = account
    account.onAccount = (events) => onAccount(seen.booked.length > 0 ? [] : events)
    await reconciler.run('start')
    assert.deepEqual([reconciler.isDone, seen.taken], [false, []])
  })
})

describe('the balance', () => {
  test('counts only when nothing has happened since the last booked event', async () => {
    const { reconciler, seen, venue, account, clock } = world()
    await reconciler.run('start')
    await clock.advance(0)
    assert.equal(seen.balances.length, 1)
    account.isBalanceKnown = false
    venue['eventsSince'] = () => Promise.resolve([event(8)])
    reconciler.everySecond()
    await clock.advance(0)
    venue['eventsSince'] = () => {
      account.venueSeq += 1
      return Promise.resolve([])
    }
    reconciler.everySecond()
    await clock.advance(0)
    venue['eventsSince'] = () => Promise.reject(new Error('no'))
    reconciler.everySecond()
    await clock.advance(0)
    assert.equal(seen.balances.length, 1)
    venue['eventsSince'] = () => Promise.resolve([])
    reconciler.everySecond()
    await clock.advance(0)
    assert.equal(seen.balances.length, 2)
    account.isBalanceKnown = true
    reconciler.everySecond()
    await clock.advance(0)
    assert.equal(seen.balances.length, 2)
  })
})

describe('how often', () => {
  /** Runs in so many seconds after the first one. */
  const runsIn = async (seconds: number, change: (of: ReturnType<typeof world>) => void) => {
    const all = world()
    await all.reconciler.run('start')
    change(all)
    const before = all.runs()
    for (let i = 0; i < seconds; i += 1) {
      await all.clock.advance(1000)
      all.reconciler.everySecond()
    }
    await all.clock.advance(0)
    return all.runs() - before
  }

  test('every 30 s, sooner while something differs, each second while something is unknown', async () => {
    assert.deepEqual([await runsIn(29, () => {}), await runsIn(60, () => {})], [0, 2])
    const differs = ({ differences }: ReturnType<typeof world>) => {
      differences.intervalMs = 5000
    }
    assert.equal(await runsIn(20, differs), 4)
    const lost = ({ account }: ReturnType<typeof world>) => {
      account.hasLostOrders = true
    }
    assert.equal(await runsIn(5, lost), 5)
    const unknown = ({ add }: ReturnType<typeof world>) => {
      add('open', 'final')
      add('lost', 'unknown')
    }
    assert.equal(await runsIn(5, unknown), 5)
    // After a loss of the connection at once, and then no more.
    assert.equal(await runsIn(5, ({ reconciler }) => reconciler.reset()), 1)
  })

  test('one that is asked for while one runs comes right after it; a timer asks for none', async () => {
    const { reconciler, clock, runs } = world()
    const first = reconciler.run('start')
    void reconciler.run('timer')
    await first
    await clock.advance(500)
    assert.equal(runs(), 1)
    const second = reconciler.run('gap')
    void reconciler.run('another gap')
    await second
    await clock.advance(49)
    assert.equal(runs(), 2)
    await clock.advance(1000)
    assert.equal(runs(), 3)
    const last = reconciler.run('gap')
    reconciler.request('meanwhile', 300)
    await last
    await clock.advance(50)
    assert.equal(runs(), 5)
    await clock.advance(1000)
    assert.equal(runs(), 5)
  })

  test('several requests are one run, at the earliest of their times', async () => {
    const { reconciler, clock, runs } = world()
    reconciler.request('later', 500)
    reconciler.request('sooner', 200)
    reconciler.request('latest', 900)
    await clock.advance(199)
    assert.equal(runs(), 0)
    await clock.advance(1)
    assert.equal(runs(), 1)
    await clock.advance(2000)
    assert.equal(runs(), 1)
  })

  test('at the very moment at which the first absence can be proven', async () => {
    const { reconciler, clock, seen, add, runs } = world()
    add('second', 'unknown', VENUE_NOW + 3000)
    add('first', 'unknown', VENUE_NOW + 2000)
    add('known', 'final', VENUE_NOW + 10)
    add('never', 'unknown')
    await reconciler.run('start')
    await reconciler.run('again')
    await clock.advance(2600)
    assert.deepEqual([runs(), seen.resolved], [2, []])
    await clock.advance(1)
    assert.deepEqual([runs(), seen.resolved], [3, [['first', null]]])
    await clock.advance(1000)
    assert.deepEqual([runs(), seen.resolved.at(-1)], [4, ['second', null]])
  })
})
