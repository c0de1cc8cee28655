import { clsx } from 'clsx'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge, type Tone } from '../../components/badge.tsx'
import { Card } from '../../components/card.tsx'
import { DateTime, Money, Price, Quantity } from '../../components/numbers.tsx'
import { formatDecimal } from '../../lib/format.ts'
import { useRelay } from '../../lib/i18n.ts'
import type { PairDelta, PairPhases, PairReport } from './pair-status.ts'

type Words = TFunction<'pair'>

const PHASE_TONES: Readonly<Record<PairPhases['phase'], Tone>> = {
  flat: 'quiet',
  entering: 'info',
  holding: 'good',
  exiting: 'info',
  following: 'good',
  finished: 'quiet',
}

interface Fact {
  readonly name: string
  readonly value: ReactNode
  /** A smaller line below. */
  readonly hint?: ReactNode
  readonly isWarning?: boolean
}

const SECOND_MS = 1000
const secondsText = (ms = 0): string => formatDecimal(String(ms / SECOND_MS), { places: 1 })

const Bps = ({ value }: { readonly value: string }) => (
  <>
    {formatDecimal(value, { upTo: 2 })}
    <span className="ml-1 text-xs font-normal text-dim">bps</span>
  </>
)

function deltaFacts(report: PairReport, t: Words): readonly Fact[] {
  const { base, net_delta: now, phase, aim } = report
  const delta: PairDelta = report.delta ?? {}
  const { repair = 'none', imbalanced_ms: imbalanced = 0 } = delta
  const facts: Fact[] = []
  // a maker that follows its fills aims at nothing
  if (aim !== undefined && phase !== 'following')
    facts.push({ name: t('pair.aim'), value: <Quantity value={aim} signed unit={base ?? null} /> })
  facts.push({
    name: t('pair.delta'),
    value: <Quantity value={now} unit={base ?? null} />,
    isWarning: imbalanced > 0,
    ...(delta.bound === undefined
      ? {}
      : { hint: t('pair.bound', { bound: formatDecimal(delta.bound, { upTo: 8 }) }) }),
  })
  if (imbalanced > 0)
    facts.push({
      name: t('pair.imbalanced'),
      value: `${secondsText(imbalanced)} s`,
      hint: t(`repair.${repair}`),
      isWarning: true,
    })
  facts.push({
    name: t('pair.longest'),
    value: `${secondsText(delta.longest_ms)} s`,
    hint: t('pair.longestClosed', { seconds: secondsText(delta.longest_closed_ms) }),
  })
  facts.push({
    name: t('pair.unwinds'),
    value: String(delta.unwinds ?? 0),
    ...((report.unwound_in_row ?? 0) > 0
      ? { hint: t('pair.inRow', { n: report.unwound_in_row ?? 0 }), isWarning: true }
      : {}),
  })
  return facts
}

const wantedHint = (text: string, wanted: string | undefined): { readonly hint?: string } =>
  wanted === undefined ? {} : { hint: text }

