import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorBoundary } from '../components/error-boundary.tsx'
import { useSession } from '../lib/session.ts'
import { useConnection } from '../lib/stream.ts'
import { ConnectionBanner, isCurrent } from './connection.tsx'
import { FeedNote } from './feed.tsx'
import { Header } from './header.tsx'

/** Whoever is not logged in any more goes to the login, and back here afterwards. */
function useLeave(): void {
  const { state } = useSession()
  const navigate = useNavigate()
  const href = useRouterState({ select: ({ location }) => location.href })
  useEffect(() => {
    if (state === 'out' && !href.startsWith('/login'))
      void navigate({ to: '/login', search: href === '/' ? {} : { from: href }, replace: true })
  }, [state, href, navigate])
}

/** Several control planes in several tabs: who, what and where. */
function useTitle(path: string): void {
  const { t } = useTranslation()
  const [, id] = /^\/instances\/([^/]+)/.exec(path) ?? []
  const page = id === undefined ? t('nav.fleet') : decodeURIComponent(id)
  useEffect(() => {
    document.title = `${page} · perpfleet · ${location.host}`
  }, [page])
}

/** Header, what must not look calm, and the page. */
export function Layout() {
  const { t } = useTranslation()
  const { state } = useConnection()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  useLeave()
  useTitle(path)
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#page"
        className="sr-only rounded bg-panel p-2 focus:not-sr-only focus:absolute focus:z-50"
      >
        {t('nav.skip')}
      </a>
      <Header />
      <ConnectionBanner />
      <FeedNote />
      <main
        id="page"
        data-connection={state}
        className={clsx(
          'mx-auto w-full max-w-[1600px] flex-1 p-3 sm:p-5',
          !isCurrent(state) && 'as-of',
        )}
      >
        <ErrorBoundary key={path}>
          <Outlet />
        </ErrorBoundary>
      </main>
    </div>
  )
}
