import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeLine, LineError, LineReader } from './lines.ts'

test('messages survive every way of cutting the stream', () => {
  const messages = [{ a: 1 }, { text: 'new\nline, é, 漢, 😀' }, [], 'x', null]
  const stream = messages.map(encodeLine).join('')
  for (let size = 1; size <= stream.length; size++) {
    const reader = new LineReader()
    const found: unknown[] = []
    for (let i = 0; i < stream.length; i += size)
      found.push(...reader.push(stream.slice(i, i + size)))
    assert.deepEqual(found, messages, `chunks of ${size}`)
    assert.equal(reader.isInsideLine, false)
  }
})

test('a line that is cut off is not a message', () => {
  const reader = new LineReader()
  assert.deepEqual(reader.push('{"a":1}\n{"b"'), [{ a: 1 }])
  assert.equal(reader.isInsideLine, true)
  assert.deepEqual(reader.push(':2}\n\n'), [{ b: 2 }])
})

test('a line beyond the limit is refused, whether it ends or not', () => {
  assert.throws(() => new LineReader(10).push('x'.repeat(11)), LineError)
  assert.throws(() => new LineReader(10).push(`"${'x'.repeat(11)}"\n`), LineError)
  const reader = new LineReader(10)
  reader.push('123456')
  assert.throws(() => reader.push('789012\n'), LineError)
})

test('what is no JSON is refused with its beginning', () => {
  assert.throws(() => new LineReader().push('hello\n'), /no JSON \("hello…"\)/)
})
