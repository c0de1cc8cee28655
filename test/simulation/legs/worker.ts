/** A thread that runs the seeds that it is given and answers with what they have shown. */
import { parentPort } from 'node:worker_threads'
import { onLoop, runLegsSeeds } from './batch.ts'

parentPort?.on('message', ({ seeds }: { seeds: readonly number[] }) => {
  void onLoop(() => runLegsSeeds(seeds)).then((tally) => parentPort?.postMessage(tally))
})
