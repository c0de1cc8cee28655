import { CircleStop, Pause, Play, ShieldCheck, SlidersHorizontal, StepForward } from 'lucide-react'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Button } from '../../components/button.tsx'
import { ActionDialog } from '../fleet/action-dialog.tsx'
import { ActionMenu } from '../fleet/action-menu.tsx'
import { type ActionName, refusalOf } from '../fleet/actions.ts'
import { useRights } from '../fleet/use-rights.ts'
import { GridAdjustDialog } from './grid-adjust.tsx'
import { answers, type BotStatus } from './grid-status.ts'

/** What stands as a button of its own, where it can be asked for; the rest is in the menu. */
const PROMINENT = [
  { name: 'start', Icon: Play },
  { name: 'arm', Icon: ShieldCheck },
  { name: 'resume', Icon: StepForward },
  { name: 'pause', Icon: Pause },
  { name: 'stop', Icon: CircleStop },
] as const

interface ActionsProps {
  readonly instance: InstanceView
  readonly status: BotStatus | undefined
}

/** Everything that can be asked of one instance, and moving its grid (of several legs none has one). Nothing for whoever only looks on. */
export function InstanceActions({ instance, status }: ActionsProps) {
  const { t } = useTranslation('instance')
  const { t: fleet } = useTranslation('fleet')
  const rights = useRights()
  const [asked, setAsked] = useState<ActionName | null>(null)
  const [isAdjusting, setAdjusting] = useState(false)
  const ask = useCallback((_: string, action: ActionName) => setAsked(action), [])
  if (!rights.operator) return null
  const canAdjust = answers(instance.state) && status?.grid?.range !== undefined
  return (
    <div className="flex flex-wrap items-center justify-end gap-1.5 phone:justify-start">
      {instance.legs === undefined && (
        <Button
          small
          icon={<SlidersHorizontal aria-hidden className="size-4" />}
          disabled={!canAdjust}
          title={canAdjust ? undefined : t('adjust.refused')}
          onClick={() => setAdjusting(true)}
        >
          {t('adjust.open')}
        </Button>
      )}
      {PROMINENT.filter(({ name }) => refusalOf(name, instance, rights) === null).map(
        ({ name, Icon }) => (
          <Button
            key={name}
            small
            kind={name === 'start' || name === 'resume' || name === 'arm' ? 'primary' : 'plain'}
            icon={<Icon aria-hidden className="size-4" />}
            onClick={() => setAsked(name)}
          >
            {fleet(`action.${name}`)}
          </Button>
        ),
      )}
      <ActionMenu item={instance} onAct={ask} />
      {asked !== null && (
        <ActionDialog key={asked} item={instance} action={asked} onClose={() => setAsked(null)} />
      )}
      {isAdjusting && status !== undefined && (
        <GridAdjustDialog id={instance.id} status={status} onClose={() => setAdjusting(false)} />
      )}
    </div>
  )
}
