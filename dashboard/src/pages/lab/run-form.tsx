/** What is tested on what. */
import { FlaskConical } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DataSetRow, JobRow, StrategyRow } from '../../../../src/protocol/lab-messages.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { Field } from '../../components/field.tsx'
import { EmptyState, ErrorState, Skeleton, useFaultText } from '../../components/states.tsx'
import { useInstances } from '../../lib/queries.ts'
import { Choice } from './choice.tsx'
import { useBacktest, useDataSets, useStrategies } from './lab-data.ts'
import { ParameterFields } from './parameter-fields.tsx'
import { DATE, firstWish, missingIn, orderOf, type Wish, wishOf } from './wish.ts'

interface RunFormProps {
  /** An earlier run whose request fills the form. */
  readonly like?: JobRow | undefined
  readonly onStarted: (id: string) => void
}

export function RunForm({ like, onStarted }: RunFormProps) {
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
            npx perpfleet data download okx BTC_USDT_PERP 1h --from 2025-01-01 --home HOME
          </code>
        </EmptyState>
      ) : (
        <Form sets={sets.data} strategies={strategies.data} like={like} onStarted={onStarted} />
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

interface FormProps extends RunFormProps {
  readonly sets: readonly DataSetRow[]
  readonly strategies: readonly StrategyRow[]
}

function Form({ sets, strategies, like, onStarted }: FormProps) {
  const { t } = useTranslation('lab')
  const { data: instances } = useInstances()
  const { mutate, isPending, error } = useBacktest()
  const [wish, setWish] = useState<Wish>(() =>
    like === undefined ? firstWish(sets, strategies) : wishOf(like),
  )
  const running: readonly Known[] = instances?.items ?? []
  const lacks = useLacks(wish, parametersOf(wish.what, strategies, running))
  const [isOpen, setIsOpen] = useState(lacks !== null || like !== undefined)
  const change = (part: Partial<Wish>) => {
    const next = { ...wish, ...part }
    setWish(next)
    if (next.what === wish.what) return
    const { grid, keys } = missingIn(next, parametersOf(next.what, strategies, running))
    if (grid.length + keys.length > 0) setIsOpen(true)
  }
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
      <details
        open={isOpen}
        onToggle={(event) => setIsOpen(event.currentTarget.open)}
        className="rounded-md border border-line"
      >
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
      <Submit lacks={lacks} isBusy={isPending} error={error} />
    </form>
  )
}

interface SubmitProps {
  readonly lacks: string | null
  readonly isBusy: boolean
  readonly error: Error | null
}

/** It waits until nothing is missing, and says what is. */
function Submit({ lacks, isBusy, error }: SubmitProps) {
  const { t } = useTranslation('lab')
  const faultText = useFaultText()
  const id = useId()
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button
        type="submit"
        kind="primary"
        busy={isBusy}
        disabled={lacks !== null}
        aria-describedby={lacks === null ? undefined : id}
        icon={<FlaskConical aria-hidden className="size-4" />}
      >
        {t('form.run')}
      </Button>
      {lacks !== null && (
        <p id={id} className="min-w-0 flex-1 text-sm wrap-break-word text-dim">
          {lacks}
        </p>
      )}
      {error !== null && (
        <p role="alert" className="text-sm text-bad">
          {faultText(error)}
        </p>
      )}
    </div>
  )
}

/** What is missing before it can run, as a sentence. */
function useLacks(wish: Wish, parameters: StrategyRow['parameters']): string | null {
  const { t } = useTranslation('lab')
  const { grid, keys } = missingIn(wish, parameters)
  const parts = [...keys, ...grid.map((need) => t(`form.needs.${need}`))]
  return parts.length === 0 ? null : t('form.missing', { what: parts.join('; ') })
}

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

interface Option {
  readonly value: string
  readonly label: string
}

/** What is gone meanwhile is still shown as it was asked for. */
const including = (options: readonly Option[], value: string): readonly Option[] =>
  options.some((option) => option.value === value)
    ? options
    : [...options, { value, label: value.replace(/^[si]:/, '') }]

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
          options={including(
            [
              ...strategies.map(({ id }) => ({ value: `s:${id}`, label: id })),
              ...instances.map(({ id, strategy }) => ({
                value: `i:${id}`,
                label: `${t('form.instance')} ${id} (${strategy})`,
              })),
            ],
            wish.what,
          )}
        />
      </div>
      <div className="lg:col-span-2">
        <Choice
          label={t('form.data')}
          value={wish.data}
          onChange={(data) => change({ data, from: '', to: '' })}
          options={including(
            sets.map(({ name }) => ({ value: name ?? '', label: name ?? '' })),
            wish.data,
          )}
          hint={set === undefined ? '' : t('form.span', spanOf(set))}
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

const spanOf = ({ rows, first_at: first, last_at: last }: DataSetRow) => ({
  n: rows.toLocaleString('en-US'),
  first: first.slice(0, DATE),
  last: last.slice(0, DATE),
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
