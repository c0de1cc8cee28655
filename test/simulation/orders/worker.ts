/** A thread that runs the seeds that it is given and answers with what they have shown. */
import { parentPort } from 'node:worker_threads'
import { type Level, onLoop, runSeeds } from './batch.ts'

parentPort?.on('message', ({ seeds, level }: { seeds: readonly number[]; level: Level }) => {
  void onLoop(() => runSeeds(seeds, level)).then((tally) => parentPort?.postMessage(tally))
})
