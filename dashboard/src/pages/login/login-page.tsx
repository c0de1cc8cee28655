import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Logo } from '../../app/logo.tsx'
import { LanguageMenu, ThemeMenu } from '../../app/preferences.tsx'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { type LoginOutcome, login, useSession } from '../../lib/session.ts'
import { GridPicture } from './grid-picture.tsx'

const route = getRouteApi('/login')

function useEntry(): void {
  const { state } = useSession()
  const { from } = route.useSearch()
  const navigate = useNavigate()
  useEffect(() => {
    if (state === 'in') void navigate({ href: from ?? '/', replace: true })
  }, [state, from, navigate])
}

function LoginForm() {
  const { t } = useTranslation()
  const { ended } = useSession()
  const [name, setName] = useState('admin')
  const [password, setPassword] = useState('')
  const [outcome, setOutcome] = useState<LoginOutcome | null>(null)
  const [busy, setBusy] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setOutcome(null)
    setOutcome(await login(name.trim(), password))
    setBusy(false)
  }
  return (
    <form onSubmit={(event) => void send(event)} className="space-y-4">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">{t('login.title')}</h1>
        {ended ? (
          <p role="status" className="mt-3 rounded-md bg-warn-soft p-2.5 text-sm text-warn">
            {t('login.ended')}
          </p>
        ) : (
          <p className="mt-1 text-sm text-dim">{t('login.intro')}</p>
        )}
      </div>
      <Field
        label={t('login.name')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label={t('login.password')}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {outcome !== null && outcome !== 'ok' && (
        <p role="alert" className="rounded-md bg-bad-soft p-2.5 text-sm text-bad">
          {t(`login.outcome.${outcome}`)}
        </p>
      )}
      <Button type="submit" kind="primary" busy={busy} className="w-full">
        {t('login.enter')}
      </Button>
      <p className="text-xs text-dim">
        {t('login.forgotten')}
        <code className="mt-1 block w-fit rounded bg-raised px-1.5 py-0.5 font-mono text-ink">
          perpfleet user password admin
        </code>
      </p>
    </form>
  )
}

export function LoginPage() {
  const { t } = useTranslation()
  useEntry()
  return (
    <div className="grid min-h-dvh lg:grid-cols-[1.15fr_1fr]">
      <aside className="relative hidden overflow-hidden border-r border-line bg-panel lg:block">
        <GridPicture />
        <div className="absolute inset-x-0 bottom-0 p-12">
          <p className="max-w-lg text-2xl leading-snug font-semibold tracking-tight text-balance break-keep">
            {t('login.claim')}
          </p>
        </div>
      </aside>
      <main className="flex flex-col p-5 sm:p-8">
        <div className="flex items-center gap-2">
          <Logo className="size-7" />
          <span className="text-lg font-semibold tracking-tight">perpfleet</span>
          <div className="ml-auto flex">
            <LanguageMenu />
            <ThemeMenu />
          </div>
        </div>
        <div className="mx-auto my-auto w-full max-w-sm py-10">
          <LoginForm />
        </div>
      </main>
    </div>
  )
}
