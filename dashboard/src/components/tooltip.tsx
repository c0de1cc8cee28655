import { Tooltip as Parts } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'

export const TooltipProvider = ({ children }: { readonly children: ReactNode }) => (
  <Parts.Provider delayDuration={350} skipDelayDuration={150}>
    {children}
  </Parts.Provider>
)

interface TooltipProps {
  readonly text: ReactNode
  /** Something that can have the focus: a button, a link. */
  readonly children: ReactElement
}

export function Tooltip({ text, children }: TooltipProps) {
  return (
    <Parts.Root>
      <Parts.Trigger asChild>{children}</Parts.Trigger>
      <Parts.Portal>
        <Parts.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-72 animate-appear rounded-md bg-ink px-2 py-1 text-xs text-back"
        >
          {text}
        </Parts.Content>
      </Parts.Portal>
    </Parts.Root>
  )
}
