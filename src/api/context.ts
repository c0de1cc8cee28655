/** What every part of the API shares: who asks, what a route demands, how it refuses, and how lists are paged. */
import type { FastifyTypeProvider } from 'fastify'
import type { z } from 'zod'
import type { Role } from '../protocol/api-messages.ts'
import type { ApiErrorCode } from '../protocol/fleet-messages.ts'

/** Who asks, as the access hooks found out before the handler runs. */
export interface Principal {
  readonly username: string
  readonly role: Role
  /** Null: the token of run/control.json or one of a program; there is no session to end. */
  readonly sessionId: string | null
}

/**
 * What a route demands: look; look and act; everything; nothing.
 * Every route declares one in `config`; a server with one that does not is refused at its start.
 */
export type RouteRole = 'viewer' | 'operator' | 'admin' | 'open'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on open routes that nobody has logged in for. */
    principal: Principal | null
  }
  interface FastifyContextConfig {
    role?: RouteRole
    /** It can only lower risk: never limited, and no further proof is asked for. */
    lowersRisk?: boolean
  }
}

/** A request that is not carried out; the message is one sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  readonly details: unknown
  constructor(code: ApiErrorCode, text: string, details: unknown = null) {
    super(text)
    this.code = code
    this.details = details
  }
}

/** Query of a list. */
export interface PageQuery {
  readonly limit?: string | undefined
  readonly cursor?: string | undefined
}

export interface Page {
  /** At least 1. */
  readonly limit: number
  /** What `cursorOf` was made of; null = from the beginning. */
  readonly cursor: unknown
}

const LIMIT = 50
export const LIMIT_MAX = 1000
/** A cursor may name a place in the journal of each account. */
const CURSOR_LENGTH_MAX = 8000

/** @throws ApiError VALIDATION for a cursor that no answer gave */
export function pageOf(query: PageQuery, limitMax: number = LIMIT_MAX): Page {
  const asked = Math.trunc(Number(query.limit ?? LIMIT)) || LIMIT
  const limit = Math.min(limitMax, Math.max(1, asked))
  const { cursor } = query
  if (cursor === undefined || cursor === '') return { limit, cursor: null }
  return { limit, cursor: readCursor(cursor) }
}

/** Makes an opaque cursor of whatever says where the next page begins (JSON). */
export const cursorOf = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url')

function readCursor(text: string): unknown {
  try {
    if (text.length <= CURSOR_LENGTH_MAX && /^[\w-]+$/.test(text))
      return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    // Told below.
  }
  throw new ApiError('VALIDATION', 'cursor must be the next_cursor of an answer before')
}

/** A time of a query as ISO 8601; null when it was not given. @throws ApiError VALIDATION */
export function timeOf(name: string, text: string | undefined): string | null {
  if (text === undefined) return null
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return new Date(at).toISOString()
  throw new ApiError('VALIDATION', `${name} must be a time like 2026-11-21T10:00:00Z`)
}

/**
 * Types requests by their zod schemas: `app.withTypeProvider<ZodRequests>()`. Answers are not typed by theirs:
 * that they are as promised is what tests are for.
 */
export interface ZodRequests extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  readonly serializer: unknown
}
