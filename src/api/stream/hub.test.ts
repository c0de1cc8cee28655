import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { VirtualClock } from '../../../test/support/virtual-clock.ts'
import type {
  LogEvent,
  StreamEvent,
  StreamMessage,
  StreamPosition,
  StreamRequest,
  StreamTopic,
} from '../../protocol/api-messages.ts'
import { StreamHub, type StreamReader } from './hub.ts'

/** A reader that keeps what it hears. */
class Line {
  readonly heard: StreamMessage[] = []
  closed: number | null = null
  unsentBytes = 0
  #reader: StreamReader

  constructor(hub: StreamHub, session: string | null = null) {
    const line = this
    this.#reader = hub.connect(
      {
        get unsentBytes() {
          return line.unsentBytes
        },
        send: (message) => void line.heard.push(JSON.parse(message.toString()) as StreamMessage),
        close: (code) => {
          line.closed = code
        },
      },
      session,
    )
  }

  say(request: StreamRequest | string): void {
    this.#reader.receive(typeof request === 'string' ? request : JSON.stringify(request))
  }
  subscribe(
    topics: readonly StreamTopic[],
    instance: string | null = null,
    since: StreamPosition | null = null,
  ): void {
    this.say({ type: 'subscribe', topics, instance, since })
  }
  cut(): void {
    this.#reader.leave()
  }
  get events(): StreamEvent[] {
    return this.heard.flatMap((message) => (message.type === 'events' ? message.events : []))
  }
  get welcomes() {
    return this.heard.filter((message) => message.type === 'welcome')
  }
}

const hubWith = (clock: VirtualClock, ringSize = 20_000) =>
  new StreamHub({ clock, epoch: 'e1', ringSize })

const log = (hub: StreamHub, instance: string, line: string) =>
  hub.publish('logs', instance, { instance, line })
const equity = (hub: StreamHub, instance: string | null, value: string) => {
  const point = { at: '', market_at: null, equity: value, low: value, high: value, pnl: '0' }
  hub.publish('equity', instance, { instance, point })
}

