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
  /** Null: it may be carried out again. Only the first call counts. */
  readonly settle: (answer: Answer | null) => void
  isSettled: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Settles the answer that this request owes to those who repeat it. */
    owedAnswer: Kept['settle'] | null
  }
}

/** @param clock measures how long answers are kept */
export function replayAnswers(app: FastifyInstance, clock: Clock): void {
  const kept = new Map<string, Kept>()
  app.decorateRequest('owedAnswer', null)
  /** The answer of before; null = it is to be carried out now. */
  const before = async (request: FastifyRequest, key: string): Promise<Answer | null> => {
    forgetOld(kept, clock.monotonicMs())
    const body = createHash('sha256').update(JSON.stringify(request.body)).digest('base64')
    for (let known = kept.get(key); known !== undefined; known = kept.get(key)) {
      if (known.body !== body)
        throw new ApiError('CONFLICT', 'this Idempotency-Key has come with another body before')
      const answer = await known.answer
      if (answer !== null) return answer
    }
    request.owedAnswer = owed(kept, key, body, clock.monotonicMs())
    return null
  }
  // Nothing is awaited for a request without a key, as nearly all are.
  app.addHook('preHandler', (request, reply, done) => {
    const key = keyOf(request)
    if (key === null) done()
    else
      before(request, key).then(
        (answer) => (answer === null ? done() : void resend(reply, answer)),
        done,
      )
  })
  // Here and not when the answer has left: whoever repeats a request has often hung up on the first one.
  app.addHook('onSend', (request, { statusCode: status }, payload, done) => {
    // What failed here may be tried again.
    const isKept = typeof payload === 'string' && status < 500 && status !== 429
    request.owedAnswer?.(isKept ? { status, text: payload } : null)
    done()
  })
}

/** Takes a request in whose answer others may wait for. @returns what settles it */
function owed(kept: Map<string, Kept>, key: string, body: string, at: number): Kept['settle'] {
  const { promise: answer, resolve } = Promise.withResolvers<Answer | null>()
  const settle = (given: Answer | null): void => {
    entry.isSettled = true
    if (given === null && kept.get(key) === entry) kept.delete(key)
    resolve(given)
  }
  const entry: Kept = { at, body, answer, settle, isSettled: false }
  kept.set(key, entry)
  return settle
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

/** The oldest come first; one that is still being answered is never dropped: it would be carried out again. */
function forgetOld(kept: Map<string, Kept>, now: number): void {
  for (const [key, { at, isSettled }] of kept) {
    if (now - at < KEPT_MS && kept.size < KEPT_MAX) return
    if (isSettled) kept.delete(key)
  }
}
