/** Every refusal in one shape, `{error: {code, message, details, request_id}}`, with the status of its code. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { ApiErrorCode } from '../protocol/fleet-messages.ts'

const STATUS_OF: Readonly<Record<ApiErrorCode, number>> = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  VALIDATION: 400,
  CONFLICT: 409,
  PRECONDITION: 412,
  REFUSED_RISK: 409,
  TOO_MANY_REQUESTS: 429,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL: 500,
}

export const BODY_BYTES_MAX = 65_536

interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details: unknown
}

/** What Fastify itself refuses, in words of ours. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: `the body is longer than ${BODY_BYTES_MAX} characters`,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body is not as long as its Content-Length says',
}

export function refusalOf(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error)
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.map(({ instancePath, message: text }) => ({
      path: instancePath,
      message: text,
    }))
    const sentences = [...new Set(details.map(({ message: text }) => text))]
    return { status: 400, code: 'VALIDATION', message: sentences.join('; '), details }
  }
  const code = error instanceof Error && 'code' in error ? error.code : null
  const details = error instanceof Error && 'details' in error ? (error.details ?? null) : null
  // Codes of instances' own ports and of desks are passed on.
  if (typeof code === 'string' && Object.hasOwn(STATUS_OF, code))
    return { status: STATUS_OF[code as ApiErrorCode], code, message, details }
  // The request was read, what it asks for has faults.
  if (code === 'FAULTY') return { status: 422, code: 'VALIDATION', message, details }
  const own = typeof code === 'string' ? OWN_WORDS[code] : undefined
  if (own !== undefined) return { status: 400, code: 'VALIDATION', message: own, details: null }
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null
  if (typeof status === 'number' && status >= 400 && status < 500)
    return { status: 400, code: 'VALIDATION', message, details: null }
  const text = `the request failed: ${message}`
  return { status: 500, code: 'INTERNAL', message: text, details: null }
}

/** INTERNAL for what is no refusal. */
export function codeOf(error: unknown): ApiErrorCode {
  const { code } = refusalOf(error)
  return Object.hasOwn(STATUS_OF, code) ? (code as ApiErrorCode) : 'INTERNAL'
}

/** What cannot be the name of anything names nothing. */
const isPathFault = (error: unknown): boolean =>
  error instanceof Error && 'validationContext' in error && error.validationContext === 'params'

function answerTo(error: unknown, { method, url }: FastifyRequest): Refusal {
  if (!isPathFault(error)) return refusalOf(error)
  const message = nothingAt(method, url)
  return { status: 404, code: 'NOT_FOUND', message, details: null }
}

const PATH_LENGTH_MAX = 100

/** @param url its query is left out */
export const nothingAt = (method: string, url: string): string =>
  `there is nothing at ${method} ${url.replace(/\?.*/s, '').slice(0, PATH_LENGTH_MAX)}`

export function sendRefusal(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  const { status, code, message, details } = answerTo(error, request)
  void reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(`${JSON.stringify({ error: { code, message, details, request_id: request.id } })}\n`)
}

/** @param onFault is told of what is a fault of the program, not of the request */
export function handleErrors(app: FastifyInstance, onFault: (error: unknown) => void): void {
  app.setErrorHandler((error, request, reply) => {
    if (refusalOf(error).code === 'INTERNAL') onFault(error)
    sendRefusal(request, reply, error)
  })
}
