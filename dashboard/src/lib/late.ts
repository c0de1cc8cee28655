/** A module that is loaded when it is first needed. What could not be loaded is asked for again, unlike with `lazy`, which keeps the failure. */
import { createStore, type Store } from './store.ts'

export type Late<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'there'; readonly value: T }
  | { readonly state: 'failed'; readonly error: Error }

export interface LateModule<T> extends Pick<Store<Late<T>>, 'get' | 'subscribe'> {
  /** Begins, or begins again after a failure; else does nothing. */
  load(): void
}

const WAITING = { state: 'waiting' } as const

export function lateModule<T>(ask: () => Promise<T>): LateModule<T> {
  const store = createStore<Late<T>>(WAITING)
  let isAsked = false
  return {
    get: store.get,
    subscribe: store.subscribe,
    load: () => {
      if (isAsked) return
      isAsked = true
      store.set(WAITING)
      ask().then(
        (value) => store.set({ state: 'there', value }),
        (error: Error) => {
          isAsked = false
          store.set({ state: 'failed', error })
        },
      )
    },
  }
}
