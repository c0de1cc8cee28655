import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jumpOf, synchronisedBy } from './doctor-machine.ts'

describe('what the doctor gathers of the clock', () => {
  it('is synchronised by the words of timedatectl or by a bit of adjtimex', () => {
    assert.equal(synchronisedBy('yes\n'), true)
    assert.equal(synchronisedBy('no\n'), false)
    assert.equal(synchronisedBy('         mode: 0\n       status: 8193\n'), true)
    assert.equal(synchronisedBy('         mode: 0\n       status: 65\n'), false)
    assert.equal(synchronisedBy('System has not been booted with systemd'), null)
    assert.equal(synchronisedBy(null), null)
  })

  it('jumps by what machine time and written times differ, the worst one counting', () => {
    const identity = (startTime: string) => ({ pid: 1, startTime, bootId: 'b' })
    const host = { self: () => identity('100000') }
    const now = Date.now()
    const ownStart = now - process.uptime() * 1000
    // Started 600 s of machine time before this process.
    const startedAt = ownStart - 600_000
    const jump = (...others: { identity: ReturnType<typeof identity>; startedAt: number }[]) =>
      Math.round((jumpOf(host, others, now) ?? Number.NaN) / 1000) + 0
    assert.equal(jump({ identity: identity('40000'), startedAt }), 0)
    const earlier = { identity: identity('40000'), startedAt: startedAt - 3_600_000 }
    assert.equal(jump({ identity: identity('40000'), startedAt }, earlier), 3600)
    assert.equal(jump({ identity: identity('40000'), startedAt: startedAt + 90_000 }), -90)
    assert.equal(jumpOf(host, [], now), null)
    // macOS tells a date instead of ticks: nothing can be said.
    assert.equal(jumpOf(host, [{ identity: identity('Sat Nov 21'), startedAt }], now), null)
  })
})
