import { useQuery, useQueryClient } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { TriangleAlert } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Price, Quantity } from '../../components/numbers.tsx'
import { Skeleton, useFaultText } from '../../components/states.tsx'
import { toast } from '../../components/toasts.tsx'
import { post } from '../../lib/api.ts'
import { formatDecimal } from '../../lib/format.ts'
import { useRelay, useTradeWord } from '../../lib/i18n.ts'
import {
  type AdjustResult,
  bodyOf,
  changesOf,
  faultsOf,
  isSame,
  isSound,
  type Range,
  rangeOf,
} from './adjustment.ts'
import type { BotStatus } from './grid-status.ts'
import { SideWord } from './side-word.tsx'

/** After the last key, before the bot is asked. */
const PAUSE_MS = 350

const adjust = (id: string, body: object): Promise<AdjustResult> =>
  post<AdjustResult>(`/instances/${encodeURIComponent(id)}/grid/adjust`, body)

/** The value as it was when nothing had changed for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

function RangeFields({
  range,
  onRange,
}: {
  readonly range: Range
  readonly onRange: (range: Range) => void
}) {
  const { t } = useTranslation('instance')
  const faults = faultsOf(range)
  const field = (name: keyof Range) => ({
    value: range[name],
    inputMode: 'decimal' as const,
    autoComplete: 'off',
    fault: faults[name] === null ? null : t(`adjust.fault.${faults[name]}`),
    onChange: (event: { readonly target: { readonly value: string } }) =>
      onRange({ ...range, [name]: event.target.value.trim() }),
  })
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      <Field label={t('adjust.lower')} {...field('lower')} />
      <Field label={t('adjust.upper')} {...field('upper')} />
      <Field label={t('adjust.levels')} {...field('levels')} className="phone:col-span-2" />
    </div>
  )
}

/** Something that must not be read over. */
const Warning = ({ children }: { readonly children: ReactNode }) => (
  <div className="flex gap-2 rounded-md bg-warn-soft p-3 text-sm text-warn">
    <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
    <div className="min-w-0 wrap-break-word">{children}</div>
  </div>
)

function MarketTrade({
  trade,
  isDone,
}: {
  readonly trade: NonNullable<AdjustResult['market_trade']>
  readonly isDone: boolean
}) {
  const { t } = useTranslation('instance')
  const decimal = (text: string) => formatDecimal(text, { upTo: 8 })
  const values = {
    quantity: decimal(trade.quantity),
    unit: trade.unit,
    price: decimal(trade.price),
    fee: formatDecimal(trade.fee, { upTo: 4 }),
    settle: trade.settle,
  }
  const isBuy = trade.side === 'buy'
  return (
    <Warning>
      <p className="text-base font-semibold">
        {isBuy && (isDone ? t('adjust.marketBought', values) : t('adjust.marketBuy', values))}
        {!isBuy && (isDone ? t('adjust.marketSold', values) : t('adjust.marketSell', values))}
      </p>
      <p className="mt-0.5">
        {t('adjust.marketCost', values)}{' '}
        {t('adjust.marketPosition', {
          before: formatDecimal(trade.position_before, { upTo: 8 }),
          after: formatDecimal(trade.position_after, { upTo: 8 }),
          unit: trade.unit,
        })}
      </p>
    </Warning>
  )
}

function Counts({ result }: { readonly result: AdjustResult }) {
  const { t } = useTranslation('instance')
  const counts = [
    { name: t('adjust.kept'), n: result.orders_kept, tone: 'text-ink' },
    { name: t('adjust.canceled'), n: result.orders_canceled, tone: 'text-bad' },
    { name: t('adjust.placed'), n: result.orders_placed, tone: 'text-good' },
  ]
  return (
    <dl className="grid grid-cols-3 gap-2">
      {counts.map(({ name, n, tone }) => (
        <div key={name} className="rounded-md bg-raised px-3 py-2">
          <dt className="text-xs text-dim">{name}</dt>
          <dd className={clsx('num text-xl font-semibold', n === 0 ? 'text-faint' : tone)}>{n}</dd>
        </div>
      ))}
    </dl>
  )
}

