import { Component, type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '../lib/stream.ts'
import { Button } from './button.tsx'
import { ErrorState } from './states.tsx'

interface Props {
  readonly children: ReactNode
}

interface State {
  readonly error: Error | null
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error))

/** A fault in one part leaves the rest of the page standing. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error: asError(error) }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    return <ErrorState error={error} onRetry={() => this.setState({ error: null })} />
  }
}

/** Loads the page anew when the server is back: there is nothing on it that could be lost. */
function useComeback(): void {
  const { state } = useConnection()
  const wasAway = useRef(false)
  useEffect(() => {
    if (state === 'down') wasAway.current = true
    else if (wasAway.current && state === 'live') location.reload()
  }, [state])
}

/** In place of a page that could not be shown; after an update of the server the files have other names, so it loads anew. */
export function PageFault({ error }: { readonly error: unknown }) {
  const { t } = useTranslation()
  useComeback()
  return (
    <div className="py-12 text-center">
      <ErrorState error={asError(error)} />
      <Button onClick={() => location.reload()}>{t('reload')}</Button>
    </div>
  )
}
