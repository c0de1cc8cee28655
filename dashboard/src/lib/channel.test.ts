import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import type {
  StreamEvent,
  StreamMessage,
  StreamRequest,
} from '../../../src/protocol/api-messages.ts'
import { type Channel, type ChannelState, createChannel, type Line } from './channel.ts'

class FakeLine implements Line {
  readonly said: StreamRequest[] = []
  isClosed = false
  onopen: (() => void) | null = null
  onmessage: ((event: { readonly data: unknown }) => void) | null = null
  onclose: ((event: { readonly code: number }) => void) | null = null
  send(text: string): void {
    this.said.push(JSON.parse(text))
  }
  close(): void {
    this.isClosed = true
  }
  hear(message: StreamMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

const at = (seq: number) => ({ epoch: 'e1', seq })
const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
}

class World {
  readonly lines: FakeLine[] = []
  readonly states: ChannelState[] = []
  readonly events: StreamEvent[] = []
  gaps = 0
  endings = 0
  tickets = 0
  refuses = false
  readonly channel: Channel = createChannel(
    {
      ticket: async () => {
        this.tickets += 1
        if (this.refuses) throw new Error('no answer')
        return 'ticket'
      },
      open: () => {
        const line = new FakeLine()
        this.lines.push(line)
        return line
      },
      now: Date.now,
      chance: () => 1,
      onEvents: (events) => this.events.push(...events),
      onGap: () => {
        this.gaps += 1
      },
      onState: (state) => this.states.push(state),
      onSessionEnd: () => {
        this.endings += 1
      },
    },
    { topics: ['instances'], instance: null },
  )

  get line(): FakeLine {
    return this.lines.at(-1)!
  }

  async open(resumed = false): Promise<void> {
    await settled()
    this.line.onopen?.()
    this.line.hear({ type: 'welcome', position: at(10), resumed })
  }
}

describe('the live channel', () => {
  let world: World
  beforeEach(async () => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] })
    world = new World()
    world.channel.start()
    await world.open()
  })
  afterEach(() => {
    world.channel.stop()
    mock.timers.reset()
  })

  it('subscribes from now on, and everything is loaded anew', () => {
    assert.deepEqual(world.line.said, [
      { type: 'subscribe', topics: ['instances'], instance: null, since: null },
    ])
    assert.equal(world.gaps, 1)
    assert.deepEqual(world.states, ['live'])
  })
  it('goes on behind the last event after it was lost, with a new ticket', async () => {
    const event = { seq: 12, topic: 'logs', data: { instance: 'a', line: 'x' } } as const
    world.line.hear({ type: 'events', events: [event] })
    world.line.onclose?.({ code: 1006 })
    assert.deepEqual(world.states, ['live', 'down'])
    mock.timers.tick(500)
    await world.open(true)
    assert.deepEqual(world.line.said.at(-1), {
      type: 'subscribe',
      topics: ['instances'],
      instance: null,
      since: at(12),
    })
    assert.equal(world.gaps, 1)
    assert.equal(world.tickets, 2)
    assert.equal(world.states.at(-1), 'live')
  })
  it('waits longer after each failure, at most 10 s, and tries at once when nudged', async () => {
    world.refuses = true
    world.line.onclose?.({ code: 1006 })
    for (const wait of [500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
      const before = world.tickets
      mock.timers.tick(wait - 1)
      await settled()
      assert.equal(world.tickets, before, `not before ${wait} ms`)
      mock.timers.tick(1)
      await settled()
      assert.equal(world.tickets, before + 1, `after ${wait} ms`)
    }
    const before = world.tickets
    world.channel.nudge()
    await settled()
    assert.equal(world.tickets, before + 1)
  })
  it('is stale after three silent seconds, live with the next tick', () => {
    mock.timers.tick(3500)
    assert.equal(world.states.at(-1), 'stale')
    world.line.hear({ type: 'tick', at: '', position: at(11) })
    assert.equal(world.states.at(-1), 'live')
  })
  it('gives a line up that stays silent, and does not hear what it still says', async () => {
    const old = world.line
    mock.timers.tick(13_000)
    assert.equal(old.isClosed, true)
    assert.equal(world.states.at(-1), 'down')
    old.hear({ type: 'tick', at: '', position: at(11) })
    old.onclose?.({ code: 1006 })
    assert.equal(world.states.at(-1), 'down')
  })
  it('says when the server closed it for the end of the session', () => {
    world.line.onclose?.({ code: 4001 })
    assert.equal(world.endings, 1)
  })
  it('asks for other topics on the same line, from now on, and not twice for the same', () => {
    const wish = { topics: ['fills'], instance: 'a' } as const
    world.channel.show(wish)
    const said = { type: 'subscribe', ...wish, since: null }
    assert.deepEqual(world.line.said.at(-1), said)
    assert.equal(world.lines.length, 1)
    world.channel.show({ ...wish, topics: ['fills'] })
    assert.equal(world.line.said.length, 2)
  })
  it('does not go on from the place of other wishes when they changed while there was no line', async () => {
    world.line.onclose?.({ code: 1006 })
    world.channel.show({ topics: ['orders'], instance: 'a' })
    mock.timers.tick(500)
    await world.open()
    assert.deepEqual(world.line.said, [
      { type: 'subscribe', topics: ['orders'], instance: 'a', since: null },
    ])
    assert.equal(world.gaps, 2)
  })
  it('stays silent once stopped', async () => {
    world.channel.stop()
    world.line.onclose?.({ code: 1006 })
    mock.timers.tick(60_000)
    await settled()
    assert.equal(world.tickets, 1)
  })
})
