/** Hands seeds out in chunks, to this thread or to as many others as are asked for. */
import { Worker } from 'node:worker_threads'
import { onLoop } from './batch.ts'

const CHUNK = 50

export interface ChunkWork<T> {
  readonly workers: number
  /** What a thread runs: it answers each message with what the chunk has shown. */
  readonly file: URL
  message(chunk: readonly number[]): unknown
  here(chunk: readonly number[]): T
  take(found: T): void
}

export async function eachChunk<T>(seeds: readonly number[], work: ChunkWork<T>): Promise<void> {
  const chunks: (readonly number[])[] = []
  for (let i = 0; i < seeds.length; i += CHUNK) chunks.push(seeds.slice(i, i + CHUNK))
  if (work.workers === 1) {
    for (const chunk of chunks) work.take(await onLoop(() => work.here(chunk)))
    return
  }
  await Promise.all(Array.from({ length: work.workers }, () => runThread(chunks, work)))
}

/** A thread takes one chunk after the other until none is left. */
function runThread<T>(chunks: (readonly number[])[], work: ChunkWork<T>): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(work.file)
    const next = (): void => {
      const chunk = chunks.shift()
      if (chunk === undefined) void worker.terminate().then(() => resolve())
      else worker.postMessage(work.message(chunk))
    }
    worker.on('error', reject)
    worker.on('message', (found: T) => {
      work.take(found)
      next()
    })
    next()
  })
}
