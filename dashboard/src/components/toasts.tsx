/** Short messages at the edge of the screen. An error stays until it is closed. */
import { clsx } from 'clsx'
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { createStore, useStore } from '../lib/store.ts'

export interface Toast {
  readonly tone: 'good' | 'bad' | 'info'
  readonly text: string
}

const SHOWN_MS = 6000
const MOST = 4
const store = createStore<readonly (Toast & { readonly id: number })[]>([])
let last = 0

const close = (id: number): void => store.set(store.get().filter((one) => one.id !== id))

/** Says something; from anywhere. */
export function toast(tone: Toast['tone'], text: string): void {
  last += 1
  const id = last
  store.set([...store.get(), { id, tone, text }].slice(-MOST))
  if (tone !== 'bad') setTimeout(() => close(id), SHOWN_MS)
}

const ICONS = { good: CircleCheck, bad: CircleAlert, info: Info } as const
const TONES = { good: 'text-good', bad: 'text-bad', info: 'text-info' } as const

export function Toasts() {
  const { t } = useTranslation()
  const toasts = useStore(store)
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed right-4 bottom-4 z-50 flex w-96 max-w-[calc(100vw-2rem)] flex-col gap-2"
    >
      {toasts.map(({ id, tone, text }) => {
        const Icon = ICONS[tone]
        return (
          <div
            key={id}
            className="pointer-events-auto flex animate-appear items-start gap-2.5 rounded-lg border border-line bg-panel p-3 shadow-pop"
          >
            <Icon aria-hidden className={clsx('mt-0.5 size-4 shrink-0', TONES[tone])} />
            <p className="min-w-0 flex-1 text-sm wrap-break-word">{text}</p>
            <button
              type="button"
              aria-label={t('close')}
              onClick={() => close(id)}
              className="text-faint hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </button>
          </div>
        )
      })}
    </div>
  )
}
