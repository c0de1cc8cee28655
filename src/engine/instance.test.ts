import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyChanges, contextAt, parameters, recordRun } from '../../test/bot/recorded-run.ts'
import { tiny } from '../../test/bot/tiny-strategy.ts'
import type { RestingWant } from '../domain/strategy.ts'
import { disagreementsOf, InstanceEngine, type StoredInstance } from './instance.ts'
import { EMPTY_OUTPUT } from './wants-recorder.ts'

const begin = () => InstanceEngine.start(tiny, parameters, contextAt(10_001))
const resume = (stored: StoredInstance) =>
  InstanceEngine.resume(tiny, parameters, JSON.parse(JSON.stringify(stored)))

test('an instance that is restarted at every event wants and books the same', () => {
  const events = recordRun(tiny, 400, 7)
  assert.ok(events.filter((event) => event.kind === 'fill').length > 200)
  const whole = begin()
  let restarted = begin()
  for (const event of events) {
    restarted = resume(restarted.stored())
    assert.deepEqual(restarted.on(event), whole.on(event))
    assert.deepEqual(restarted.wants(), whole.wants())
  }
  assert.deepEqual(restarted.stored(), whole.stored())
  assert.equal(restarted.ledger.fingerprint, whole.ledger.fingerprint)
})

test('changes add up to the wants from scratch', () => {
  const engine = begin()
  const slots = new Map<string, RestingWant>()
  applyChanges(slots, engine.wants().changes)
  for (const event of recordRun(tiny, 300, 11)) {
    applyChanges(slots, engine.on(event).changes)
    const scratch = new Map<string, RestingWant>()
    applyChanges(scratch, engine.wants().changes)
    assert.deepEqual([...slots].sort(), [...scratch].sort())
  }
})

test('an event that is delivered twice is booked once, wherever a restart falls', () => {
  const events = recordRun(tiny, 120, 3)
  const once = begin()
  for (const event of events) once.on(event)
  const account = events.filter((event) => event.kind === 'fill' || event.kind === 'funding')
  let twice = begin()
  for (const [index, event] of events.entries()) {
    twice.on(event)
    // The desk hands out again everything since a sequence number that lies behind.
    if (index % 10 === 9) {
      twice = resume(twice.stored())
      for (const old of account.filter((item) => item.seq <= twice.lastSeq)) {
        assert.equal(twice.on(old), EMPTY_OUTPUT)
      }
    }
  }
  assert.deepEqual(twice.stored(), once.stored())
})

test('market events older than the latest are ignored, those of the same moment are not', () => {
  const engine = InstanceEngine.start(
    tiny,
    { ...parameters, finish_above: '105' },
    contextAt(10_001),
  )
  const { at } = contextAt(10_001)
  const tick = (offset: number, last: number) => {
    const context = contextAt(last)
    const [instrument] = context.instruments
    const [price] = context.prices
    assert.ok(instrument !== undefined && price !== undefined)
    return engine.on({ kind: 'price', at: at + offset, instrument: instrument.id, price })
  }
  assert.equal(tick(10, 10_100), EMPTY_OUTPUT)
  assert.equal(tick(5, 10_900), EMPTY_OUTPUT)
  assert.equal(tick(10, 10_900).finish?.reason, 'finish_above')
})

test('a state of another strategy or of a newer program is refused', () => {
  const stored = begin().stored()
  assert.throws(
    () => resume({ ...stored, strategy: 'other' }),
    /Invariant: the stored state is one of tiny/,
  )
  assert.throws(() => resume({ ...stored, stateVersion: 2 }), /version 1 or older, found 2/)
})

test('a first start after an earlier life leaves its account events alone', () => {
  const engine = InstanceEngine.start(tiny, parameters, contextAt(10_001), [1_000_000])
  for (const event of recordRun(tiny, 60, 5)) {
    if (event.kind === 'fill') assert.equal(engine.on(event), EMPTY_OUTPUT)
  }
  assert.equal(engine.ledger.fillsCount, 0)
})

test('the report carries the books as decimal text beside the strategy', () => {
  const engine = begin()
  for (const event of recordRun(tiny, 50, 9)) engine.on(event)
  const report = JSON.parse(JSON.stringify(engine.report(contextAt(10_001).prices)))
  const lots = Number(engine.ledger.position)
  assert.equal(Number(report.strategy.position), lots / 100)
  assert.equal(report.ledger.fills, engine.ledger.fillsCount)
  assert.match(report.ledger.fingerprint, /^[0-9a-f]{64}$/)
})

test('a strategy whose figures differ from the books is named with both', () => {
  const lying = { ...tiny, report: () => ({ position: '0.1', fees: '0', lines: 3 }) }
  const engine = InstanceEngine.start(lying, parameters, contextAt(10_001))
  assert.deepEqual(disagreementsOf(engine.report(contextAt(10_001).prices)), [
    'position: the strategy says 0.1, the books say 0',
  ])
})
