/** What can be asked of one instance; what cannot says why. */
import {
  CircleStop,
  EllipsisVertical,
  type LucideIcon,
  OctagonX,
  Pause,
  Play,
  RotateCcw,
  ShieldCheck,
  SquareX,
  StepForward,
} from 'lucide-react'
import { memo, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { IconButton } from '../../components/button.tsx'
import { Menu, type MenuItem } from '../../components/menu.tsx'
import { useMay } from '../../lib/session.ts'
import { type ActionName, actionNames, isDangerous, type Rights, refusalOf } from './actions.ts'
import { isOpen } from './figures.ts'

const ICONS: Readonly<Record<ActionName, LucideIcon>> = {
  start: Play,
  resume: StepForward,
  arm: ShieldCheck,
  pause: Pause,
  restart: RotateCcw,
  stop: CircleStop,
  close: SquareX,
  kill: OctagonX,
}

/** What the user may do here; stable while that does not change. */
export function useRights(): Rights {
  const operator = useMay('operator')
  const admin = useMay('admin')
  return useMemo(() => ({ operator, admin }), [operator, admin])
}

interface ActionMenuProps {
  readonly item: InstanceView
  readonly onAct: (id: string, action: ActionName) => void
}

/** What the menu depends on: everything else of an instance changes many times a minute. */
const stampOf = (item: InstanceView): string =>
  [
    item.id,
    item.state,
    item.desired,
    item.restraint?.state,
    item.pid === null,
    item.position === null,
    isOpen(item),
    (item.orders ?? 0) === 0,
    item.position_venue == null,
  ].join(' ')

const isSame = (before: ActionMenuProps, after: ActionMenuProps): boolean =>
  before.onAct === after.onAct && stampOf(before.item) === stampOf(after.item)

export const ActionMenu = memo(function ActionMenu({ item, onAct }: ActionMenuProps) {
  const { t } = useTranslation('fleet')
  const rights = useRights()
  const items = actionNames.flatMap((action): MenuItem[] => {
    const Icon = ICONS[action]
    const refusal = refusalOf(action, item, rights)
    const entry: MenuItem = {
      id: action,
      label: t(`action.${action}`),
      icon: <Icon aria-hidden className="size-4 shrink-0" />,
      danger: isDangerous(action),
      disabled: refusal !== null,
      ...(refusal !== null && { hint: t(`refusal.${refusal}`) }),
      onSelect: () => onAct(item.id, action),
    }
    return action === 'stop' ? [{ id: 'line', line: true }, entry] : [entry]
  })
  return (
    <Menu
      trigger={
        <IconButton
          small
          label={t('action.menu', { id: item.id })}
          icon={<EllipsisVertical aria-hidden className="size-4" />}
        />
      }
      items={items}
    />
  )
}, isSame)
