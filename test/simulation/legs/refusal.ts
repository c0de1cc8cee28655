/** How the desk's server words what a hello was refused for (desk/desk-server.ts). */
import { VenueError } from '../../../src/ports/venue.ts'
import type { DeskToBot } from '../../../src/protocol/desk-messages.ts'

export function askedOf(error: unknown): Extract<DeskToBot, { type: 'refused' }> {
  const text = error instanceof Error ? error.message : String(error)
  const isFinal =
    error instanceof VenueError && (error.kind === 'rejected' || error.kind === 'credential')
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const word = typeof code === 'string' ? code : 'REFUSED'
  return { type: 'refused', code: isFinal ? 'venue_refused' : word, text }
}
