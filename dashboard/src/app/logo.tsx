import { clsx } from 'clsx'

/** Three grid lines with their orders. */
export const Logo = ({ className }: { readonly className?: string }) => (
  <svg aria-hidden viewBox="0 0 32 32" className={clsx('shrink-0', className)}>
    <g stroke="var(--c-accent)" strokeWidth="2" strokeLinecap="round">
      <path d="M5 23h22" opacity=".45" />
      <path d="M5 16h22" opacity=".7" />
      <path d="M5 9h22" />
    </g>
    <circle cx="11" cy="23" r="3.4" fill="var(--c-good)" />
    <circle cx="21.5" cy="16" r="3.4" fill="var(--c-good)" />
    <circle cx="15" cy="9" r="3.4" fill="var(--c-bad)" />
  </svg>
)
