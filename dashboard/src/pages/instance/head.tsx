import { clsx } from 'clsx'
import { ExternalLink, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Badge, StateBadge, stateTone } from '../../components/badge.tsx'
import { Duration, Money, Quantity, RelativeTime } from '../../components/numbers.tsx'
import { Stat } from '../../components/stat.tsx'
import { clockTime, sumOf } from '../../lib/format.ts'
import { useRelay, useTradeWord } from '../../lib/i18n.ts'
import { buttonSays } from '../fleet/actions.ts'
import { legsOf, negated } from '../fleet/figures.ts'
import { useRights } from '../fleet/use-rights.ts'
import { type BotStatus, isAtRest } from './grid-status.ts'

const MODE_TONES = { paper: 'quiet', testnet: 'info', sandbox: 'info', live: 'warn' } as const

/** One fact of the second line: small, with its name for readers of screens and as tooltip. */
const Fact = ({
  name,
  rare = false,
  children,
}: {
  readonly name: string
  /** Left out on a phone. */
  readonly rare?: boolean
  readonly children: ReactNode
}) => (
  <span className={clsx('inline-flex min-w-0 items-baseline gap-1.5', rare && 'phone:hidden')}>
    <span className="text-faint">{name}</span>
    <span className="num text-dim">{children}</span>
  </span>
)

function Facts({ instance }: { readonly instance: InstanceView }) {
  const { t } = useTranslation('instance')
  const { port, uptime_s: uptime, memory_mb: memory, restarts, tags } = instance
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {legsOf(instance).map(({ symbol, venue, position }) => (
        <Fact key={`${venue} ${symbol}`} name={t('head.contract')}>
          {symbol} · {venue}
          {instance.legs !== undefined && (
            <>
              {' · '}
              <Quantity value={position} signed unit={symbol.split('/')[0] ?? ''} />
            </>
          )}
        </Fact>
      ))}
      <Fact name={t('head.strategy')} rare>
        {instance.strategy}
      </Fact>
      {uptime !== null && (
        <Fact name={t('head.uptime')}>
          <Duration seconds={uptime} />
        </Fact>
      )}
      <Fact name={t('head.restarts')}>{instance.restarts > 0 ? <b>{restarts}</b> : restarts}</Fact>
      {memory !== null && (
        <Fact name={t('head.memory')} rare>
          {memory} MB
        </Fact>
      )}
      {port !== null && (
        <Fact name={t('head.port')}>
          <a
            href={`http://localhost:${port}`}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1 hover:text-ink hover:underline"
          >
            {port}
            <ExternalLink aria-hidden className="size-3" />
          </a>
        </Fact>
      )}
      <Fact name={t('head.node')} rare>
        {instance.node}
      </Fact>
      {tags.length > 0 && (
        <Fact name={t('head.tags')} rare>
          {tags.join(', ')}
        </Fact>
      )}
    </div>
  )
}

const NOTE_TONES = {
  good: 'bg-good-soft text-good',
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
  info: 'bg-info-soft text-info',
  quiet: 'bg-raised text-dim',
} as const

/** Why it is not simply running, since when, and what leads out; nothing when it runs. */
function Restraint({ instance }: { readonly instance: InstanceView }) {
  const { t } = useTranslation('instance')
  const relay = useRelay()
  const isSaid = buttonSays(instance, useRights())
  const { restraint = null, reason, last_lines: lines, state } = instance
  if (restraint === null && reason === null && lines.length === 0) return null
  const held = restraint?.state ?? state
  return (
    <div className={`space-y-1 rounded-md p-3 text-sm ${NOTE_TONES[stateTone(held)]}`}>
      <p className="flex gap-2 font-medium">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0 wrap-break-word">{relay(restraint?.why ?? reason ?? '')}</span>
      </p>
      {restraint !== null && (
        <p className="pl-6 text-xs wrap-break-word">
          {!isSaid && relay(restraint.way_out)}
          {restraint.since !== null && (
            <>
              {!isSaid && ' · '}
              {t('head.since')} <RelativeTime at={restraint.since} />
            </>
          )}
        </p>
      )}
      {restraint !== null && reason !== null && reason !== restraint.why && (
        <p className="pl-6 text-xs wrap-break-word">{relay(reason)}</p>
      )}
      {lines.length > 0 && (
        <pre className="mt-2 max-h-40 overflow-auto rounded bg-panel p-2 font-mono text-2xs text-dim">
          {lines.join('\n')}
        </pre>
      )}
    </div>
  )
}

/** What the venue says another number of, and orders of others: never calm. */
function Differences({ instance }: { readonly instance: InstanceView }) {
  const { t } = useTranslation('instance')
  const { position_venue: held = null, foreign_orders: foreign = null, books } = instance
  const unit = books?.base ?? ''
  if (held === null && foreign === null) return null
  return (
    <div className="space-y-1 rounded-md bg-bad-soft p-3 text-sm text-bad">
      {held !== null && (
        <p>{t('head.mismatch', { held, booked: instance.position ?? '–', unit })}</p>
      )}
      {foreign !== null && (
        <p>
          {t('head.foreign', {
            n: foreign.count,
            buying: foreign.buying,
            selling: foreign.selling,
          })}
        </p>
      )}
    </div>
  )
}

