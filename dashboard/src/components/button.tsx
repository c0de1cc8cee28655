import { clsx } from 'clsx'
import { LoaderCircle } from 'lucide-react'
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { Tooltip } from './tooltip.tsx'

export type ButtonKind = 'plain' | 'primary' | 'danger' | 'ghost'

const KINDS: Readonly<Record<ButtonKind, string>> = {
  plain: 'border-edge bg-panel text-ink hover:bg-raised',
  primary: 'border-transparent bg-accent text-accent-ink hover:brightness-110',
  danger: 'border-bad/50 bg-bad-soft text-bad hover:border-bad',
  ghost: 'border-transparent text-dim hover:bg-raised hover:text-ink',
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: ButtonKind
  /** Small: in tables and headers. */
  readonly small?: boolean
  readonly icon?: ReactNode
  /** Something is under way: shows it and takes no click. */
  readonly busy?: boolean
}

export function Button({
  kind = 'plain',
  small = false,
  icon,
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy}
      className={clsx(
        'inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap',
        'transition-colors disabled:cursor-not-allowed disabled:opacity-50',
        small ? 'h-7 px-2 text-xs phone:h-9' : 'h-9 px-3.5 text-sm phone:h-11',
        KINDS[kind],
        className,
      )}
    >
      {busy ? <LoaderCircle aria-hidden className="size-4 animate-spin" /> : icon}
      {children}
    </button>
  )
}

interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children'> {
  /** What it does, in words: for readers of screens and as tooltip. */
  readonly label: string
  readonly icon: ReactNode
}

/** A button with an icon alone. */
export function IconButton({ label, icon, small, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <Button
        kind="ghost"
        aria-label={label}
        className={clsx(small ? 'w-7 px-0! phone:w-9' : 'w-9 px-0!', className)}
        small={small ?? false}
        {...rest}
      >
        {icon}
      </Button>
    </Tooltip>
  )
}
