/** Asks before an instance is touched, carries it out, and says what came of it. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ActionResult, InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Badge, StateBadge } from '../../components/badge.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useFaultText } from '../../components/states.tsx'
import { Segments } from '../../components/tabs.tsx'
import { toast } from '../../components/toasts.tsx'
import { post } from '../../lib/api.ts'
import { useRelay } from '../../lib/i18n.ts'
import { type ActionName, isDangerous } from './actions.ts'
import { consequencesOf, type StopChoice } from './consequences.ts'
import { contractName } from './figures.ts'

/** Longer than this the dialog does not keep anybody from the other instances: the rest is told by a toast. */
const PATIENCE_MS = 1500
const SAFE: StopChoice = { orders: 'cancel', positions: 'keep' }

const ask = (id: string, action: ActionName, stop: StopChoice): Promise<ActionResult> =>
  post<ActionResult>(
    `/instances/${encodeURIComponent(id)}/${action}`,
    action === 'stop' ? stop : {},
  )

/** Sends it. Resolves when it is done, or is under way for longer than anybody should wait in front of a dialog. */
function useSend(): (id: string, action: ActionName, stop: StopChoice) => Promise<void> {
  const { t } = useTranslation('fleet')
  const relay = useRelay()
  const textOf = useFaultText()
  return async (id, action, stop) => {
    const answer = ask(id, action, stop)
    const told = answer.then(({ ok, text }) =>
      toast(ok ? 'good' : 'bad', t('action.result', { id, text: relay(text) })),
    )
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, PATIENCE_MS, 'late'))
    if ((await Promise.race([told, late])) !== 'late') return
    toast('info', t('action.underWay', { id, action: t(`action.${action}`) }))
    told.catch((error: Error) => toast('bad', t('action.result', { id, text: textOf(error) })))
  }
}

interface StopChoicesProps {
  readonly stop: StopChoice
  readonly onStop: (stop: StopChoice) => void
}

function StopChoices({ stop, onStop }: StopChoicesProps) {
  const { t } = useTranslation('fleet')
  const keeps = stop.orders === 'keep'
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="text-dim">{t('stop.orders')}</span>
        <Segments
          label={t('stop.orders')}
          value={stop.orders}
          options={[
            { value: 'cancel', label: t('stop.cancelOrders') },
            { value: 'keep', label: t('stop.keepOrders') },
          ]}
          onChange={(orders) =>
            onStop({ orders, positions: orders === 'keep' ? 'keep' : stop.positions })
          }
        />
      </div>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="text-dim">{t('stop.positions')}</span>
        <Segments
          label={t('stop.positions')}
          value={stop.positions}
          options={[
            { value: 'keep', label: t('stop.keepPosition') },
            { value: 'close', label: t('stop.closePosition') },
          ]}
          onChange={(positions) =>
            onStop({ positions, orders: positions === 'close' ? 'cancel' : stop.orders })
          }
        />
      </div>
      {keeps && <p className="text-xs text-warn">{t('stop.keepWarning')}</p>}
    </div>
  )
}

interface ConsequencesProps {
  readonly action: ActionName
  readonly item: InstanceView
  readonly stop: StopChoice
}

function Consequences({ action, item, stop }: ConsequencesProps) {
  const { t } = useTranslation('fleet')
  return (
    <ul className="space-y-1.5" data-part="consequences">
      {consequencesOf(action, item, stop, t).map((text) => (
        <li key={text} className="flex gap-2">
          <span aria-hidden className="mt-[0.55em] size-1 shrink-0 rounded-full bg-faint" />
          <span className="num">{text}</span>
        </li>
      ))}
    </ul>
  )
}

interface ActionDialogProps {
  /** As it is now: the numbers in the dialog move with it. */
  readonly item: InstanceView
  readonly action: ActionName
  readonly onClose: () => void
}

/** Mounted anew for each question: `key` it by instance and action. */
export function ActionDialog({ item, action, onClose }: ActionDialogProps) {
  const { t } = useTranslation('fleet')
  const [stop, setStop] = useState(SAFE)
  const send = useSend()
  const { id, name, symbol, venue, mode, state } = item
  const isReal = mode !== 'paper'
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t(`ask.${action}`, { id })}
      action={t(`action.${action}`)}
      danger={isDangerous(action)}
      {...(action === 'kill' && isReal && { typed: id })}
      onConfirm={() => send(id, action, stop)}
    >
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-dim">
        <StateBadge state={state} />
        <span>
          {name} · {contractName(symbol)} · {venue}
        </span>
        <Badge tone={mode === 'live' ? 'bad' : 'quiet'}>{t(`mode.${mode}`)}</Badge>
      </p>
      {action === 'stop' && <StopChoices stop={stop} onStop={setStop} />}
      <Consequences action={action} item={item} stop={stop} />
    </ConfirmDialog>
  )
}