/** A leg that hangs must not look calm. */
function UnhedgedNote({ instance }: { readonly instance: InstanceView }) {
  const { t } = useTranslation('instance')
  const relay = useRelay()
  const { id, unhedged = null } = instance
  if (unhedged === null) return null
  const { amount, base, since, why } = unhedged
  return (
    <div role="alert" className="space-y-1 rounded-md bg-bad-soft p-3 text-sm text-bad">
      <p className="font-medium wrap-break-word">
        {t('head.unhedged', { amount, base, time: clockTime(since), why: relay(why) })}
      </p>
      <p className="text-xs wrap-break-word">{t('head.unhedgedWay', { id })}</p>
    </div>
  )
}

/** The total of the bot is newer than that of the list: today moves by the same amount, so that both are of one moment. */
function todayOf(instance: InstanceView, status: BotStatus | undefined): string | null {
  const { pnl, pnl_today: today } = instance
  const total = status?.pnl?.total
  if (total === undefined || pnl === null || today === null) return today
  return sumOf([today, total, negated(pnl)])
}

interface FiguresProps {
  readonly instance: InstanceView
  /** Of the bot while it answers, so that it agrees with the parts below. */
  readonly status: BotStatus | undefined
  /** A phone shows what one looks for first below the name, the rest further down. */
  readonly part: 'all' | 'first' | 'rest'
}

const GRIDS = {
  all: 'grid-cols-2 gap-x-6 sm:grid-cols-3 lg:grid-cols-6',
  first: 'grid-cols-3 gap-x-3',
  rest: 'grid-cols-[1fr_1fr_auto] gap-x-3',
} as const

function OrdersFigure({ instance }: { readonly instance: InstanceView }) {
  const { orders, orders_wanted: wanted = null } = instance
  if (orders === null) return '–'
  return (
    <>
      {orders}
      {wanted !== null && <span className="text-sm font-normal text-dim"> / {wanted}</span>}
    </>
  )
}

/** What it is worth, holds and did. */
export function Figures({ instance, status, part }: FiguresProps) {
  const { t } = useTranslation('instance')
  const { books } = instance
  const unit = status?.position?.base ?? books?.base ?? null
  const currency = status?.settle ?? books?.settle ?? null
  const position = status?.position?.quantity ?? instance.position
  const large = part === 'all'
  const equity = (
    <Stat
      large={large}
      label={t('figures.equity')}
      value={<Money value={status?.equity ?? instance.equity} currency={large ? currency : null} />}
    />
  )
  const total = (
    <Stat
      large={large}
      label={t('figures.pnl')}
      value={<Money value={status?.pnl?.total ?? instance.pnl} signed />}
    />
  )
  const today = (
    <Stat
      large={large}
      label={t('figures.today')}
      value={<Money value={todayOf(instance, status)} signed />}
    />
  )
  const held = (
    <Stat
      large={large}
      label={t('figures.position')}
      value={
        instance.legs === undefined ? (
          <Quantity value={position} signed unit={unit} />
        ) : (
          <ul className={large ? 'text-base' : 'text-sm'}>
            {instance.legs.map((leg) => (
              <li key={leg.name} title={`${leg.symbol} · ${leg.venue}`}>
                <Quantity value={leg.position} signed unit={leg.symbol.split('/')[0] ?? ''} />
              </li>
            ))}
          </ul>
        )
      }
    />
  )
  const fills = <Stat large={large} label={t('figures.fills')} value={instance.fills ?? '–'} />
  const orders = (
    <Stat large={large} label={t('figures.orders')} value={<OrdersFigure instance={instance} />} />
  )
  return (
    <dl className={clsx('grid gap-y-3', GRIDS[part], isAtRest(instance.state) && 'as-of')}>
      {part !== 'rest' && equity}
      {part !== 'first' && total}
      {part !== 'rest' && today}
      {part !== 'rest' && held}
      {part !== 'first' && fills}
      {part !== 'first' && orders}
    </dl>
  )
}

interface HeadProps {
  readonly instance: InstanceView
  readonly status: BotStatus | undefined
  /** Buttons and menu of what can be asked of it. */
  readonly actions: ReactNode
}

/** Who it is, in which state and why, and what it is worth. */
export function InstanceHead({ instance, status, actions }: HeadProps) {
  const { t } = useTranslation('instance')
  const word = useTradeWord()
  return (
    <header className="flex flex-col gap-3 rounded-lg border border-line bg-panel p-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 space-y-1.5">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <h1 className="text-lg font-semibold tracking-tight wrap-anywhere">{instance.name}</h1>
            <StateBadge state={instance.state} />
            <Badge tone={MODE_TONES[instance.mode]}>{word(instance.mode)}</Badge>
            <code className="text-xs text-dim">{instance.id}</code>
          </div>
          <div className="py-1.5 sm:hidden">
            <Figures instance={instance} status={status} part="first" />
          </div>
          <Facts instance={instance} />
        </div>
        <div className="phone:w-full">{actions}</div>
      </div>
      <Restraint instance={instance} />
      <UnhedgedNote instance={instance} />
      <Differences instance={instance} />
      {isAtRest(instance.state) && <p className="text-xs text-warn">{t('atRest')}</p>}
      <div className="phone:hidden">
        <Figures instance={instance} status={status} part="all" />
      </div>
    </header>
  )
}
