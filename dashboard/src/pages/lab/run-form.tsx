/** What is tested on what. */
import { FlaskConical } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DataSetRow, StrategyRow } from '../../../../src/protocol/lab-messages.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { Field } from '../../components/field.tsx'
import { EmptyState, ErrorState, Skeleton, useFaultText } from '../../components/states.tsx'
import { useInstances } from '../../lib/queries.ts'
import { Choice } from './choice.tsx'
import { type BacktestOrder, useBacktest, useDataSets, useStrategies } from './lab-data.ts'
import { ParameterFields } from './parameter-fields.tsx'

const DATE = 10
/** It runs nothing before its range is given: not the one to begin with. */
const NEEDS_RANGE = 'perp_grid'

/** `i:` an instance, `s:` a strategy. */
interface Wish {
  readonly what: string
  readonly data: string
  readonly from: string
  readonly to: string
  readonly capital: string
  readonly leverage: string
  readonly hasLimits: boolean
  readonly parameters: Readonly<Record<string, string>>
}

export function RunForm({ onStarted }: { readonly onStarted: (id: string) => void }) {
  const { t } = useTranslation('lab')
  const sets = useDataSets()
  const strategies = useStrategies()
  const error = sets.error ?? strategies.error
  return (
    <Card title={t('form.title')}>
      {sets.data === undefined || strategies.data === undefined ? (
        <FormWaits
          error={error}
          onRetry={() => void Promise.all([sets.refetch(), strategies.refetch()])}
        />
      ) : sets.data.length === 0 ? (
        <EmptyState title={t('form.noData')} icon={<FlaskConical className="size-6" />}>
          <p>{t('form.noDataHint')}</p>
          <code className="mt-2 block rounded bg-raised px-2 py-1 text-left break-all">
            npx perpfleet data download okx BTC_USDT_PERP 1h --from 2025-01-01
          </code>
        </EmptyState>
      ) : (
        <Form sets={sets.data} strategies={strategies.data} onStarted={onStarted} />
      )}
    </Card>
  )
}

const FormWaits = ({
  error,
  onRetry,
}: {
  readonly error: Error | null
  readonly onRetry: () => void
}) => (error === null ? <Skeleton lines={4} /> : <ErrorState error={error} onRetry={onRetry} />)

interface Known {
  readonly id: string
  readonly strategy: string
}

interface FormProps {
  readonly sets: readonly DataSetRow[]
  readonly strategies: readonly StrategyRow[]
  readonly onStarted: (id: string) => void
}

function Form({ sets, strategies, onStarted }: FormProps) {
  const { t } = useTranslation('lab')
  const faultText = useFaultText()
  const { data: instances } = useInstances()
  const { mutate, isPending, error } = useBacktest()
  const [wish, setWish] = useState<Wish>(() => firstWish(sets, strategies))
  const change = (part: Partial<Wish>) => setWish({ ...wish, ...part })
  const running: readonly Known[] = instances?.items ?? []
  const submit = (event: FormEvent) => {
    event.preventDefault()
    mutate(orderOf(wish), { onSuccess: ({ id }) => onStarted(id) })
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <Subject
        wish={wish}
        change={change}
        sets={sets}
        strategies={strategies}
        instances={running}
      />
      <details className="rounded-md border border-line">
        <summary className="cursor-pointer px-3 py-2 text-sm font-medium">
          {t('form.parameters')}
          <span className="ml-2 text-xs font-normal text-dim">{t('form.parametersHint')}</span>
        </summary>
        <div className="space-y-3 border-t border-line p-3">
          <Terms wish={wish} change={change} />
          <ParameterFields
            parameters={parametersOf(wish.what, strategies, running)}
            shared={sharedKeys(strategies)}
            values={wish.parameters}
            onChange={(key, value) => change({ parameters: { ...wish.parameters, [key]: value } })}
          />
        </div>
      </details>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          kind="primary"
          busy={isPending}
          icon={<FlaskConical aria-hidden className="size-4" />}
        >
          {t('form.run')}
        </Button>
        {error !== null && (
          <p role="alert" className="text-sm text-bad">
            {faultText(error)}
          </p>
        )}
      </div>
    </form>
  )
}

/** Keys with their section are no parameters of the strategy. */
const LEVERAGE = 'exchange_config.leverage'

