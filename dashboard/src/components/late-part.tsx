import { type ComponentType, type ReactNode, useEffect } from 'react'
import { ApiFault } from '../lib/api.ts'
import { type Late, type LateModule, lateModule } from '../lib/late.ts'
import { useStore } from '../lib/store.ts'
import { useConnection } from '../lib/stream.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { ErrorState } from './states.tsx'

type Part<P> = { readonly default: ComponentType<P> }

/** A browser says of a module that it did not get no more than a TypeError. */
const readable = (error: Error): Error =>
  error instanceof TypeError ? new ApiFault('UNREACHABLE', error.message, 0) : error

/** Loads it now, and once more when the server is back. */
function useLate<T>(module: LateModule<T>): Late<T> {
  const { state } = useConnection()
  const isThere = state === 'live' || state === 'polling'
  // biome-ignore lint/correctness/useExhaustiveDependencies: the connection changes nothing but the time to ask
  useEffect(() => module.load(), [module, isThere])
  return useStore(module)
}

/** A component of its own chunk, loaded when it is first shown; it comes by itself when the server was away meanwhile. */
export function latePart<P extends object>(
  ask: () => Promise<Part<P>>,
  waiting: ReactNode,
): ComponentType<P> {
  const module = lateModule(ask)
  return function LatePart(props: P) {
    const late = useLate(module)
    if (late.state === 'waiting') return waiting
    if (late.state === 'failed')
      return <ErrorState error={readable(late.error)} onRetry={module.load} />
    const Shown = late.value.default
    return (
      <ErrorBoundary>
        <Shown {...props} />
      </ErrorBoundary>
    )
  }
}