/** What it waits for, as its strategy has it: an edge, a rate, or its own quotes. */
function decisionFacts(report: PairReport, t: Words): readonly Fact[] {
  const { edge_now_bps: edge, exit_spread_bps: spread, judged, rate_bps_per_day: rate } = report
  const told = (wanted: string | undefined) => ({ bps: formatDecimal(wanted, { upTo: 2 }) })
  const facts: Fact[] = []
  if (edge != null)
    facts.push({
      name: t('pair.edge'),
      value: <Bps value={edge} />,
      ...wantedHint(t('pair.atLeast', told(report.min_edge_bps)), report.min_edge_bps),
    })
  if (spread != null)
    facts.push({
      name: t('pair.spread'),
      value: <Bps value={spread} />,
      ...wantedHint(t('pair.atMost', told(report.exit_at_bps)), report.exit_at_bps),
    })
  if (spread != null && report.entry_edge_bps != null)
    facts.push({ name: t('pair.entryEdge'), value: <Bps value={report.entry_edge_bps} /> })
  if (judged != null && report.phase === 'flat')
    facts.push({
      name: t('pair.judged'),
      value: <Bps value={judged.rate_bps_per_day} />,
      ...wantedHint(
        t('pair.atLeast', told(report.min_rate_bps_per_day)),
        report.min_rate_bps_per_day,
      ),
    })
  if (judged?.break_even_h != null && report.phase === 'flat')
    facts.push({ name: t('pair.breakEven'), value: `${judged.break_even_h} h` })
  if (rate != null)
    facts.push({
      name: t('pair.rate'),
      value: <Bps value={rate} />,
      ...wantedHint(
        t('pair.atMost', told(report.exit_rate_bps_per_day)),
        report.exit_rate_bps_per_day,
      ),
    })
  if (report.min_profit_bps !== undefined)
    facts.push({
      name: t('pair.quotes'),
      value: (
        <>
          <Price value={report.bid} /> / <Price value={report.ask} />
        </>
      ),
      hint: t('pair.profit', told(report.min_profit_bps)),
    })
  return facts
}

/** Why nothing is entered, and what somebody should do: only where there is something to say. */
function Notes({
  report,
  disagreements,
}: {
  readonly report: PairReport
  readonly disagreements: readonly string[]
}) {
  const { t } = useTranslation('pair')
  const relay = useRelay()
  const { entries_stopped: stopped, entries_pause_until: until, rebalance } = report
  return (
    <>
      {stopped != null && (
        <p className="mt-3 rounded-md bg-bad-soft p-3 text-xs text-bad">
          <b className="block font-semibold">{relay(stopped)}</b>
          {t('pair.stoppedTodo')}
        </p>
      )}
      {stopped == null && until != null && (
        <p className="mt-3 text-xs text-dim">
          {t('pair.pause')} <DateTime at={new Date(until).toISOString()} />
        </p>
      )}
      {disagreements.map((text) => (
        <p key={text} className="mt-3 rounded-md bg-bad-soft p-3 text-xs text-bad">
          {relay(text)}
        </p>
      ))}
      {rebalance != null && (
        <p className="mt-3 rounded-md bg-warn-soft p-3 text-xs text-warn">
          {t('pair.rebalance', {
            amount: formatDecimal(rebalance.amount, { places: 2 }),
            from: rebalance.from,
            to: rebalance.to,
          })}
        </p>
      )}
    </>
  )
}

/** Both legs together: what it aims at, how far they are apart, what it waits for. */
export function PairCard({
  report,
  disagreements,
  currency,
  isOld,
}: {
  readonly report: PairReport
  /** Of the books of the bot and of its strategy. */
  readonly disagreements: readonly string[]
  readonly currency: string
  readonly isOld: boolean
}) {
  const { t } = useTranslation('pair')
  const { annual_return: yearly } = report
  const facts: readonly Fact[] = [
    ...deltaFacts(report, t),
    ...decisionFacts(report, t),
    {
      name: t('pair.margin'),
      value: <Money value={report.margin_now} currency={currency} />,
    },
    {
      name: t('pair.yearly'),
      value: yearly ?? <span title={t('pair.noYear')}>–</span>,
    },
  ]
  return (
    <Card
      title={t('pair.title')}
      actions={
        <>
          {isOld && <Badge tone="warn">{t('lastKnown')}</Badge>}
          <Badge tone={PHASE_TONES[report.phase]}>{t(`phase.${report.phase}`)}</Badge>
        </>
      }
    >
      <dl className={clsx('space-y-1.5 text-sm', isOld && 'as-of')}>
        {facts.map(({ name, value, hint, isWarning = false }) => (
          <div key={name} className="flex justify-between gap-4">
            <dt className="text-dim">{name}</dt>
            <dd className={clsx('num text-right', isWarning && 'text-warn')}>
              {value}
              {hint !== undefined && (
                <span className="block text-xs font-normal text-dim">{hint}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <Notes report={report} disagreements={disagreements} />
    </Card>
  )
}
