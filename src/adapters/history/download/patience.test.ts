import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Failure, patiently, waitUntil } from './patience.ts'

/** Runs against failures, one after the other, then an answer; collects the waits. */
async function tried(failures: readonly Partial<Failure>[], stopAfter = Number.POSITIVE_INFINITY) {
  const stop = new AbortController()
  const waits: number[] = []
  const left = [...failures]
  const patience = {
    venue: 'okx',
    signal: stop.signal,
    wait: async (ms: number) => {
      waits.push(ms)
      if (waits.length >= stopAfter) stop.abort()
    },
    onWait: () => undefined,
  }
  const ask = async () => {
    if (left.length > 0) throw new Error('failed')
    return 'answer'
  }
  const failureOf = (): Failure => ({
    kind: 'unreachable',
    retryAfterMs: null,
    text: 'words',
    ...left.shift(),
  })
  const answer = await patiently(patience, ask, failureOf)
  return { answer, waits }
}

test('each further try waits twice as long, or as the venue says', async () => {
  const { answer, waits } = await tried([{}, {}, { kind: 'busy', retryAfterMs: 7_000 }, {}])
  assert.equal(answer, 'answer')
  assert.deepEqual(waits, [1_000, 2_000, 7_000, 8_000])
})

test('it gives up after six tries, and at once where asking again is no use', async () => {
  const again = { kind: 'unreachable' } as const
  await assert.rejects(tried([again, again, again, again, again, again, again]), {
    name: 'DownloadError',
    kind: 'failed',
    message: /^okx cannot be reached \(words; 6 tries\): run the command again later/,
  })
  const busy = { kind: 'busy' } as const
  await assert.rejects(tried([busy, busy, busy, busy, busy, busy]), /okx is asked too often/)
  await assert.rejects(tried([{ kind: 'unknown' }]), { kind: 'unknown' })
  await assert.rejects(
    tried([{ kind: 'other' }]),
    /^DownloadError: okx refused the request \(words\)/,
  )
  const banned = { kind: 'busy', retryAfterMs: 600_000 } as const
  await assert.rejects(tried([banned]), /okx wants to be left alone for 10 minutes \(words\)/)
})

test('a signal ends it between two tries', async () => {
  const { answer, waits } = await tried([{}, {}, {}], 2)
  assert.equal(answer, null)
  assert.equal(waits.length, 2)
})

test('a signal cuts a wait short', async () => {
  const stop = new AbortController()
  const waiting = waitUntil(stop.signal)(60_000)
  stop.abort()
  await waiting
})
