import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CPU_WINDOW_MS, MEMORY_OVER_MS, UsageWatch } from './usage-watch.ts'

const MB = 1_048_576
const limits = { memoryBytes: 256 * MB, cpuPercent: 80 }

/** Samples each second with what `usageAt` says; the first verdict with its second. */
function verdict(seconds: number, usageAt: (s: number) => { mb?: number; cpu?: number }) {
  const watch = new UsageWatch()
  for (let s = 0; s <= seconds; s += 1) {
    const { mb = 60, cpu = 0 } = usageAt(s)
    const said = watch.take(s * 1000, { memoryBytes: mb * MB, cpuSeconds: cpu }, limits)
    if (said !== null) return { s, said }
  }
  return null
}

describe('limits of memory and processor time', () => {
  it('act on memory that stays above the limit, with the numbers', () => {
    const found = verdict(60, (s) => ({ mb: s < 10 ? 100 : 300 }))
    assert.equal(found?.s, 10 + MEMORY_OVER_MS / 1000)
    assert.equal(found?.said, 'used 300 MB of memory for 5 s, memory_limit_mb is 256')
  })

  it('leave a short peak and memory at the limit alone', () => {
    assert.equal(
      verdict(60, (s) => ({ mb: s % 5 === 0 ? 100 : 300 })),
      null,
    )
    assert.equal(
      verdict(60, () => ({ mb: 256 })),
      null,
    )
  })

  it('act on a loop after the window', () => {
    const found = verdict(60, (s) => ({ cpu: Math.max(0, s - 10) }))
    // 80 % of a window of 20 s is passed in its 17th second.
    assert.ok(found !== null && found.s > 10 + 16 && found.s <= 10 + CPU_WINDOW_MS / 1000 + 1)
    assert.match(found.said, /^used \d+ % of a core for 20 s, cpu_limit_percent is 80$/)
  })

  it('leave a busy start and a steady load below the limit alone', () => {
    assert.equal(
      verdict(120, (s) => ({ cpu: Math.min(s, 10) })),
      null,
    )
    assert.equal(
      verdict(120, (s) => ({ cpu: s * 0.79 })),
      null,
    )
  })

  it('forget the process before', () => {
    const watch = new UsageWatch()
    const usage = { memoryBytes: 300 * MB, cpuSeconds: 0 }
    for (let s = 0; s < 5; s += 1) assert.equal(watch.take(s * 1000, usage, limits), null)
    watch.reset()
    assert.equal(watch.take(5000, usage, limits), null)
    assert.equal(watch.isDue(5500), false)
    assert.equal(watch.isDue(6000), true)
  })
})
