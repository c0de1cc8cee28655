/** Counts accesses to a store, as /metrics tells them. */

export interface AccessCounts {
  ok: number
  failed: number
}

/** The same object, whose every call is counted: those that throw as failed. Its methods must not be asynchronous. */
export function counted<T extends object>(target: T, counts: AccessCounts): T {
  return new Proxy(target, {
    get(one, key) {
      const value: unknown = Reflect.get(one, key, one)
      if (typeof value !== 'function') return value
      return (...parts: unknown[]) => {
        try {
          const answer: unknown = Reflect.apply(value, one, parts)
          counts.ok += 1
          return answer
        } catch (error) {
          counts.failed += 1
          throw error
        }
      }
    },
  })
}