function Limits({ result }: { readonly result: AdjustResult }) {
  const { t } = useTranslation('instance')
  const relay = useRelay()
  const word = useTradeWord()
  const { orders_wanted: wanted, orders_allowed: allowed, limits = [] } = result
  if (wanted === undefined || allowed === undefined || (allowed === wanted && limits.length === 0))
    return null
  return (
    <Warning>
      <p className="font-medium">{t('adjust.allowed', { allowed, wanted })}</p>
      <ul className="mt-1 space-y-1 text-xs">
        {limits.map(({ code, text, side, line, before }) => (
          <li key={`${code} ${side} ${line}`}>
            {before === null
              ? t('adjust.limitAtEntry', { text: relay(text) })
              : t('adjust.limitAtLine', { side: word(side), line, before, text: relay(text) })}{' '}
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </Warning>
  )
}

function Changes({ result }: { readonly result: AdjustResult }) {
  const { t } = useTranslation('instance')
  const changes = changesOf(result)
  if (changes.length === 0) return null
  return (
    <details>
      <summary className="text-xs text-dim hover:text-ink">
        {t('adjust.difference', { n: changes.length })}
      </summary>
      <section
        aria-label={t('adjust.difference', { n: changes.length })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-2 max-h-52 overflow-auto rounded-md border border-line"
      >
        <table className="w-full text-xs">
          <tbody>
            {changes.map(({ what, side, price, quantity, slot }) => (
              <tr key={`${what} ${slot ?? price}`} className="border-b border-line last:border-b-0">
                <td className={clsx('px-3 py-1', what === 'cancel' ? 'text-bad' : 'text-good')}>
                  {what === 'cancel' ? t('adjust.cancel') : t('adjust.place')}
                </td>
                <td className="px-3 py-1">
                  <SideWord side={side} />
                </td>
                <td className="px-3 py-1 text-right">
                  <Price value={price} />
                </td>
                <td className="px-3 py-1 text-right">
                  <Quantity value={quantity} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}

/** What would change, or what has. */
function Outcome({ result }: { readonly result: AdjustResult }) {
  const { t } = useTranslation('instance')
  const { price_outside: outside = null, price = '–', market_trade: trade = null } = result
  return (
    <div className="space-y-3">
      <Counts result={result} />
      {trade !== null && <MarketTrade trade={trade} isDone={!result.dry_run} />}
      {outside !== null && (
        <Warning>
          {outside === 'below' ? t('adjust.below', { price }) : t('adjust.above', { price })}
        </Warning>
      )}
      <Limits result={result} />
      <Changes result={result} />
    </div>
  )
}

interface GridAdjustDialogProps {
  readonly id: string
  readonly status: BotStatus
  readonly onClose: () => void
}

/** Asks the bot for the difference as somebody types, and sends it when it is confirmed. */
function usePreview(id: string, range: Range, isAsked: boolean) {
  const settled = useSettled(range)
  const isCurrent = settled === range
  const query = useQuery({
    queryKey: ['adjust', id, settled],
    queryFn: () => adjust(id, { ...bodyOf(settled), dry_run: true }),
    enabled: isAsked && isSound(faultsOf(settled)),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    // the market moves on while somebody reads
    refetchInterval: 5000,
  })
  return { ...query, isCurrent: isCurrent && !query.isPending }
}

const Fault = ({ error }: { readonly error: Error }) => {
  const textOf = useFaultText()
  return (
    <p role="alert" className="rounded-md bg-bad-soft p-3 text-sm wrap-break-word text-bad">
      {textOf(error)}
    </p>
  )
}

/** A choice to be ticked, with what it means. */
function Tick(props: {
  readonly label: string
  readonly hint?: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}) {
  const { label, hint, checked, onChange } = props
  return (
    <label className="flex items-start gap-2.5 text-sm">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-accent phone:size-5"
      />
      <span>
        {label}
        {hint !== undefined && <span className="block text-xs text-dim">{hint}</span>}
      </span>
    </label>
  )
}

/** The form, what the bot says to it, and the sending. */
function useAdjustment(id: string, start: Range) {
  const { t } = useTranslation('instance')
  const client = useQueryClient()
  const [range, setRange] = useState(start)
  const [isTemporary, setTemporary] = useState(false)
  const [agreedTo, setAgreedTo] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const [done, setDone] = useState<AdjustResult | null>(null)
  const isChanged = !isSame(start, range)
  const preview = usePreview(id, range, isChanged && done === null)
  const result = isChanged && preview.error === null ? preview.data : undefined
  const trade = result?.market_trade ?? null
  const hasTrade = trade !== null
  // the market moves on: whoever has agreed to one trade has not agreed to another
  const asked = trade === null ? null : `${trade.side} ${trade.quantity}`
  const isAgreed = asked !== null && agreedTo === asked
  const setAgreed = (agreed: boolean) => setAgreedTo(agreed ? asked : null)
  const change = (next: Range) => {
    setRange(next)
    setAgreedTo(null)
    setError(null)
  }
  const send = async () => {
    setBusy(true)
    setError(null)
    try {
      setDone(await adjust(id, { ...bodyOf(range), ...(isTemporary && { temporary: true }) }))
      toast('good', t('adjust.done', { id }))
      void client.invalidateQueries({ queryKey: ['grid', id] })
      void client.invalidateQueries({ queryKey: ['config', id] })
    } catch (fault) {
      setError(fault instanceof Error ? fault : new Error(String(fault)))
    } finally {
      setBusy(false)
    }
  }
  const canSend = result !== undefined && preview.isCurrent && (!hasTrade || isAgreed)
  return {
    ...{ range, change, isChanged, preview, result, hasTrade },
    ...{ isTemporary, setTemporary, isAgreed, setAgreed },
    ...{ busy, error, done, canSend, send },
  }
}

type Adjustment = ReturnType<typeof useAdjustment>

function Form({
  adjustment,
  start,
  price,
}: {
  readonly adjustment: Adjustment
  readonly start: Range
  readonly price: string | null
}) {
  const { t } = useTranslation('instance')
  const { range, change, isChanged, preview, result, hasTrade, error } = adjustment
  const { isTemporary, setTemporary, isAgreed, setAgreed } = adjustment
  const decimal = (text: string | null) => formatDecimal(text, { upTo: 8 })
  return (
    <div className="space-y-4">
      <p className="text-xs text-dim">
        {t('adjust.intro', {
          lower: decimal(start.lower),
          upper: decimal(start.upper),
          levels: start.levels,
          price: decimal(price),
        })}
      </p>
      <RangeFields range={range} onRange={change} />
      <div aria-live="polite" className={clsx(!preview.isCurrent && isChanged && 'opacity-60')}>
        {!isChanged && <p className="text-sm text-dim">{t('adjust.unchanged')}</p>}
        {isChanged && preview.isLoading && <Skeleton lines={2} />}
        {isChanged && preview.error !== null && isSound(faultsOf(range)) && (
          <Fault error={preview.error} />
        )}
        {result !== undefined && <Outcome result={result} />}
      </div>
      <Tick
        label={t('adjust.temporary')}
        hint={t('adjust.temporaryHint')}
        checked={isTemporary}
        onChange={setTemporary}
      />
      {hasTrade && <Tick label={t('adjust.agree')} checked={isAgreed} onChange={setAgreed} />}
      {error !== null && <Fault error={error} />}
    </div>
  )
}

/** Moves the range of a running grid: the difference first, then the order to do it, then what came of it. */
export function GridAdjustDialog({ id, status, onClose }: GridAdjustDialogProps) {
  const { t } = useTranslation('instance')
  const [start] = useState(() => rangeOf(status))
  const adjustment = useAdjustment(id, start)
  const { busy, done, canSend, hasTrade, isTemporary, send } = adjustment
  const footer =
    done === null ? (
      <>
        <Button onClick={onClose} disabled={busy}>
          {t('adjust.back')}
        </Button>
        <Button
          kind={hasTrade ? 'danger' : 'primary'}
          busy={busy}
          disabled={!canSend}
          onClick={() => void send()}
        >
          {hasTrade ? t('adjust.sendAndTrade') : t('adjust.send')}
        </Button>
      </>
    ) : (
      <Button kind="primary" onClick={onClose}>
        {t('adjust.close')}
      </Button>
    )
  return (
    <Dialog open onClose={onClose} title={t('adjust.title', { id })} footer={footer} locked={busy}>
      {done === null ? (
        <Form adjustment={adjustment} start={start} price={status.price?.last ?? null} />
      ) : (
        <div className="space-y-3">
          <p className="text-sm font-medium text-good">
            {isTemporary ? t('adjust.doneTemporary') : t('adjust.doneWritten')}
          </p>
          <Outcome result={done} />
        </div>
      )}
    </Dialog>
  )
}
