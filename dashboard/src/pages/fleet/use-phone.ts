import { useSyncExternalStore } from 'react'

/** The same edge as `phone:` in styles/main.css. */
const narrow = matchMedia('(width < 40rem)')

function subscribe(listener: () => void): () => void {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}

/** True on a phone: for parts that are built otherwise there, not only arranged otherwise. */
export const usePhone = (): boolean => useSyncExternalStore(subscribe, () => narrow.matches)
