/** All instances: what is shown of them, and in which order. */
import { Search, SearchX } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { EmptyState } from '../../components/states.tsx'
import { useStateWord } from '../../lib/i18n.ts'
import { useStore } from '../../lib/store.ts'
import type { Act } from './actions.ts'
import { Choose } from './choose.tsx'
import { chosen, everything, type State, sortKeys, startsDescending } from './figures.ts'
import { InstanceCards } from './instance-cards.tsx'
import { InstanceTable } from './instance-table.tsx'
import { choiceStore } from './view.ts'

function StateChoice({ items }: { readonly items: readonly InstanceView[] }) {
  const { t } = useTranslation('fleet')
  const wordOf = useStateWord()
  const choice = useStore(choiceStore)
  const counts = new Map<State, number>()
  for (const { state } of items) counts.set(state, (counts.get(state) ?? 0) + 1)
  // What is chosen stays in the list when the last of that state has left it.
  if (choice.state !== null && !counts.has(choice.state)) counts.set(choice.state, 0)
  return (
    <Choose
      label={t('instances.state')}
      value={choice.state ?? ''}
      options={[
        { value: '', label: t('instances.everyState') },
        ...[...counts].map(([state, n]) => ({ value: state, label: `${wordOf(state)} (${n})` })),
      ]}
      onChange={(state) =>
        choiceStore.set({ ...choice, state: state === '' ? null : (state as State) })
      }
    />
  )
}

function TagChoice({ items }: { readonly items: readonly InstanceView[] }) {
  const { t } = useTranslation('fleet')
  const choice = useStore(choiceStore)
  const own = choice.tag === null ? [] : [choice.tag]
  const tags = [...new Set([...items.flatMap((item) => item.tags), ...own])].sort()
  if (tags.length === 0) return null
  return (
    <Choose
      label={t('instances.tag')}
      value={choice.tag ?? ''}
      options={[
        { value: '', label: t('instances.everyTag') },
        ...tags.map((tag) => ({ value: tag, label: `#${tag}` })),
      ]}
      onChange={(tag) => choiceStore.set({ ...choice, tag: tag === '' ? null : tag })}
    />
  )
}

/** On a phone there are no heads of columns to click. */
function SortChoice() {
  const { t } = useTranslation('fleet')
  const choice = useStore(choiceStore)
  return (
    <Choose
      label={t('instances.sort')}
      value={choice.sort}
      options={sortKeys.map((value) => ({
        value,
        label: t('instances.sortedBy', { what: t(`column.${value}`) }),
      }))}
      onChange={(sort) =>
        choiceStore.set({ ...choice, sort, isDescending: startsDescending(sort) })
      }
    />
  )
}

function TextChoice() {
  const { t } = useTranslation('fleet')
  const choice = useStore(choiceStore)
  return (
    <label className="relative min-w-0 phone:flex-[1_1_100%]">
      <span className="sr-only">{t('instances.filter')}</span>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2 size-3.5 -translate-y-1/2 text-faint"
      />
      <input
        type="search"
        value={choice.text}
        placeholder={t('instances.filter')}
        onChange={(event) => choiceStore.set({ ...choice, text: event.target.value })}
        className="h-7 w-52 rounded-md border border-edge bg-back pr-2 pl-7 text-xs placeholder:text-faint phone:h-10 phone:w-full phone:text-base"
      />
    </label>
  )
}

interface InstancesCardProps {
  readonly items: readonly InstanceView[]
  readonly isPhone: boolean
  readonly onAct: Act
}

export function InstancesCard({ items, isPhone, onAct }: InstancesCardProps) {
  const { t } = useTranslation('fleet')
  const choice = useStore(choiceStore)
  const shown = useMemo(() => chosen(items, choice), [items, choice])
  const count =
    shown.length === items.length
      ? String(items.length)
      : t('summary.of', { n: shown.length, all: items.length })
  return (
    <Card
      flush
      title={
        <>
          {t('instances.title')} <span className="num font-normal text-dim">{count}</span>
        </>
      }
      actions={
        <>
          <TextChoice />
          <StateChoice items={items} />
          <TagChoice items={items} />
          {isPhone && <SortChoice />}
        </>
      }
    >
      {shown.length === 0 ? (
        <EmptyState
          title={t('instances.noMatch')}
          icon={<SearchX aria-hidden className="size-5" />}
        >
          <Button small className="mt-2" onClick={() => choiceStore.set(everything)}>
            {t('instances.showAll')}
          </Button>
        </EmptyState>
      ) : isPhone ? (
        <InstanceCards items={shown} onAct={onAct} />
      ) : (
        <InstanceTable items={shown} onAct={onAct} />
      )}
    </Card>
  )
}
