/** Whom a change is written down as. */
import type { Principal } from '../context.ts'

const LENGTH_MAX = 64

/** Who has logged in is known; a program on this machine says for whom it works. */
export function authorOf(
  principal: Principal | null,
  { author }: { readonly author?: unknown },
): string {
  if (principal !== null && principal.sessionId !== null) return principal.username
  return typeof author === 'string' && author !== '' ? author.slice(0, LENGTH_MAX) : 'operator'
}
