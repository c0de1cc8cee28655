import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLine, sift } from './log-lines.ts'

const json = (level: string, msg: string) =>
  JSON.stringify({
    time: '2026-11-21T10:47:50.435Z',
    level,
    module: 'orders',
    msg,
    bot: 'a',
    pid: 7,
  })

test('a line is read in either format', () => {
  const read = readLine(json('warn', 'bought'))
  assert.deepEqual(
    [read.at, read.level, read.module, read.text, read.facts],
    ['2026-11-21T10:47:50.435Z', 'warn', 'orders', 'bought', 'pid=7'],
  )
  const plain = readLine('2026-11-21T10:47:50.435Z INFO [web] listening port=5001')
  assert.deepEqual(
    [plain.at, plain.level, plain.module, plain.text],
    ['2026-11-21T10:47:50.435Z', 'info', 'web', 'listening port=5001'],
  )
  assert.deepEqual(readLine('  at somewhere', 3), {
    id: 3,
    at: null,
    level: null,
    module: '',
    text: '  at somewhere',
    facts: '',
    whole: '  at somewhere',
  })
  assert.equal(readLine('{broken').text, '{broken')
})

test('a level lets itself and what is graver through, and a continued text with its line', () => {
  const lines = [json('info', 'one'), json('error', 'two'), '  at two', json('debug', 'three')]
  const read = lines.map(readLine)
  const told = (found: ReturnType<typeof sift>) => found.map(({ text }) => text.trim())
  assert.deepEqual(told(sift(read, 'warn', '')), ['two', 'at two'])
  assert.deepEqual(told(sift(read, 'debug', 'TWO')), ['two', 'at two'])
  assert.deepEqual(told(sift(read, 'debug', '')), ['one', 'two', 'at two', 'three'])
})
