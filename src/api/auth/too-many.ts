/** 429: the answer says when to come again. */
import type { FastifyReply } from 'fastify'
import { ApiError } from '../context.ts'

export function tooMany(reply: FastifyReply, seconds: number): ApiError {
  void reply.header('retry-after', String(seconds))
  const text = `too many requests: try again in ${seconds} s`
  return new ApiError('TOO_MANY_REQUESTS', text, { retry_after_s: seconds })
}
