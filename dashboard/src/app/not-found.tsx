import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../components/states.tsx'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <main className="py-16">
      <EmptyState title={t('notFound')}>
        <Link to="/" className="text-accent hover:underline">
          {t('nav.fleet')}
        </Link>
      </EmptyState>
    </main>
  )
}
