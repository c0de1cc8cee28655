/** What an action will do to this very instance, with its numbers of now. Pure. */
import type { TFunction } from 'i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { formatDecimal, signOf } from '../../lib/format.ts'
import type { ActionName } from './actions.ts'
import { baseOf, heldText, isOpen } from './figures.ts'

export interface StopChoice {
  readonly orders: 'cancel' | 'keep'
  readonly positions: 'keep' | 'close'
}

type Words = TFunction<'fleet'>

const ordersOf = (item: InstanceView): number => item.orders ?? 0

/** `1.2 SOL`, without its direction. */
const amountOf = (item: InstanceView): string =>
  `${formatDecimal((item.position ?? '0').replace(/^[+-]/, ''), { upTo: 8 })} ${baseOf(item)}`

function openText(item: InstanceView, key: 'stays' | 'closed', t: Words): string {
  if (item.position === null) return t(`will.${key}.unknown`)
  if (!isOpen(item)) return t('will.flat')
  if (item.legs !== undefined) return t(`will.${key}.legs`, { held: heldText(item) })
  const side = signOf(item.position) > 0 ? t('will.long') : t('will.short')
  const { unrealised, settle } = item.books ?? { unrealised: null, settle: '' }
  const result =
    unrealised === null
      ? '–'
      : `${formatDecimal(unrealised, { places: 2, signed: true })} ${settle}`
  return t(`will.${key}.open`, { amount: amountOf(item), side, result })
}

const canceled = (item: InstanceView, t: Words): string =>
  ordersOf(item) === 0 ? t('will.noOrders') : t('will.canceled', { n: ordersOf(item) })

function stopText(item: InstanceView, stop: StopChoice, t: Words): string[] {
  const keeps = stop.orders === 'keep'
  return [
    keeps ? t('will.kept', { n: ordersOf(item) }) : canceled(item, t),
    openText(item, stop.positions === 'close' ? 'closed' : 'stays', t),
    t('will.noReboot'),
  ]
}

const wantedOf = (item: InstanceView, t: Words): string =>
  item.orders_wanted == null || item.orders_wanted === 0
    ? t('will.places')
    : t('will.placesOf', { n: item.orders_wanted })

/** One sentence for each thing that will happen. */
export function consequencesOf(
  action: ActionName,
  item: InstanceView,
  stop: StopChoice,
  t: Words,
): readonly string[] {
  switch (action) {
    case 'start':
      return [t('will.process'), wantedOf(item, t), openText(item, 'stays', t), t('will.reboot')]
    case 'stop':
      return stopText(item, stop, t)
    case 'restart':
      return [
        t('will.replaced'),
        t('will.ordersStay', { n: ordersOf(item) }),
        openText(item, 'stays', t),
      ]
    case 'pause':
      return [
        t('will.pauseOrders', { n: ordersOf(item) }),
        openText(item, 'stays', t),
        t('will.pauseStays'),
      ]
    case 'resume':
      return [t('will.resumes'), wantedOf(item, t), openText(item, 'stays', t)]
    case 'arm':
      return [t('will.armed'), wantedOf(item, t), openText(item, 'stays', t)]
    case 'close':
      return [canceled(item, t), openText(item, 'closed', t), t('will.halted')]
    case 'kill':
      return [canceled(item, t), openText(item, 'closed', t), t('will.killed')]
  }
}
