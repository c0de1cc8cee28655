import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'

interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly children: ReactNode
  /** Buttons at the end, the one that acts last. */
  readonly footer?: ReactNode
  /** Escape and the backdrop do nothing while something is under way. */
  readonly locked?: boolean
}

/** The browser's own modal dialog: it keeps the focus, Escape closes it, the focus goes back to where it was. */
export function Dialog({ open, onClose, title, children, footer, locked = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  const { t } = useTranslation()
  useEffect(() => {
    const dialog = ref.current
    if (!open || dialog === null) return
    const before = document.activeElement
    dialog.showModal()
    return () => {
      dialog.close()
      // it has left the page already, so the browser does not give the focus back
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [open])
  if (!open) return null
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard closes it by Escape
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        if (!locked) onClose()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget && !locked) onClose()
      }}
      className="m-auto max-h-[min(44rem,calc(100dvh-2rem))] w-[30rem] max-w-[calc(100vw-2rem)] animate-appear overflow-hidden rounded-xl border border-line bg-panel p-0 text-ink shadow-pop open:flex open:flex-col"
    >
      <header className="flex items-start gap-3 px-5 pt-4 pb-2">
        <h2 id={id} className="min-w-0 flex-1 text-base font-semibold wrap-break-word">
          {title}
        </h2>
        <button
          type="button"
          aria-label={t('close')}
          disabled={locked}
          onClick={onClose}
          className="-mr-1 rounded p-1 text-faint hover:text-ink"
        >
          <X aria-hidden className="size-4" />
        </button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-4 text-sm">{children}</div>
      {footer !== undefined && (
        <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
          {footer}
        </footer>
      )}
    </dialog>
  )
}
