/** The list of instances as events: what has changed since the look before, each instance made to text once. */
import type { Clock } from '../../ports/clock.ts'
import type { InstanceList, InstanceView } from '../../protocol/fleet-messages.ts'
import type { StreamHub } from './hub.ts'

const LOOK_MS = 500
/** Memory, CPU and age of a process change all the time: alone they are told this often. */
const USAGE_MS = 5000

interface Told {
  readonly steady: string
  readonly usage: string
  readonly at: number
}

/** @param list asked twice a second while somebody listens */
export function followInstances(
  hub: StreamHub,
  clock: Clock,
  list: () => Promise<InstanceList>,
): () => void {
  const told = new Map<string, Told>()
  let rest = ''
  let isAsking = false
  let isOver = false

  /** Text of an instance that has changed, else null. */
  const changed = (view: InstanceView): string | null => {
    const { uptime_s, memory_mb, cpu_percent, ...others } = view
    const steady = JSON.stringify(others).slice(0, -1)
    const usage = `"memory_mb":${memory_mb},"cpu_percent":${cpu_percent}`
    const before = told.get(view.id)
    const now = clock.monotonicMs()
    const isUsageDue = before?.usage !== usage && now - (before?.at ?? 0) >= USAGE_MS
    if (before?.steady === steady && !isUsageDue) return null
    told.set(view.id, { steady, usage, at: now })
    return `${steady},${usage},"uptime_s":${uptime_s}}`
  }

  const tell = ({ items, feed, faults }: InstanceList): void => {
    const texts = items.map(changed).filter((text) => text !== null)
    const present = new Set(items.map(({ id }) => id))
    const removed = [...told.keys()].filter((id) => !present.has(id))
    for (const id of removed) told.delete(id)
    const now = `"feed":${JSON.stringify(feed)},"faults":${JSON.stringify(faults)}`
    if (texts.length === 0 && removed.length === 0 && now === rest) return
    rest = now
    const head = `"items":[${texts.join(',')}],"removed":${JSON.stringify(removed)}`
    hub.publishText('instances', null, `{${head},${now}}`)
  }

  const look = async (): Promise<void> => {
    if (isAsking) return
    isAsking = true
    try {
      const answer = await list()
      if (!isOver) tell(answer)
    } catch {
      // The next look comes; ticks show that the stream lives.
    } finally {
      isAsking = false
    }
  }

  // The first look tells all: who has just loaded the list cannot know what changed in between.
  void look()
  const cancel = clock.every(LOOK_MS, () => void look())
  return () => {
    isOver = true
    cancel()
  }
}
