import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqliteJobStore } from '../adapters/stores/sqlite-job-store.ts'
import type { JobListener, JobProcesses } from '../ports/job-store.ts'
import { JobQueue, type JobQueueParts, QueueFull } from './job-queue.ts'

interface Started {
  readonly command: readonly string[]
  readonly listener: JobListener
  isStopped: boolean
}

function bench(concurrency = 1) {
  const started: Started[] = []
  const removed: string[] = []
  let now = Date.parse('2026-11-21T10:00:00Z')
  let names = 0
  const processes: JobProcesses = {
    start(command, listener) {
      const one: Started = { command, listener, isStopped: false }
      started.push(one)
      return {
        stop: () => {
          one.isStopped = true
          listener.onExit({ code: null, text: '' })
        },
      }
    },
    reportFolder: (id) => `/reports/${id}`,
    summaryOf: (id) => ({ id }),
    readReport: (id, file) => `${id}/${file}`,
    removeReport: (id) => void removed.push(id),
  }
  const parts: JobQueueParts = {
    store: new SqliteJobStore(':memory:'),
    processes,
    concurrency: () => concurrency,
    wallMs: () => {
      now += 1000
      return now
    },
    newName: () => {
      names += 1
      return `n${names}`
    },
  }
  const queue = new JobQueue(parts)
  const submit = (text = 'one') =>
    queue.submit({
      kind: 'backtest',
      author: 'ann',
      request: { text },
      command: ['backtest', text],
    })
  return { queue, parts, started, removed, submit }
}

test('one after the other, each with the folder of its report; the end frees the place', () => {
  const { queue, started, submit } = bench()
  const [a, b] = [submit('a'), submit('b')]
  assert.deepEqual([a.state, b.state], ['running', 'queued'])
  assert.deepEqual(started[0]?.command, ['backtest', 'a', '--report', `/reports/${a.id}`])
  started[0]?.listener.onProgress(0.4)
  started[0]?.listener.onProgress(0.2)
  assert.equal(queue.get(a.id)?.progress, 0.4)
  started[0]?.listener.onExit({ code: 0, text: 'ignored' })
  const ended = queue.get(a.id)
  assert.deepEqual([ended?.state, ended?.progress, ended?.summary], ['done', 1, { id: a.id }])
  assert.equal(queue.get(b.id)?.state, 'running')
  assert.deepEqual(
    queue.list(null, 10, null).map(({ id }) => id),
    [b.id, a.id],
  )
  assert.deepEqual(
    queue.list('backtest', 10, b.id).map(({ id }) => id),
    [a.id],
  )
  assert.deepEqual(queue.list('optimize', 10, null), [])
})

test('a failure is told with its sentence, and the next one begins', () => {
  const { queue, started, submit } = bench()
  const [a, b] = [submit('a'), submit('b')]
  started[0]?.listener.onExit({ code: 4, text: 'the strategy objects' })
  assert.deepEqual(
    [queue.get(a.id)?.state, queue.get(a.id)?.error],
    ['failed', 'the strategy objects'],
  )
  started[1]?.listener.onExit({ code: null, text: '' })
  assert.match(queue.get(b.id)?.error ?? '', /without a word/)
})

test('a cancelled job is ended where it stands, and never reported as failed', () => {
  const { queue, started, submit } = bench()
  const [a, b, c] = [submit(), submit(), submit()]
  assert.equal(queue.cancel(b.id)?.state, 'cancelled')
  assert.equal(queue.cancel(a.id)?.state, 'cancelled')
  assert.equal(started[0]?.isStopped, true)
  assert.equal(queue.get(c.id)?.state, 'running')
  assert.equal(queue.cancel(a.id)?.state, 'cancelled')
  assert.equal(queue.cancel('nothing'), null)
})

test('what ran when the control plane ended is marked; what waited goes on', () => {
  const { parts, submit, started, queue } = bench()
  const [a, b] = [submit('a'), submit('b')]
  queue.close()
  assert.equal(started[0]?.isStopped, true)
  const next = new JobQueue(parts)
  const marked = next.get(a.id)
  assert.deepEqual([marked?.state, next.get(b.id)?.state], ['interrupted', 'queued'])
  next.start()
  assert.equal(next.get(b.id)?.state, 'running')
  const again = next.retry(a.id, 'bob')
  assert.deepEqual([again?.author, again?.command, again?.state], ['bob', a.command, 'queued'])
  assert.notEqual(again?.id, a.id)
})

test('only what has ended can be removed, and its report goes with it', () => {
  const { queue, started, removed, submit } = bench()
  const a = submit()
  assert.equal(queue.remove(a.id), false)
  started[0]?.listener.onExit({ code: 0, text: '' })
  assert.equal(queue.remove(a.id), true)
  assert.deepEqual([removed, queue.get(a.id)], [[a.id], null])
})

test('a queue that is full refuses', () => {
  const { submit } = bench()
  for (let index = 0; index < 101; index += 1) submit()
  assert.throws(() => submit(), QueueFull)
})

test('whoever waits hears the end, or how far it is after a time', async () => {
  const { queue, started, submit } = bench()
  const a = submit()
  const waiting = queue.ended(a.id, 60_000)
  started[0]?.listener.onExit({ code: 0, text: '' })
  assert.equal((await waiting)?.state, 'done')
  assert.equal((await queue.ended(a.id, 1))?.state, 'done')
  const b = submit()
  assert.equal((await queue.ended(b.id, 1))?.state, 'running')
})

test('a job that cannot even begin has failed with its reason; the next one goes on', async () => {
  const { parts } = bench()
  const processes: JobProcesses = {
    ...parts.processes,
    reportFolder(id) {
      if (id.endsWith('n1')) throw new Error('no room')
      return `/reports/${id}`
    },
  }
  const queue = new JobQueue({ ...parts, processes })
  const order = { kind: 'backtest', author: 'ann', request: {}, command: ['backtest'] } as const
  const first = queue.submit(order)
  assert.deepEqual([first.state, first.error], ['failed', 'it could not begin: no room'])
  assert.equal((await queue.ended(first.id, 10))?.state, 'failed')
  assert.equal(queue.submit(order).state, 'running')
  assert.deepEqual(queue.count(), { queued: 0, running: 1 })
})
