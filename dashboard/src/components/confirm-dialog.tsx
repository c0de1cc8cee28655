import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { useFaultText } from './states.tsx'

interface ConfirmDialogProps {
  readonly open: boolean
  readonly onClose: () => void
  /** The action as a question or an order: `Stop bp_sol_01`. */
  readonly title: string
  /** What will happen: orders, position, money. */
  readonly children: ReactNode
  /** What the button says. */
  readonly action: string
  readonly danger?: boolean
  /** Must be typed before the button works: the id of what is about to be closed. */
  readonly typed?: string
  /** The dialog closes when it is done; an error is shown in it. */
  readonly onConfirm: () => Promise<unknown>
}

/** Asks before something is done that is felt at a venue. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onClose, title, children, action, danger = false, typed, onConfirm } = props
  const { t } = useTranslation()
  const textOf = useFaultText()
  const [words, setWords] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  useEffect(() => {
    if (!open) return
    setWords('')
    setError(null)
  }, [open])
  const confirm = async () => {
    setBusy(true)
    setError(null)
    try {
      await onConfirm()
      onClose()
    } catch (fault) {
      setError(fault instanceof Error ? fault : new Error(String(fault)))
    } finally {
      setBusy(false)
    }
  }
  const footer = (
    <>
      <Button onClick={onClose} disabled={busy}>
        {t('cancel')}
      </Button>
      <Button
        kind={danger ? 'danger' : 'primary'}
        busy={busy}
        disabled={typed !== undefined && words.trim() !== typed}
        onClick={() => void confirm()}
      >
        {action}
      </Button>
    </>
  )
  return (
    <Dialog open={open} onClose={onClose} title={title} footer={footer} locked={busy}>
      <div className="space-y-3">
        {children}
        {typed !== undefined && (
          <Field
            label={t('confirm.type', { word: typed })}
            value={words}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
        {error !== null && (
          <p role="alert" className="rounded-md bg-bad-soft p-2.5 text-sm wrap-break-word text-bad">
            {textOf(error)}
          </p>
        )}
      </div>
    </Dialog>
  )
}