describe('the hub of the stream', () => {
  it('welcomes, sends what happens in one batch within 200 ms, and ticks each second', async () => {
    const clock = new VirtualClock()
    const hub = hubWith(clock)
    const line = new Line(hub)
    line.subscribe(['equity'])
    equity(hub, 'a', '1')
    equity(hub, null, '2')
    assert.deepEqual(line.welcomes, [
      { type: 'welcome', position: { epoch: 'e1', seq: 1 }, resumed: false },
    ])
    assert.equal(line.events.length, 0)
    await clock.advance(200)
    assert.equal(line.heard.filter(({ type }) => type === 'events').length, 1)
    assert.deepEqual(
      line.events.map(({ seq, topic }) => [seq, topic]),
      [
        [2, 'equity'],
        [3, 'equity'],
      ],
    )
    await clock.advance(900)
    assert.deepEqual(line.heard.at(-1), {
      type: 'tick',
      at: new Date(clock.wallMs() - 100).toISOString(),
      position: { epoch: 'e1', seq: 3 },
    })
    line.say({ type: 'ping' })
    assert.deepEqual(line.heard.at(-1), { type: 'pong' })
  })

  it('passes the topics and the instance of a subscription, and a later one in its place', async () => {
    const clock = new VirtualClock()
    const hub = hubWith(clock)
    const one = new Line(hub)
    const all = new Line(hub)
    one.subscribe(['equity', 'logs'], 'a')
    all.subscribe(['equity', 'logs'])
    const publish = () => {
      for (const id of ['a', 'b', null]) equity(hub, id, '1')
      log(hub, 'a', 'x')
      log(hub, 'b', 'y')
    }
    const shown = (line: Line) =>
      line.events.map(({ topic, data }) => `${topic} ${'instance' in data ? data.instance : ''}`)
    publish()
    await clock.advance(200)
    assert.deepEqual(shown(one), ['equity a', 'logs a'])
    assert.deepEqual(shown(all), ['equity a', 'equity b', 'equity null'])
    one.subscribe(['logs'], 'b')
    publish()
    await clock.advance(200)
    assert.deepEqual(shown(one).slice(2), ['logs b'])
  })

  it('asks a source while somebody listens, and for half a minute longer', async () => {
    const clock = new VirtualClock()
    const hub = hubWith(clock)
    const calls: string[] = []
    hub.provide('logs', ({ instance }) => {
      calls.push(`follow ${instance}`)
      return () => void calls.push(`leave ${instance}`)
    })
    const [first, second] = [new Line(hub), new Line(hub)]
    first.subscribe(['logs'], 'a')
    second.subscribe(['logs'], 'a')
    first.cut()
    await clock.advance(60_000)
    assert.deepEqual(calls, ['follow a'])
    second.cut()
    await clock.advance(20_000)
    const third = new Line(hub)
    third.subscribe(['logs'], 'a')
    await clock.advance(60_000)
    assert.deepEqual(calls, ['follow a'])
    third.subscribe(['logs'], 'b')
    await clock.advance(30_001)
    assert.deepEqual(calls, ['follow a', 'follow b', 'leave a'])
    hub.close()
    assert.deepEqual(calls.at(-1), 'leave b')
    assert.equal(third.closed, 1001)
  })

  it('does not say "resumed" of what nobody followed, another epoch, or what is not kept', async () => {
    const clock = new VirtualClock()
    const hub = hubWith(clock, 10)
    const resumed = (topics: readonly StreamTopic[], since: StreamPosition, id: string | null) => {
      const line = new Line(hub)
      line.subscribe(topics, id, since)
      const { resumed: answer, position } = line.welcomes[0] ?? assert.fail()
      line.cut()
      return { answer, position }
    }
    const begin = new Line(hub)
    begin.subscribe(['equity'])
    const { position } = begin.welcomes[0] ?? assert.fail()
    assert.equal(resumed(['equity'], position, null).answer, true)
    assert.equal(resumed(['equity'], { ...position, epoch: 'e0' }, null).answer, false)
    assert.equal(resumed(['equity'], { ...position, seq: position.seq + 1 }, null).answer, false)
    // Logs of an instance that nobody has followed so far.
    assert.equal(resumed(['equity', 'logs'], position, 'a').answer, false)
    begin.cut()
    await clock.advance(31_000)
    assert.equal(resumed(['equity'], position, null).answer, false)
    const now = resumed(['equity'], position, null).position
    for (let i = 0; i < 10; i++) equity(hub, 'a', String(i))
    assert.equal(resumed(['equity'], now, null).answer, true)
    equity(hub, 'a', 'one too many')
    assert.equal(resumed(['equity'], now, null).answer, false)
  })

  it('does not say "resumed" to a reader that wants something else than before its position', async () => {
    const clock = new VirtualClock()
    const hub = hubWith(clock)
    const [line, other] = [new Line(hub), new Line(hub)]
    other.subscribe(['equity'])
    line.subscribe(['equity'], 'a')
    const { position } = line.welcomes[0] ?? assert.fail()
    equity(hub, 'b', '1')
    line.subscribe(['equity'], 'a', position)
    await clock.advance(1000)
    line.subscribe(['equity'], null, hub.position)
    assert.deepEqual(
      line.welcomes.map(({ resumed }) => resumed),
      [false, true, false],
    )
  })

  it('loads anew rather than telling more than a line may be behind', async () => {
    const clock = new VirtualClock()
    const hub = hubWith(clock)
    const line = new Line(hub)
    line.subscribe(['logs'], 'a')
    const { position } = line.welcomes[0] ?? assert.fail()
    for (let i = 0; i < 60; i++) log(hub, 'a', 'x'.repeat(10_000))
    const next = new Line(hub)
    next.subscribe(['logs'], 'a', position)
    assert.equal(next.welcomes[0]?.resumed, false)
    assert.equal(next.events.length, 0)
  })

  it('closes a line that does not read (4008), and those of an ended session (4001)', async () => {
    const clock = new VirtualClock()
    const hub = hubWith(clock)
    const [slow, ended, other] = [new Line(hub, 's1'), new Line(hub, 's2'), new Line(hub, 's3')]
    for (const line of [slow, ended, other]) line.subscribe(['equity'])
    slow.unsentBytes = 1_048_577
    equity(hub, 'a', '1')
    await clock.advance(200)
    assert.deepEqual([slow.closed, slow.events.length], [4008, 0])
    hub.endSession('s2')
    assert.deepEqual([ended.closed, other.closed, hub.readers], [4001, null, 1])
    equity(hub, 'a', '2')
    await clock.advance(200)
    assert.deepEqual([ended.events.length, other.events.length], [1, 2])
  })

  it('refuses what it does not understand, too much of it, and silence (4002)', async () => {
    const clock = new VirtualClock()
    const hub = hubWith(clock)
    const said = [
      'no json',
      '{"type":"subscribe","topics":[],"instance":null,"since":null}',
      '{"type":"subscribe","topics":["orders","secrets"],"instance":null,"since":null}',
      '{"type":"subscribe","topics":["orders"],"instance":null,"since":{"epoch":"e1","seq":-1}}',
      '{"type":"shutdown"}',
      '[]',
    ]
    for (const text of said) {
      const line = new Line(hub)
      line.say(text)
      assert.equal(line.closed, 4002, text)
      assert.equal(line.heard.at(-1)?.type, 'error', text)
    }
    const noisy = new Line(hub)
    for (let i = 0; i < 31; i++) noisy.say({ type: 'ping' })
    assert.equal(noisy.closed, 4002)
    const silent = new Line(hub)
    await clock.advance(12_000)
    assert.equal(silent.closed, 4002)
    assert.equal(hub.readers, 0)
  })

  it('makes the text of a batch once for all who see the same', async () => {
    const clock = new VirtualClock()
    const hub = hubWith(clock)
    const messages: Buffer[] = []
    for (let i = 0; i < 5; i++) {
      const connection = {
        unsentBytes: 0,
        send: (message: Buffer) => void messages.push(message),
        close: () => {},
      }
      const text = '{"type":"subscribe","topics":["equity"],"instance":null,"since":null}'
      hub.connect(connection, null).receive(text)
    }
    messages.length = 0
    equity(hub, 'a', '1')
    await clock.advance(100)
    assert.equal(messages.length, 5)
    assert.equal(new Set(messages).size, 1)
  })

  it('loses and doubles nothing for a reader whose line is cut anywhere and who goes on behind its last event', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('publish'), of: fc.nat(3) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait'), of: fc.nat(400) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut'), of: fc.nat(4) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('resume'), of: fc.nat(1) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('other'), of: fc.nat(1) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const clock = new VirtualClock()
        const hub = hubWith(clock)
        const published: string[] = []
        const got: string[] = []
        let position: StreamPosition | null = null
        let line: Line | null = null
        const read = () => {
          for (const message of line?.heard.splice(0) ?? []) {
            if (message.type === 'welcome' && published.length > 0 && position !== null)
              assert.equal(message.resumed, true)
            if (message.type === 'welcome' || message.type === 'tick') position = message.position
            if (message.type !== 'events') continue
            for (const event of message.events) {
              got.push((event.data as LogEvent).line)
              position = { epoch: hub.epoch, seq: event.seq }
            }
          }
        }
        const connect = () => {
          line = new Line(hub)
          line.subscribe(['logs'], 'a', position)
          // Where nobody stood yet, nothing can be lost before the first welcome.
          if (position === null) read()
        }
        const apply = async ({ kind, of }: { kind: string; of: number }) => {
          if (kind === 'wait') await clock.advance(of)
          else if (kind === 'other') new Line(hub).subscribe(['logs', 'equity'], 'b')
          else if (kind === 'resume' && line === null) connect()
          else if (kind === 'publish') {
            const text = `line ${published.length}`
            log(hub, of === 0 ? 'b' : 'a', text)
            if (of !== 0) published.push(text)
          } else if (kind === 'cut' && line !== null) {
            // Of what was sent only a part arrives, never without what was sent before it.
            ;(line as Line).heard.splice(of)
            read()
            ;(line as Line).cut()
            line = null
          }
        }
        connect()
        for (const one of steps) await apply(one)
        if (line === null) connect()
        await clock.advance(1000)
        read()
        assert.deepEqual(got, published)
        hub.close()
      }),
      { numRuns: 150 },
    )
  })
})
