import { Link } from '@tanstack/react-router'
import { BookOpen, CircleUser, LogOut } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../components/button.tsx'
import { Menu } from '../components/menu.tsx'
import { logout, useSession } from '../lib/session.ts'
import { ConnectionIndicator } from './connection.tsx'
import { FeedChip } from './feed.tsx'
import { Logo } from './logo.tsx'
import { LanguageMenu, ThemeMenu } from './preferences.tsx'

function UserMenu() {
  const { t } = useTranslation()
  const { user } = useSession()
  if (user === null) return null
  return (
    <Menu
      trigger={<IconButton label={t('menu.user')} icon={<CircleUser className="size-4" />} />}
      items={[
        {
          id: 'who',
          heading: (
            <>
              <span className="block text-sm font-medium text-ink">{user.username}</span>
              {t(`role.${user.role}`)}
            </>
          ),
        },
        { id: 'line', line: true },
        {
          id: 'api',
          label: t('menu.api'),
          icon: <BookOpen aria-hidden className="size-4 text-dim" />,
          onSelect: () => open('/docs', '_blank', 'noreferrer'),
        },
        {
          id: 'out',
          label: t('menu.logout'),
          icon: <LogOut aria-hidden className="size-4 text-dim" />,
          onSelect: () => void logout(),
        },
      ]}
    />
  )
}

const PageLink = ({ to, label }: { readonly to: '/' | '/lab'; readonly label: string }) => (
  <Link
    to={to}
    activeOptions={{ exact: to === '/' }}
    className="rounded-md px-2 py-1 text-sm text-dim hover:bg-raised hover:text-ink phone:py-2 data-[status=active]:text-ink data-[status=active]:font-medium"
  >
    {label}
  </Link>
)

export function Header() {
  const { t } = useTranslation()
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-panel">
      <div className="mx-auto flex h-13 w-full max-w-[1600px] items-center gap-2 px-3 sm:gap-3 sm:px-5">
        <Link
          to="/"
          aria-label={`perpfleet: ${t('nav.fleet')}`}
          className="flex items-center gap-2 rounded text-base font-semibold tracking-tight"
        >
          <Logo className="size-6" />
          <span className="phone:sr-only">perpfleet</span>
        </Link>
        <nav aria-label={t('nav.pages')} className="flex items-center gap-0.5">
          <PageLink to="/" label={t('nav.fleet')} />
          <PageLink to="/lab" label={t('nav.lab')} />
        </nav>
        <FeedChip />
        <div className="ml-auto flex items-center gap-0.5">
          <ConnectionIndicator />
          <LanguageMenu />
          <ThemeMenu />
          <UserMenu />
        </div>
      </div>
    </header>
  )
}
