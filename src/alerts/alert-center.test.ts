import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { silentLogger } from '../ports/logger.ts'
import { type Notification, type Notifier, NotifierError } from '../ports/notifier.ts'
import { AlertCenter } from './alert-center.ts'
import type { WatchedFleet } from './conditions.ts'

const healthy: WatchedFleet = { instances: [], desks: [], accounts: [] }
const deskDown: WatchedFleet = {
  instances: [],
  desks: [{ name: 'desk-paper', isWanted: true, isRunning: false, restarts: 0 }],
  accounts: [],
}

/** A receiver in memory that refuses as often as it is told. */
class Receiver implements Notifier {
  readonly taken: Notification[] = []
  refusals: NotifierError[] = []
  readonly channel: string
  constructor(channel: string) {
    this.channel = channel
  }
  async send(notification: Notification): Promise<void> {
    const refusal = this.refusals.shift()
    if (refusal !== undefined) throw refusal
    this.taken.push(notification)
  }
  get statuses(): string[] {
    return this.taken.map(({ news }) => `${news.alert.alert} ${news.status}`)
  }
}

class World {
  readonly clock = new VirtualClock()
  readonly stored = new Map<string, string>()
  readonly telegram = new Receiver('telegram')
  readonly webhook = new Receiver('webhook')
  seen: WatchedFleet = healthy
  center = this.open()

  open(): AlertCenter {
    return new AlertCenter({
      clock: this.clock,
      logger: silentLogger,
      settings: {
        setting: (key) => this.stored.get(key) ?? null,
        saveSetting: (key, value) => void this.stored.set(key, value),
      },
      fleet: 'node-1',
      look: () => this.seen,
      spans: () => ({ botDownMs: 15_000, deskDownMs: 15_000, orderUnknownMs: 30_000 }),
      route: () => ['telegram', 'webhook'],
      notifier: (channel) =>
        [this.telegram, this.webhook].find((one) => one.channel === channel) ?? null,
      random: () => 0.5,
    })
  }

  /** The control plane ends and another one begins. */
  async restart(): Promise<void> {
    this.center.close()
    this.center = this.open()
    await this.clock.advance(0)
  }
}

describe('alerts', () => {
  test('leave once for each receiver when they begin and when they are over', async () => {
    const world = new World()
    world.seen = deskDown
    await world.clock.advance(14_000)
    assert.deepEqual(world.telegram.statuses, [])
    await world.clock.advance(4000)
    assert.deepEqual(world.telegram.statuses, ['DeskDown firing'])
    world.seen = healthy
    await world.clock.advance(10_000)
    assert.deepEqual(world.telegram.statuses, ['DeskDown firing', 'DeskDown resolved'])
    assert.deepEqual(world.webhook.statuses, world.telegram.statuses)
    assert.equal(world.center.recent.length, 1)
    assert.deepEqual([...world.center.raised], [['critical', 1]])
  })

  test('a receiver that fails is tried again, in order, and holds up no other', async () => {
    const world = new World()
    world.telegram.refusals = [
      new NotifierError('down', false),
      new NotifierError('busy', false, 20_000),
    ]
    world.seen = deskDown
    await world.clock.advance(17_000)
    assert.deepEqual(world.webhook.statuses, ['DeskDown firing'])
    world.seen = healthy
    await world.clock.advance(8000)
    assert.deepEqual(world.telegram.statuses, [], 'it asked for 20 s')
    await world.clock.advance(20_000)
    assert.deepEqual(world.telegram.statuses, ['DeskDown firing', 'DeskDown resolved'])
  })

  test('what is not sent yet survives the control plane, and nothing is told twice', async () => {
    const world = new World()
    world.telegram.refusals = [new NotifierError('down', false), new NotifierError('down', false)]
    world.seen = deskDown
    await world.clock.advance(16_500)
    await world.restart()
    await world.clock.advance(30_000)
    assert.deepEqual(world.telegram.statuses, ['DeskDown firing'])
    assert.deepEqual(world.webhook.statuses, ['DeskDown firing'])
  })

  test('a message that can never be taken is dropped, the next one goes', async () => {
    const world = new World()
    world.telegram.refusals = [new NotifierError('unknown chat', true)]
    world.seen = deskDown
    await world.clock.advance(17_000)
    world.seen = healthy
    await world.clock.advance(10_000)
    assert.deepEqual(world.telegram.statuses, ['DeskDown resolved'])
    assert.equal(world.center.notifications.get('telegram refused'), 1)
  })

  test('a test says that it is one, and a channel that is off says how to turn it on', async () => {
    const world = new World()
    await world.center.test('telegram')
    assert.equal(world.telegram.taken[0]?.isTest, true)
    await assert.rejects(world.center.test('slack'), /notifications.slack is not enabled/)
  })
})
