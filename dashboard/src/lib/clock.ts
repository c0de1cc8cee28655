/** One timer for everything on the screen that says how long ago something was. */
import { useSyncExternalStore } from 'react'

const STEP_MS = 1000
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | null = null

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, STEP_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

/** Wall time in ms, renewed each second. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now)
