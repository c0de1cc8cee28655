import { clsx } from 'clsx'
import { type InputHTMLAttributes, type ReactNode, useId } from 'react'

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  readonly label: string
  readonly hint?: ReactNode
  /** What is wrong with it: one sentence. */
  readonly fault?: string | null
  /** Behind the number: a unit. */
  readonly unit?: string
}

/** An input with its label, hint and fault. For decimals: `inputMode="decimal"`, and the text stays text. */
export function Field({ label, hint, fault, unit, className, ...rest }: FieldProps) {
  const id = useId()
  const hasFault = fault != null && fault !== ''
  return (
    <div className={clsx('min-w-0', className)}>
      <label htmlFor={id} className="mb-1 block text-xs font-medium text-dim">
        {label}
      </label>
      <div className="relative">
        <input
          {...rest}
          id={id}
          aria-invalid={hasFault}
          aria-describedby={hasFault || hint !== undefined ? `${id}-hint` : undefined}
          className={clsx(
            'num h-10 w-full rounded-md border bg-back px-3 text-base text-ink sm:text-sm phone:h-11',
            'placeholder:text-faint disabled:opacity-60',
            hasFault ? 'border-bad' : 'border-edge',
            unit !== undefined && 'pr-14',
          )}
        />
        {unit !== undefined && (
          <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-xs text-dim">
            {unit}
          </span>
        )}
      </div>
      {(hasFault || hint !== undefined) && (
        <p id={`${id}-hint`} className={clsx('mt-1 text-xs', hasFault ? 'text-bad' : 'text-dim')}>
          {hasFault ? fault : hint}
        </p>
      )}
    </div>
  )
}
