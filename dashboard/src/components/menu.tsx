import { clsx } from 'clsx'
import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'

export type MenuItem =
  | {
      readonly id: string
      readonly label: string
      readonly icon?: ReactNode
      /** One of several that holds now; absent where the item is an action. */
      readonly checked?: boolean
      readonly danger?: boolean
      readonly disabled?: boolean
      /** A second, smaller line: why it is disabled. */
      readonly hint?: string
      readonly onSelect: () => void
    }
  | { readonly id: string; readonly heading: ReactNode }
  | { readonly id: string; readonly line: true }

interface MenuProps {
  /** A button: `<Button>` or `<IconButton>`. */
  readonly trigger: ReactElement
  readonly items: readonly MenuItem[]
  readonly align?: 'start' | 'end'
}

const ITEM =
  'flex min-h-8 items-center gap-2 rounded px-2 py-1 text-sm outline-none select-none phone:min-h-11 data-[highlighted]:bg-raised data-[disabled]:text-faint'

const Words = ({ item }: { readonly item: { readonly label: string; readonly hint?: string } }) =>
  item.hint === undefined ? (
    item.label
  ) : (
    <span title={item.hint}>
      {item.label}
      <span className="block max-w-52 text-2xs font-normal">{item.hint}</span>
    </span>
  )

function Item({ item }: { readonly item: MenuItem }) {
  if ('line' in item) return <DropdownMenu.Separator className="my-1 h-px bg-line" />
  if ('heading' in item)
    return (
      <DropdownMenu.Label className="px-2 py-1.5 text-xs text-dim">
        {item.heading}
      </DropdownMenu.Label>
    )
  const shared = {
    className: clsx(ITEM, item.danger === true && 'text-bad'),
    disabled: item.disabled === true,
    onSelect: item.onSelect,
  }
  if (item.checked === undefined)
    return (
      <DropdownMenu.Item {...shared}>
        {item.icon}
        <Words item={item} />
      </DropdownMenu.Item>
    )
  return (
    <DropdownMenu.CheckboxItem {...shared} checked={item.checked}>
      {item.icon}
      {item.label}
      <Check
        aria-hidden
        className={clsx('ml-auto size-4', item.checked ? 'text-accent' : 'invisible')}
      />
    </DropdownMenu.CheckboxItem>
  )
}

/** A menu below a button; arrow keys, Escape, first letters. */
export function Menu({ trigger, items, align = 'end' }: MenuProps) {
  return (
    // modal would write a style element, which the policy of the page forbids
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 min-w-44 animate-appear rounded-lg border border-line bg-panel p-1 shadow-pop"
        >
          {items.map((item) => (
            <Item key={item.id} item={item} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
