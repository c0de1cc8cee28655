import { clsx } from 'clsx'
import { Tabs as Parts } from 'radix-ui'
import type { ReactNode } from 'react'

export interface Tab {
  readonly id: string
  readonly label: string
  /** A number behind the label. */
  readonly count?: number
  readonly content: ReactNode
}

interface TabsProps {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly value: string
  readonly onChange: (id: string) => void
  readonly className?: string
}

/** Only the content of the chosen tab is mounted. Arrow keys move between tabs. */
export function Tabs({ label, tabs, value, onChange, className }: TabsProps) {
  return (
    <Parts.Root value={value} onValueChange={onChange} className={className}>
      <Parts.List
        aria-label={label}
        className="flex gap-1 overflow-x-auto border-b border-line px-3"
      >
        {tabs.map((tab) => (
          <Parts.Trigger
            key={tab.id}
            value={tab.id}
            className={clsx(
              '-mb-px h-10 border-b-2 border-transparent px-2 text-sm font-medium whitespace-nowrap text-dim',
              'hover:text-ink focus-visible:-outline-offset-2 phone:h-11',
              'data-[state=active]:border-accent data-[state=active]:text-ink',
            )}
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="num ml-1.5 text-xs text-faint">{tab.count}</span>
            )}
          </Parts.Trigger>
        ))}
      </Parts.List>
      {tabs.map((tab) => (
        <Parts.Content key={tab.id} value={tab.id} className="focus-visible:-outline-offset-2">
          {tab.content}
        </Parts.Content>
      ))}
    </Parts.Root>
  )
}

interface SegmentsProps<T extends string> {
  readonly label: string
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly value: T
  readonly onChange: (value: T) => void
}

/** A few choices side by side (1h 1d 1w). */
export function Segments<T extends string>({ label, options, value, onChange }: SegmentsProps<T>) {
  return (
    <fieldset className="flex rounded-md border border-line bg-raised p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={clsx(
            'num h-6 rounded px-2 text-xs font-medium phone:h-8 phone:px-3',
            option.value === value ? 'bg-panel text-ink shadow-xs' : 'text-dim hover:text-ink',
          )}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  )
}
