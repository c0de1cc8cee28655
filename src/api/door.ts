/** What every request passes before anything else: headers that browsers respect, and no pages of elsewhere. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type OriginRules, refuseForeign } from './origin.ts'

/** Nothing of elsewhere and nothing inline. */
const CONTENT_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"

export const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
}

/** The answer with the headers that every answer has. */
export const headed = ({ id }: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.headers(HEADERS).header('x-request-id', id)

/** So long a browser remembers that another origin may ask, s. */
const PREFLIGHT_AGE_S = 600

export function guardDoor(app: FastifyInstance, rules: OriginRules): void {
  app.addHook('onRequest', (request, reply, done) => {
    headed(request, reply)
    const { host, origin } = request.headers
    const ownOrigin = origin === undefined ? '' : `${request.protocol}://${request.host}`
    refuseForeign({ host, origin, ownOrigin }, rules)
    if (origin !== undefined && rules.corsOrigins.includes(origin)) allow(request, reply, origin)
    done()
  })
  // Node hands the socket of an upgrade over and forgets it: what is refused before the stream sees it would stay open
  // for ever, whoever asked.
  app.addHook('onResponse', ({ headers, raw }, _reply, done) => {
    if (headers.upgrade !== undefined) raw.socket.destroy()
    done()
  })
  if (rules.corsOrigins.length === 0) return
  app.options('/*', { config: { role: 'open' }, schema: { hide: true } }, (_request, reply) =>
    reply.code(204).send(),
  )
}

/** A page of an origin that the configuration names may ask, with a token and without cookies. */
function allow(request: FastifyRequest, reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin).header('vary', 'Origin')
  if (request.method !== 'OPTIONS') return
  reply
    .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
    .header(
      'access-control-allow-headers',
      'authorization, content-type, idempotency-key, if-match',
    )
    .header('access-control-max-age', String(PREFLIGHT_AGE_S))
}
