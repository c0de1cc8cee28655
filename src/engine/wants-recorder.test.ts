import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SOL } from '../../test/bot/tiny-strategy.ts'
import { price } from '../domain/money.ts'
import type { Wake } from '../domain/strategy.ts'
import { EMPTY_OUTPUT, WantsRecorder } from './wants-recorder.ts'

const wake = (above: number | null, by: 'last' | 'mark' = 'last'): Wake => ({
  instrument: SOL.id,
  below: null,
  above: above === null ? null : price(above),
  at: null,
  by,
})

test('an event that reports nothing shares one empty output', () => {
  assert.equal(new WantsRecorder([]).take(), EMPTY_OUTPUT)
})

test('a wake replaces the one of its instrument and price, and the whole set comes out', () => {
  const recorder = new WantsRecorder([wake(10), wake(20, 'mark')])
  recorder.wake(wake(11))
  assert.deepEqual(recorder.take().wakes, [wake(20, 'mark'), wake(11)])
  assert.equal(recorder.take(), EMPTY_OUTPUT)
})

test('the same wake again is no change, and an empty one takes it back', () => {
  const recorder = new WantsRecorder([wake(10)])
  recorder.wake(wake(10))
  assert.equal(recorder.take(), EMPTY_OUTPUT)
  recorder.wake(wake(null))
  assert.deepEqual(recorder.take().wakes, [])
  recorder.wake(wake(null))
  assert.equal(recorder.take(), EMPTY_OUTPUT)
})

test('what is reported twice comes out once', () => {
  const recorder = new WantsRecorder([])
  recorder.drop('A')
  recorder.note('info', 'said')
  const output = recorder.take()
  assert.deepEqual(output.changes, [{ kind: 'drop', slot: 'A' }])
  assert.deepEqual(output.notes, [{ level: 'info', text: 'said' }])
  assert.equal(recorder.take(), EMPTY_OUTPUT)
})
