/** What can be asked of one instance; what cannot says why. Nothing for whoever only looks on. */
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
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { IconButton } from '../../components/button.tsx'
import { Menu, type MenuItem } from '../../components/menu.tsx'
import { type Act, type ActionName, actionNames, isDangerous, refusalOf } from './actions.ts'
import { isOpen } from './figures.ts'
import { useRights } from './use-rights.ts'

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

interface ActionMenuProps {
  readonly item: InstanceView
  readonly onAct: Act
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
  if (!rights.operator) return null
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
