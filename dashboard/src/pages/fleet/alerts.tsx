/** What keeps instances from running at all: faulty files, and processes that were given up. It stands above everything. */
import { Link } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { FileWarning, OctagonAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Button } from '../../components/button.tsx'
import { useRelay } from '../../lib/i18n.ts'
import { byFile, readLogLine } from './server-lines.ts'
import { usePhone } from './use-phone.ts'

interface AlertProps {
  readonly icon: ReactNode
  readonly title: ReactNode
  readonly action?: ReactNode
  readonly children: ReactNode
}

const Alert = ({ icon, title, action, children }: AlertProps) => (
  <section className="flex gap-3 rounded-lg border border-bad/40 bg-bad-soft px-4 py-3">
    <span className="mt-0.5 shrink-0 text-bad">{icon}</span>
    <div className="min-w-0 flex-1 space-y-1.5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h2 className="text-sm font-semibold text-bad">{title}</h2>
        {action !== undefined && <div className="ml-auto">{action}</div>}
      </div>
      {children}
    </div>
  </section>
)

function Faults({ faults }: { readonly faults: readonly string[] }) {
  const { t } = useTranslation('fleet')
  const relay = useRelay()
  return (
    <Alert
      icon={<FileWarning aria-hidden className="size-4" />}
      title={t('faults.title', { n: faults.length })}
    >
      <p className="text-sm">{t('faults.text')}</p>
      <section
        aria-label={t('faults.title', { n: faults.length })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-44 space-y-1.5 overflow-auto phone:max-h-52"
      >
        {byFile(faults).map(({ file, faults: found }) => (
          <div key={file} className="text-sm">
            <p className="font-mono text-xs font-medium break-all">{file}</p>
            <ul className="mt-0.5 space-y-0.5">
              {found.map(({ line, text }) => (
                <li key={line + text} className="flex gap-2 wrap-break-word">
                  <span className="num shrink-0 text-xs leading-5 text-dim">
                    {line !== '' && t('faults.line', { line })}
                  </span>
                  <span className="min-w-0">{relay(text)}</span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </section>
    </Alert>
  )
}

/** Closed on a phone, where it would push everything else away. */
function LastLines({ id, lines }: { readonly id: string; readonly lines: readonly string[] }) {
  const { t } = useTranslation('fleet')
  const isPhone = usePhone()
  if (lines.length === 0) return null
  return (
    <details open={!isPhone} className="text-xs">
      <summary className="cursor-pointer text-dim">{t('quarantine.lines')}</summary>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={t('quarantine.linesOf', { id })}
        className="mt-1 flex max-h-28 flex-col-reverse overflow-auto rounded-md border border-line bg-panel px-2.5 py-1.5 font-mono text-2xs text-dim"
      >
        <ol>
          {lines.map((line) => {
            const { time, text, isBad } = readLogLine(line)
            return (
              <li key={line} className={clsx('wrap-break-word', isBad && 'text-bad')}>
                {time !== '' && <span className="text-faint">{time} </span>}
                {text}
              </li>
            )
          })}
        </ol>
      </section>
    </details>
  )
}

interface QuarantinedProps {
  readonly item: InstanceView
  readonly onStart: ((id: string) => void) | null
}

function Quarantined({ item, onStart }: QuarantinedProps) {
  const { t } = useTranslation('fleet')
  const relay = useRelay()
  const { id, reason, restraint, last_lines: lines } = item
  const why = restraint?.why ?? reason
  return (
    <Alert
      icon={<OctagonAlert aria-hidden className="size-4" />}
      title={t('quarantine.title', { id })}
      action={
        <span className="flex gap-2">
          <Link
            to="/instances/$id"
            params={{ id }}
            className="inline-flex h-7 items-center rounded-md px-2 text-xs font-medium hover:underline phone:h-9"
          >
            {t('quarantine.open')}
          </Link>
          {onStart !== null && (
            <Button small onClick={() => onStart(id)}>
              {t('quarantine.start')}
            </Button>
          )}
        </span>
      }
    >
      <p className="text-sm wrap-break-word">
        {why !== null && relay(why)}
        {restraint != null && <span className="block text-dim">{relay(restraint.way_out)}</span>}
      </p>
      <LastLines id={id} lines={lines} />
    </Alert>
  )
}

interface AlertsProps {
  readonly faults: readonly string[]
  readonly items: readonly InstanceView[]
  /** Null: who is logged in may not start anything. */
  readonly onStart: ((id: string) => void) | null
}

export function Alerts({ faults, items, onStart }: AlertsProps) {
  const given = items.filter(({ state }) => state === 'quarantined')
  if (faults.length === 0 && given.length === 0) return null
  const isBoth = faults.length > 0 && given.length > 0
  return (
    <div role="alert" className={clsx('grid gap-3', isBoth && 'xl:grid-cols-2')}>
      {given.map((item) => (
        <Quarantined key={item.id} item={item} onStart={onStart} />
      ))}
      {faults.length > 0 && <Faults faults={faults} />}
    </div>
  )
}
