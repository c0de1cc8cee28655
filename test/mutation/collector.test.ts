import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as collector from './collector.ts'
import { GROUPS } from './groups.ts'

const file = join(process.cwd(), 'a.test.ts')

test('tests are collected by file, suites and name, and run within the hooks of their suites', async () => {
  const done: string[] = []
  const tests = await collector.collect([file], async () => {
    collector.beforeEach(() => done.push('outer before'))
    collector.describe('suite', () => {
      collector.beforeEach(() => done.push('inner before'))
      collector.afterEach(() => done.push('after'))
      collector.it('one', async () => {
        await Promise.resolve()
        done.push('one')
      })
      collector.test('two', () => assert.equal(done.length, -1))
    })
    collector.describe('later', { skip: 'not today' }, () => collector.test('three', () => {}))
  })
  assert.deepEqual(
    tests.map(({ id, isSkipped }) => [id, isSkipped]),
    [
      ['a.test.ts > suite > one', false],
      ['a.test.ts > suite > two', false],
      ['a.test.ts > later > three', true],
    ],
  )
  await tests[0]?.run()
  assert.deepEqual(done, ['outer before', 'inner before', 'one', 'after'])
  await assert.rejects(async () => tests[1]?.run(), assert.AssertionError)
  assert.equal(done.at(-1), 'after')
})

test('each collection begins anew, a test that fails by a rejection fails', async () => {
  const load = () => Promise.resolve(collector.test('only', () => Promise.reject(new Error('no'))))
  assert.equal((await collector.collect([file, file], load)).length, 2)
  const [only] = await collector.collect([file], load)
  await assert.rejects(async () => only?.run(), /no/)
})

test('the files of every group are there', () => {
  for (const { files, tests } of Object.values(GROUPS))
    for (const one of [...files, ...tests]) assert.ok(existsSync(one), one)
})
