/**
 * `Idempotency-Key`: a request that is sent again because its answer was lost is not carried out again.
 * The same key, path and body of the same user within ten minutes get the first answer once more.
 */
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../ports/clock.ts'
import { ApiError } from './context.ts'

const KEPT_MS = 600_000
const KEPT_MAX = 1000
const KEY = /^[\x21-\x7e]{1,200}$/

interface Answer {
  readonly status: number
  readonly text: string
}

interface Kept {
  readonly at: number
  readonly body: string
  readonly answer: Promise<Answer | null>
  readonly settle: (answer: Answer | null) => void
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the answer that this request owes to those who repeat it. */
    idempotencyKey: string | null
  }
}

/** @param clock measures how long answers are kept */
export function replayAnswers(app: FastifyInstance, clock: Clock): void {
  const kept = new Map<string, Kept>()
  app.decorateRequest('idempotencyKey', null)
  app.addHook('preHandler', async (request, reply) => {
    const key = keyOf(request)
    if (key === null) return
    forgetOld(kept, clock.monotonicMs())
    const body = createHash('sha256').update(JSON.stringify(request.body)).digest('base64')
    for (let known = kept.get(key); known !== undefined; known = kept.get(key)) {
      if (known.body !== body)
        throw new ApiError('CONFLICT', 'this Idempotency-Key has come with another body before')
      const answer = await known.answer
      if (answer !== null) return resend(reply, answer)
    }
    const { promise: answer, resolve: settle } = Promise.withResolvers<Answer | null>()
    kept.set(key, { at: clock.monotonicMs(), body, answer, settle })
    request.idempotencyKey = key
  })
  app.addHook('onSend', async (request, { statusCode: status }, payload) => {
    if (request.idempotencyKey === null || typeof payload !== 'string') return
    // What failed here may be tried again.
    if (status >= 500 || status === 429) return
    kept.get(request.idempotencyKey)?.settle({ status, text: payload })
    request.idempotencyKey = null
  })
  app.addHook('onResponse', async ({ idempotencyKey: key }) => {
    if (key === null) return
    const entry = kept.get(key)
    kept.delete(key)
    entry?.settle(null)
  })
}

/** Null: it did not ask for it. @throws ApiError VALIDATION */
function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key']
  if (key === undefined || request.method !== 'POST') return null
  if (typeof key !== 'string' || !KEY.test(key))
    throw new ApiError('VALIDATION', 'an Idempotency-Key has 1 to 200 signs without spaces')
  // Who has not logged in has nothing that could be done twice.
  if (request.principal === null) return null
  return JSON.stringify([request.principal.username, request.url, key])
}

function resend(reply: FastifyReply, { status, text }: Answer): FastifyReply {
  return reply
    .code(status)
    .header('idempotent-replayed', 'true')
    .type('application/json; charset=utf-8')
    .send(text)
}

/** The oldest come first; one that is still being answered is never dropped by age. */
function forgetOld(kept: Map<string, Kept>, now: number): void {
  for (const [key, { at }] of kept) {
    if (now - at < KEPT_MS && kept.size < KEPT_MAX) return
    kept.delete(key)
  }
}
