/** What the fleet earns and whether it does what it should: the first thing that is read. */
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../../components/card.tsx'
import { Money } from '../../components/numbers.tsx'
import { Tooltip } from '../../components/tooltip.tsx'
import { useRelay, useStateWord } from '../../lib/i18n.ts'
import type { FleetFigures } from './figures.ts'

interface FiguresProps {
  readonly figures: FleetFigures
}

/** `3 stopped, 1 killed`: those that do not run. */
function Others({ states }: { readonly states: FleetFigures['states'] }) {
  const { t } = useTranslation('fleet')
  const wordOf = useStateWord()
  const others = states.filter(({ state }) => state !== 'running')
  return others.map(({ state, count }) => `${count} ${wordOf(state)}`).join(t('summary.separator'))
}

function Line({ label, value }: { label: string; value: string | null }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="text-dim">{label}</dt>
      <dd className="font-medium">
        <Money value={value} signed />
      </dd>
    </div>
  )
}

/** No part of what is realised: counted by the lines of the grid. */
function GridProfit({ figures }: FiguresProps) {
  const { t } = useTranslation('fleet')
  return (
    <Tooltip text={t('summary.gridHint')}>
      <dl tabIndex={0} className="rounded text-sm">
        <Line label={t('summary.grid')} value={figures.gridProfit} />
      </dl>
    </Tooltip>
  )
}

function Split({ figures }: FiguresProps) {
  const { t } = useTranslation('fleet')
  return (
    <dl className="space-y-1.5 text-sm" aria-label={t('summary.split')}>
      <Line label={t('summary.realised')} value={figures.realised} />
      <Line label={t('summary.unrealised')} value={figures.unrealised} />
      <Line label={t('summary.funding')} value={figures.funding} />
      <Line label={t('summary.fees')} value={figures.fees} />
    </dl>
  )
}

interface CountProps {
  readonly label: string
  readonly value: ReactNode
  readonly isOdd?: boolean
  readonly hint?: ReactNode
  readonly title?: string
}

function Count({ label, value, isOdd = false, hint, title }: CountProps) {
  return (
    <div title={title} className="flex flex-wrap justify-between gap-x-4">
      <dt className="text-dim">{label}</dt>
      <dd className={clsx('num font-medium', isOdd && 'text-warn')}>{value}</dd>
      {hint !== undefined && (
        <dd className="line-clamp-2 w-full text-right text-xs text-dim">{hint}</dd>
      )}
    </div>
  )
}

function Counts({ figures }: FiguresProps) {
  const { t } = useTranslation('fleet')
  const relay = useRelay()
  const { running, count, states, missing, missingReason, orders, restarts, held } = figures
  const reason = missingReason === null ? '' : relay(missingReason)
  return (
    <dl className="space-y-1.5 text-sm">
      <Count
        label={t('summary.running')}
        value={t('summary.of', { n: running, all: count })}
        isOdd={running < count}
        {...(running < count && { hint: <Others states={states} /> })}
      />
      {held > 0 && <Count label={t('summary.held')} value={held} isOdd />}
      <Count label={t('summary.orders')} value={orders} />
      <Count
        label={t('summary.missing')}
        value={missing}
        isOdd={missing > 0}
        {...(reason !== '' && { hint: reason, title: reason })}
      />
      <Count label={t('summary.restarts')} value={restarts} isOdd={restarts > 0} />
    </dl>
  )
}

export function Summary({ figures }: FiguresProps) {
  const { t } = useTranslation('fleet')
  const { equity, currency, today, total } = figures
  return (
    <Card className="h-full">
      <h1 className="sr-only">{t('title')}</h1>
      <div className="space-y-4" data-part="summary">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3">
          <div className="col-span-2">
            <dt className="text-xs text-dim">{t('summary.equity')}</dt>
            <dd className="text-3xl font-semibold tracking-tight">
              <Money value={equity} currency={currency} />
            </dd>
          </div>
          <div>
            <dt className="text-xs text-dim">{t('summary.today')}</dt>
            <dd className="text-xl font-semibold tracking-tight">
              <Money value={today} signed />
            </dd>
          </div>
          <div>
            <dt className="text-xs text-dim">{t('summary.total')}</dt>
            <dd className="text-xl font-semibold tracking-tight">
              <Money value={total} signed />
            </dd>
          </div>
        </dl>
        <div className="border-t border-line pt-3">
          <Split figures={figures} />
        </div>
        {figures.gridProfit !== null && (
          <div className="border-t border-line pt-3">
            <GridProfit figures={figures} />
          </div>
        )}
        <div className="border-t border-line pt-3">
          <Counts figures={figures} />
        </div>
      </div>
    </Card>
  )
}

/** On a phone the same four answers stay at the top while the cards scroll below. */
export function PhoneSummary({ figures }: FiguresProps) {
  const { t } = useTranslation('fleet')
  const { equity, currency, today, running, count, missing, held } = figures
  return (
    <dl className="sticky top-13 z-20 -mx-3 -mt-3 flex flex-wrap items-baseline justify-between gap-x-3 border-b border-line bg-panel/95 px-3 py-2 backdrop-blur">
      <div>
        <dt className="sr-only">{t('summary.equity')}</dt>
        <dd className="font-semibold">
          <Money value={equity} currency={currency} />
        </dd>
      </div>
      <div>
        <dt className="sr-only">{t('summary.today')}</dt>
        <dd className="text-sm font-medium">
          <Money value={today} signed />
        </dd>
      </div>
      <div className="num text-sm whitespace-nowrap">
        <dt className="sr-only">{t('summary.running')}</dt>
        <dd className={running < count ? 'text-warn' : 'text-good'}>
          {t('summary.runningShort', { n: running, all: count })}
        </dd>
      </div>
      {held > 0 && (
        <div className="num text-sm whitespace-nowrap text-warn">
          <dt className="sr-only">{t('summary.held')}</dt>
          <dd>{t('summary.heldShort', { n: held })}</dd>
        </div>
      )}
      {missing > 0 && (
        <div className="num text-sm whitespace-nowrap text-warn">
          <dt className="sr-only">{t('summary.missing')}</dt>
          <dd>{t('summary.missingShort', { n: missing })}</dd>
        </div>
      )}
    </dl>
  )
}
