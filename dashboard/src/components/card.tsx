import { clsx } from 'clsx'
import { type ReactNode, useId } from 'react'

interface CardProps {
  readonly title?: ReactNode
  /** At the right end of the head: buttons, a menu, tabs. */
  readonly actions?: ReactNode
  /** Without padding: for tables and charts that reach the edge. */
  readonly flush?: boolean
  readonly className?: string
  readonly children: ReactNode
}

export function Card({ title, actions, flush = false, className, children }: CardProps) {
  const id = useId()
  return (
    <section
      aria-labelledby={title === undefined ? undefined : id}
      className={clsx('min-w-0 overflow-hidden rounded-lg border border-line bg-panel', className)}
    >
      {(title !== undefined || actions !== undefined) && (
        <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
          {title !== undefined && (
            <h2 id={id} className="text-sm font-semibold">
              {title}
            </h2>
          )}
          {actions !== undefined && (
            <div className="ml-auto flex flex-wrap items-center gap-1.5">{actions}</div>
          )}
        </header>
      )}
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  )
}
