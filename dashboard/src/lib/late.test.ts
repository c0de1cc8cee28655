import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lateModule } from './late.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a module that is loaded late', () => {
  it('is asked for once, however often it is needed', async () => {
    let asked = 0
    const late = lateModule(async () => {
      asked += 1
      return 'chart'
    })
    assert.deepEqual(late.get(), { state: 'waiting' })
    late.load()
    late.load()
    await settled()
    late.load()
    assert.deepEqual([late.get(), asked], [{ state: 'there', value: 'chart' }, 1])
  })
  it('is asked for again after a failure, and tells who waits for it', async () => {
    const error = new Error('no answer')
    let isAway = true
    const late = lateModule(async () => {
      if (isAway) throw error
      return 'chart'
    })
    const told: string[] = []
    late.subscribe(() => told.push(late.get().state))
    late.load()
    await settled()
    assert.deepEqual(late.get(), { state: 'failed', error })
    isAway = false
    late.load()
    await settled()
    assert.deepEqual(told, ['failed', 'waiting', 'there'])
  })
})
