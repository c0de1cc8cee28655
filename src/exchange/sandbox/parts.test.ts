/** The smaller parts of the sandbox: plan of faults, limits, the time that is shown, keys. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FaultWish } from '../../protocol/sandbox-messages.ts'
import { FaultPlan } from './faults.ts'
import { sandboxCredentials } from './keys.ts'
import { Limiter } from './limiter.ts'
import { Timeline } from './timeline.ts'

describe('the plan of faults', () => {
  const scene = { venue: 'okx', account: 'main', endpoint: 'place', symbol: null } as const

  it('strikes where it is bound to and nowhere else', () => {
    const plan = new FaultPlan(() => 0)
    plan.set({ kind: 'latency', venue: 'okx', account: 'main', endpoint: 'place' })
    assert.ok(plan.strike('latency', scene))
    assert.equal(plan.strike('drip', scene), null)
    assert.equal(plan.strike('latency', { ...scene, venue: 'aster' }), null)
    assert.equal(plan.strike('latency', { ...scene, account: 'other' }), null)
    assert.equal(plan.strike('latency', { ...scene, endpoint: 'cancel' }), null)
  })

  it('ends by count, by time and by hand', () => {
    let now = 0
    const plan = new FaultPlan(() => now)
    plan.set({ kind: 'drip', count: 2 })
    const strikes = [1, 2, 3].map(() => plan.strike('drip', scene) !== null)
    assert.deepEqual(strikes, [true, true, false])
    plan.set({ kind: 'busy', forMs: 1000 })
    assert.ok(plan.holding('busy', scene))
    now = 1000
    assert.equal(plan.holding('busy', scene), null)
    assert.deepEqual(plan.list(), [])
    const id = plan.set({ kind: 'busy' })
    plan.clear(id)
    assert.equal(plan.strike('busy', scene), null)
    assert.throws(() => plan.clear(id), /there is no fault/)
  })

  it('repeats its chances by the seed', () => {
    const chances = (seed: number) => {
      const plan = new FaultPlan(() => 0)
      plan.set({ kind: 'drip', probability: 0.3, seed })
      return Array.from({ length: 200 }, () => plan.strike('drip', scene) !== null)
    }
    assert.deepEqual(chances(5), chances(5))
    assert.notDeepEqual(chances(5), chances(6))
    const hits = chances(5).filter(Boolean).length
    assert.ok(hits > 35 && hits < 85, `${hits} of 200 at 0.3`)
  })

  it('refuses what makes no sense, with a sentence that names the field', () => {
    const plan = new FaultPlan(() => 0)
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ kind: 'rain' }, /kind "rain"/],
      [{ kind: 'drip', venue: 'nowhere' }, /venue/],
      [{ kind: 'drip', endpoint: 'all' }, /endpoint/],
      [{ kind: 'drip', probability: 2 }, /probability/],
      [{ kind: 'drip', count: 0 }, /count/],
      [{ kind: 'drip', value: 'x' }, /value/],
    ]
    for (const [wish, sentence] of wrong) {
      assert.throws(() => plan.set(wish as FaultWish), sentence)
    }
  })
})

describe('limits', () => {
  it('refill evenly, or anew at each window', () => {
    let now = 0
    const limiter = new Limiter(true, () => now)
    const bucket = { name: 'b', kind: 'bucket', limit: 10, windowMs: 1000 } as const
    const window = { name: 'w', kind: 'window', limit: 10, windowMs: 1000 } as const
    assert.ok(limiter.take(bucket, 'me', 10).isAllowed)
    const refused = limiter.take(bucket, 'me', 1)
    assert.deepEqual([refused.isAllowed, refused.retryAfterMs], [false, 100])
    assert.ok(limiter.take(bucket, 'you', 1).isAllowed)
    assert.ok(limiter.take(window, 'me', 10).isAllowed)
    now = 500
    assert.ok(limiter.take(bucket, 'me', 5).isAllowed)
    assert.equal(limiter.take(window, 'me', 1).retryAfterMs, 500)
    now = 1000
    assert.equal(limiter.take(window, 'me', 1).used, 1)
  })

  it('only count when they are switched off', () => {
    const limiter = new Limiter(false, () => 0)
    const rule = { name: 'b', kind: 'bucket', limit: 1, windowMs: 1000 } as const
    assert.deepEqual(limiter.take(rule, 'me', 5), { isAllowed: true, used: 5, retryAfterMs: 0 })
  })
})

describe('the time that is shown', () => {
  it('never lies behind the wall clock, keeps minutes, and keeps what was shown', () => {
    const timeline = new Timeline(null)
    const wall = 1_700_000_012_345
    timeline.extend(0, wall)
    const begin = timeline.shown(0)
    assert.ok(begin >= wall && begin < wall + 60_000 && begin % 60_000 === 0)
    assert.equal(timeline.extend(30_000, wall + 30_000), false)
    assert.equal(timeline.extend(40_000, wall + 3_600_000), true)
    assert.ok(timeline.shown(40_000) >= wall + 3_600_000)
    assert.equal(timeline.shown(10_000), begin + 10_000)
    const again = new Timeline(timeline.stored())
    for (const at of [0, 10_000, 39_999, 40_000, 90_000]) {
      assert.equal(again.shown(at), timeline.shown(at))
      assert.equal(again.hidden(again.shown(at)), at)
    }
  })
})

describe('keys of the sandbox', () => {
  it('hang on the seed, the venue and the account, and look like the venue’s own', () => {
    const seed = Buffer.alloc(32, 1)
    const okx = sandboxCredentials(seed, 'okx', 'main')
    assert.deepEqual(sandboxCredentials(seed, 'okx', 'main'), okx)
    assert.notEqual(sandboxCredentials(seed, 'okx', 'other').apiKey, okx.apiKey)
    assert.notEqual(sandboxCredentials(Buffer.alloc(32, 2), 'okx', 'main').apiKey, okx.apiKey)
    assert.match(okx.apiKey, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    assert.match(okx.secretKey, /^[0-9A-F]{32}$/)
    const wallet = sandboxCredentials(seed, 'hyperliquid', 'main')
    assert.match(wallet.walletAddress, /^0x[0-9a-f]{40}$/)
    assert.notEqual(wallet.walletAddress, wallet.agentAddress)
    const backpack = sandboxCredentials(seed, 'backpack', 'main')
    assert.equal(Buffer.from(backpack.apiKey, 'base64').length, 32)
  })
})
