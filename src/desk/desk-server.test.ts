/** Who may talk to a desk: nobody without its token, and nobody says a word before hello. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settings, silent } from '../../test/desk/desk-simulation.ts'
import { FaultVenue, noFaults, VenueBooks } from '../../test/support/fault-venue.ts'
import { Disk, MemoryJournal } from '../../test/support/memory-journal.ts'
import { Random } from '../../test/support/random.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { VenueError } from '../ports/venue.ts'
import { encodeLine } from '../protocol/lines.ts'
import { DeskServer } from './desk-server.ts'
import type { DeskRequestBudget } from './request-budget.ts'

const TOKEN = 'the token of this desk'

interface Answer {
  readonly type: string
  readonly code?: string
  readonly ok?: boolean
  readonly text?: string
}

class Client {
  readonly heard: Answer[] = []
  isDestroyed = false
  #onData: (chunk: string) => void = () => {}
  readonly #clock: VirtualClock

  constructor(server: DeskServer, clock: VirtualClock) {
    this.#clock = clock
    server.accept({
      write: (text) => {
        for (const line of text.split('\n').filter((one) => one !== ''))
          this.heard.push(JSON.parse(line) as Answer)
      },
      destroy: () => {
        this.isDestroyed = true
      },
      onData: (listener) => {
        this.#onData = listener
      },
      onClose: () => {},
    })
  }

  async say(message: object): Promise<readonly Answer[]> {
    this.heard.length = 0
    this.#onData(encodeLine(message))
    await this.#clock.advance(50)
    return this.heard
  }
}

function served(refusal: () => Error | null = () => null) {
  const clock = new VirtualClock()
  const disk = new Disk()
  const books = new VenueBooks()
  let shutdowns = 0
  let venues = 0
  const budgets: DeskRequestBudget[] = []
  const server = new DeskServer({
    token: TOKEN,
    clock,
    logger: silent,
    defer: (callback) => void clock.after(0, callback),
    openVenue: (_venue, _account, _mode, needs) => {
      venues++
      budgets.push(needs.budget)
      const venue = new FaultVenue(books, clock, new Random(1), { ...noFaults }, (id) =>
        disk.rows.has(id),
      )
      const error = refusal()
      if (error !== null) venue.connect = () => Promise.reject(error)
      return venue
    },
    openJournal: () => new MemoryJournal(disk),
    onShutdown: () => {
      shutdowns++
    },
  })
  return {
    client: () => new Client(server, clock),
    server,
    clock,
    shutdowns: () => shutdowns,
    venues: () => venues,
    budgets,
  }
}

const hello = (token: unknown) => ({ type: 'hello', version: 1, token, settings, afterSeq: 0 })
const wrong = ['', 'the token of this des', `${TOKEN} `, TOKEN.toUpperCase(), null, undefined, 0]

describe('the desk and its token', () => {
  test('a hello without the token of the desk is refused and opens nothing', async () => {
    const { client, server, venues } = served()
    for (const token of wrong) {
      const [answer] = await client().say(hello(token))
      assert.deepEqual([answer?.type, answer?.code], ['refused', 'token'], String(token))
    }
    assert.deepEqual([server.find('bot_01'), venues()], [null, 0])
    const [welcome] = await client().say(hello(TOKEN))
    assert.equal(welcome?.type, 'welcome')
  })

  test('a control request without the token of the desk is refused and does nothing', async () => {
    const { client, server, clock, shutdowns } = served()
    await client().say(hello(TOKEN))
    const control = (token: unknown, what: object) => ({ type: 'control', id: 1, token, ...what })
    for (const token of wrong)
      for (const what of [
        { action: 'status' },
        { action: 'kill', instance: 'bot_01' },
        { action: 'stop', instance: 'bot_01', orders: 'cancel', positions: 'close' },
        { action: 'shutdown' },
      ]) {
        const [answer] = await client().say(control(token, what))
        assert.deepEqual([answer?.ok, answer?.code], [false, 'UNAUTHORIZED'], String(token))
      }
    await clock.advance(100)
    assert.deepEqual([shutdowns(), server.find('bot_01')?.entry.loop.risk.mode], [0, 'running'])
    const [answer] = await client().say(control(TOKEN, { action: 'kill', instance: 'bot_01' }))
    assert.equal(answer?.ok, true)
    assert.equal(server.find('bot_01')?.entry.loop.risk.mode, 'killed')
  })

  test('who has not said hello wants nothing, and a token that was refused opens no second door', async () => {
    const { client, server } = served()
    await client().say(hello(TOKEN))
    const stranger = client()
    await stranger.say(hello('wrong'))
    const rest = { step: null, replace: true, wakes: null, finish: null }
    await stranger.say({ type: 'wants', basisSeq: 0, changes: [], ...rest })
    await stranger.say({ type: 'heartbeat' })
    const entry = server.find('bot_01')?.entry
    assert.ok(entry?.link, 'the bot is still the one that is listened to')
    assert.equal(entry.loop.orders().length, 0)
  })

  test('the desks of a machine share its address: each account takes its part, those that come later too', async () => {
    const { client, server, budgets } = served()
    const control = (desks: unknown) => ({
      type: 'control',
      id: 1,
      token: TOKEN,
      action: 'address_share',
      desks,
    })
    const [answer] = await client().say(control(3))
    assert.deepEqual(answer?.ok, true)
    await client().say(hello(TOKEN))
    assert.ok(server.find('bot_01'))
    const [budget] = budgets
    assert.equal(budget?.report().desks, 3)
    await client().say(control(2))
    assert.equal(budget?.report().desks, 2)
    for (const desks of [0, 1.5, '2']) {
      const [refused] = await client().say(control(desks))
      assert.deepEqual([refused?.ok, refused?.code], [false, 'VALIDATION'], String(desks))
    }
  })
})

test('while an account is not open no desk says that it has no such instance, and a start may be tried again', async () => {
  let refusal: Error | null = new VenueError('credential', 'x', 'The key is gone.')
  const { client, server } = served(() => refusal)
  const kill = { type: 'control', id: 1, token: TOKEN, action: 'kill', instance: 'bot_01' }
  await assert.rejects(server.account('live', 'okx', 'main'), /The key is gone/)
  const [waiting] = await client().say(kill)
  assert.deepEqual(
    [waiting?.code, waiting?.text],
    [
      'SERVICE_UNAVAILABLE',
      'account live-okx-main is not open (The key is gone), so nothing of bot_01 can be done by its desk yet',
    ],
  )
  refusal = null
  await server.account('live', 'okx', 'main')
  assert.equal((await client().say(kill))[0]?.code, 'NOT_FOUND')
})