/** What holds for every strategy. */
function Terms({ wish, change }: Pick<SubjectProps, 'wish' | 'change'>) {
  const { t } = useTranslation('lab')
  return (
    <div className="grid gap-3 border-b border-line pb-3 sm:grid-cols-2 lg:grid-cols-4">
      <Field
        label={t('form.capital')}
        inputMode="decimal"
        value={wish.capital}
        onChange={(event) => change({ capital: event.target.value })}
      />
      <Field
        label={t('form.leverage')}
        inputMode="decimal"
        value={wish.leverage}
        onChange={(event) => change({ leverage: event.target.value })}
      />
      <div className="sm:col-span-2">
        <Choice
          label={t('form.limits')}
          value={String(wish.hasLimits)}
          onChange={(value) => change({ hasLimits: value === 'true' })}
          options={[
            { value: 'false', label: t('form.withoutLimits') },
            { value: 'true', label: t('form.withLimits') },
          ]}
          hint={t('form.limitsHint')}
        />
      </div>
    </div>
  )
}

interface SubjectProps extends Pick<FormProps, 'sets' | 'strategies'> {
  readonly wish: Wish
  readonly change: (part: Partial<Wish>) => void
  readonly instances: readonly Known[]
}

/** What is tested, on what, and from when to when. */
function Subject({ wish, change, sets, strategies, instances }: SubjectProps) {
  const { t } = useTranslation('lab')
  const set = sets.find(({ name }) => name === wish.data)
  return (
    <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-6">
      <div className="lg:col-span-2">
        <Choice
          label={t('form.what')}
          value={wish.what}
          onChange={(what) => change({ what, parameters: {}, hasLimits: what.startsWith('i:') })}
          options={[
            ...strategies.map(({ id }) => ({ value: `s:${id}`, label: id })),
            ...instances.map(({ id, strategy }) => ({
              value: `i:${id}`,
              label: `${t('form.instance')} ${id} (${strategy})`,
            })),
          ]}
        />
      </div>
      <div className="lg:col-span-2">
        <Choice
          label={t('form.data')}
          value={wish.data}
          onChange={(data) => change({ data, from: '', to: '' })}
          options={sets.map(({ name }) => ({ value: name ?? '', label: name ?? '' }))}
          hint={set === undefined ? '' : spanOf(set)}
        />
      </div>
      <Field
        label={t('form.from')}
        type="date"
        value={wish.from}
        min={set?.first_at.slice(0, DATE)}
        max={set?.last_at.slice(0, DATE)}
        onChange={(event) => change({ from: event.target.value })}
      />
      <Field
        label={t('form.to')}
        type="date"
        value={wish.to}
        min={set?.first_at.slice(0, DATE)}
        onChange={(event) => change({ to: event.target.value })}
      />
    </div>
  )
}

const spanOf = ({ rows, first_at: first, last_at: last }: DataSetRow): string =>
  `${rows.toLocaleString('en-US')} · ${first.slice(0, DATE)} … ${last.slice(0, DATE)}`

const firstWish = (sets: readonly DataSetRow[], strategies: readonly StrategyRow[]): Wish => ({
  what: `s:${(strategies.find(({ id }) => id !== NEEDS_RANGE) ?? strategies[0])?.id ?? ''}`,
  data: sets[0]?.name ?? '',
  from: '',
  to: '',
  capital: '',
  leverage: '',
  hasLimits: false,
  parameters: {},
})

/** A parameter that most strategies have is one of sizing and exits. */
function sharedKeys(strategies: readonly StrategyRow[]): ReadonlySet<string> {
  const keys = strategies.flatMap(({ parameters }) => Object.keys(parameters))
  const count = (key: string) => keys.filter((one) => one === key).length
  return new Set(keys.filter((key) => count(key) > strategies.length / 2))
}

function parametersOf(
  what: string,
  strategies: readonly StrategyRow[],
  instances: readonly Known[],
): StrategyRow['parameters'] {
  const name = what.slice(2)
  const id = what.startsWith('s:')
    ? name
    : instances.find((instance) => instance.id === name)?.strategy
  return strategies.find((strategy) => strategy.id === id)?.parameters ?? {}
}

function orderOf(wish: Wish): BacktestOrder {
  const { what, data, from, to, capital, leverage, hasLimits, parameters } = wish
  const name = what.slice(2)
  const given = Object.entries({ [LEVERAGE]: leverage, ...parameters }).filter(
    ([, value]) => value.trim() !== '',
  )
  return {
    ...(what.startsWith('s:') ? { strategy: name } : { instance: name }),
    data,
    ...(from !== '' && { from }),
    ...(to !== '' && { to }),
    ...(capital.trim() !== '' && { capital: capital.trim() }),
    limits: hasLimits,
    parameters: Object.fromEntries(given),
  }
}
