import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Logo } from './logo.tsx'

const PATIENCE_MS = 1500

/** Before anything is known of the session. */
export function Waiting() {
  const { t } = useTranslation()
  const [isLong, setIsLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-4">
      <Logo className="size-10 animate-breathe" />
      <p role="status" className="h-5 text-sm text-dim">
        {isLong ? t('waiting') : ''}
      </p>
    </main>
  )
}
