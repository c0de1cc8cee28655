/** The live stream of a real control plane with ten busy instances: 200 readers beside one, in the same run. */
import { fleetFiles, writeFleetFile } from '../test/drills/fleet-files.ts'
import { cpuSeconds, pssMb } from '../test/drills/fleet-proc.ts'
import { BenchHome, loaded } from './http.ts'
import { type Row, shownRatio } from './measure.ts'
import type { StreamFigures, StreamLoad } from './stream-load.ts'

const READERS = 200
const SECONDS = 20
/** Minutes of market in a minute: many orders a second. */
const SPEED = '1800'

interface Run extends StreamFigures {
  /** Share of one core that the control plane takes. */
  readonly processor: number
  readonly memoryMb: number
}

async function tickets(home: BenchHome, token: string, count: number): Promise<string[]> {
  const ask = async (): Promise<string> => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${home.url}/api/v1/stream/ticket`, { method: 'POST', headers })
    if (!answer.ok) throw new Error(`ticket: ${answer.status} ${await answer.text()}`)
    return ((await answer.json()) as { ticket: string }).ticket
  }
  const all: string[] = []
  for (let i = 0; i < count; i++) all.push(await ask())
  return all
}

async function measure(home: BenchHome, token: string, readers: number): Promise<Run> {
  const pid = home.controlPid()
  const load: StreamLoad = {
    address: `${home.url.replace('http', 'ws')}/api/v1/stream`,
    tickets: await tickets(home, token, readers),
    seconds: SECONDS,
  }
  const running = loaded<StreamFigures>('stream-load.ts', load)
  // heard at the end, where it is awaited
  running.catch(() => {})
  // the readers have come when this begins, and stay until it has ended
  await sleep(2000)
  const from = { at: performance.now(), cpu: cpuSeconds(pid) }
  await sleep((SECONDS - 4) * 1000)
  const processor = (cpuSeconds(pid) - from.cpu) / ((performance.now() - from.at) / 1000)
  const memoryMb = pssMb(pid)
  return { ...(await running), processor, memoryMb }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export async function benchStream(): Promise<readonly Row[]> {
  if (process.platform !== 'linux') return []
  const home = new BenchHome()
  try {
    const files = fleetFiles(10)
    for (const file of files) writeFleetFile(home.dir, file)
    await home.up('--speed', SPEED)
    await home.untilRunning(files)
    const token = await home.logIn()
    await measure(home, token, 1)
    const one = await measure(home, token, 1)
    const many = await measure(home, token, READERS)
    const times = ({ p50Ms, p99Ms }: Run) => `p50 ${p50Ms.toFixed(0)}, p99 ${p99Ms.toFixed(0)} ms`
    const flow = `${many.eventsPerSecond.toFixed(0)} events/s and ${(many.bytesPerSecond / 1024).toFixed(0)} KiB/s each`
    const share = ({ processor }: Run) => `${(processor * 100).toFixed(0)} % of a core`
    return [
      {
        what: `stream: order committed → message in the reader, ${READERS} readers (vs 1)`,
        measured: times(many),
        reference: times(one),
        ratio: `${shownRatio(many.p50Ms / one.p50Ms)} / ${shownRatio(many.p99Ms / one.p99Ms)}`,
        note: `${flow}, ${many.orders} samples, ${many.lost} readers lost; journals are looked at each 200 ms`,
      },
      {
        what: `stream: processor time of the control plane with ten instances, ${READERS} readers (vs 1)`,
        measured: share(many),
        reference: share(one),
        ratio: shownRatio(many.processor / one.processor),
        note: '',
      },
      {
        what: `stream: memory of the control plane (PSS), ${READERS} readers (vs 1)`,
        measured: `${many.memoryMb.toFixed(0)} MB`,
        reference: `${one.memoryMb.toFixed(0)} MB`,
        ratio: shownRatio(many.memoryMb / one.memoryMb),
        note: '',
      },
    ]
  } finally {
    await home.close()
  }
}
