/** The control plane's HTTP server (docs/reference/http.md): joins the parts of the API to one Fastify instance. */
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { Candles } from '../fleet/candles.ts'
import { Commands } from '../fleet/commands.ts'
import { TablePages } from '../fleet/table-pages.ts'
import { Views } from '../fleet/view.ts'
import { registerAccess } from './auth/plugin.ts'
import { ApiError } from './context.ts'
import { guardDoor, headed } from './door.ts'
import { BODY_BYTES_MAX, handleErrors, sendRefusal } from './errors.ts'
import { HEALTH, HealthLane } from './health-lane.ts'
import { replayAnswers } from './idempotency.ts'
import { InstanceLists } from './instance-lists.ts'
import { registerMetrics } from './metrics/plugin.ts'
import { RequestMetrics } from './metrics/requests.ts'
import { describeRoutes, descriptionOf, registerDescription } from './openapi.ts'
import type { ApiParts, RouteParts } from './parts.ts'
import { registerAlerts } from './routes/alerts.ts'
import { registerArbitrage } from './routes/arbitrage.ts'
import { registerConfig } from './routes/config.ts'
import { registerFleetActions } from './routes/fleet.ts'
import { registerInstances } from './routes/instances.ts'
import { registerLab } from './routes/lab.ts'
import { registerMarket } from './routes/market.ts'
import { registerOpen } from './routes/open.ts'
import { registerTables } from './routes/tables.ts'
import { registerTrading } from './routes/trading.ts'
import { registerPages } from './static-files.ts'
import { registerLive } from './stream/live.ts'

/** The port belongs to another program. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

export class ApiServer {
  readonly #app: FastifyInstance

  private constructor(app: FastifyInstance) {
    this.#app = app
  }

  /** Nothing listens yet. */
  static async create(parts: ApiParts): Promise<ApiServer> {
    const app = await wholeServer(parts)
    return new ApiServer(app)
  }

  /** @returns the port. @throws PortTakenError */
  async listen(host: string, port: number): Promise<number> {
    try {
      await this.#app.listen({ host, port, exclusive: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
      const text = `port ${port} of ${host} is taken by another program: choose another with --port`
      throw new PortTakenError(text, { cause: error })
    }
    return (this.#app.server.address() as AddressInfo).port
  }

  /** Requests that are being answered still get their answer. */
  async close(): Promise<void> {
    await this.#app.close()
  }
}

/** OpenAPI 3.1 of the API; of the parts only what is needed to make the routes is used. */
export async function describeApi(parts: ApiParts): Promise<object> {
  const app = await wholeServer(parts)
  await app.ready()
  const description = descriptionOf(app)
  await app.close()
  return description
}

/** Paths of before there were versions answer the same. */
const OLDER_PATH =
  /^\/api\/(?=(websocket\/status|balances|positions|positions\/close-all|orders\/active|trading\/(pause|resume))(\?|$))/

async function wholeServer(parts: ApiParts): Promise<FastifyInstance> {
  const newRequestId = requestIds()
  const lane = new HealthLane({ isOpen: parts.isOpen, health: parts.health, newRequestId })
  const app = bareServer(parts, newRequestId, lane)
  await registerAll(app, parts, lane)
  return app
}

function requestIds(): () => string {
  let requests = 0
  return () => {
    requests += 1
    return `control-${requests}`
  }
}

const SOCKET_LIMITS = { headersTimeout: 5000, requestTimeout: 120_000, keepAliveTimeout: 72_000 }

function bareServer(
  { trustProxy }: ApiParts,
  newRequestId: () => string,
  lane: HealthLane,
): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    serverFactory: (handler) => lane.server(handler, SOCKET_LIMITS),
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    requestIdHeader: false,
    rewriteUrl: ({ url = '/' }) => url.replace(OLDER_PATH, '/api/v1/'),
    genReqId: newRequestId,
    forceCloseConnections: 'idle',
    // What cannot be read at all reaches no hook.
    frameworkErrors: (error, request, reply) => sendRefusal(request, headed(request, reply), error),
  })
  app.setValidatorCompiler(validatorCompiler)
  // Answers are made by us; that they are as promised is what tests are for.
  const serialize = (answer: unknown) => `${JSON.stringify(answer)}\n`
  app.setSerializerCompiler(() => serialize)
  app.setReplySerializer(serialize)
  app.decorateRequest('principal', null)
  readBodies(app)
  return app
}

/** JSON, whatever the header calls it; no body is an empty object. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, bodyOf(String(text)))
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
  app.addHook('preValidation', (request, _reply, done) => {
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
    if (hasBody && (request.body === undefined || request.body === null)) request.body = {}
    done()
  })
}

function bodyOf(text: string): object {
  if (text.trim() === '') return {}
  const body = parsed(text)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw new ApiError('VALIDATION', 'the body must be a JSON object')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError('VALIDATION', 'the body is no JSON')
  }
}

async function registerAll(app: FastifyInstance, parts: ApiParts, lane: HealthLane): Promise<void> {
  const { fleet } = parts
  const views = new Views(fleet)
  const lists = new InstanceLists(fleet, views)
  const routeParts: RouteParts = {
    ...parts,
    views,
    lists,
    commands: new Commands(fleet),
    tables: new TablePages(fleet, parts.journals),
    candles: new Candles(fleet),
  }
  const { logger, clock } = fleet.parts.tools
  handleErrors(app, (error) => {
    const stack = error instanceof Error ? error.stack : undefined
    logger.error('api', `a request failed: ${String(error)}`, { stack })
  })
  await describeRoutes(app, parts.version.version)
  const requests = new RequestMetrics(app)
  lane.open((status, seconds) => requests.count('GET', HEALTH, status, seconds))
  app.addHook('preClose', async () => lane.close())
  guardDoor(app, parts)
  const access = registerAccess(app, parts.access)
  replayAnswers(app, clock)
  // Who has just changed something must not see what was before.
  app.addHook('onSend', ({ method }, _reply, _payload, done) => {
    if (method !== 'GET') lists.forget()
    done()
  })
  registerOpen(app, routeParts)
  registerInstances(app, routeParts)
  registerConfig(app, routeParts)
  registerTables(app, routeParts)
  registerAlerts(app, routeParts)
  registerMarket(app, routeParts)
  registerArbitrage(app, routeParts)
  registerLive(app, routeParts, access)
  registerLab(app, routeParts, access)
  registerMetrics(app, { ...routeParts, requests })
  registerTrading(app, routeParts)
  registerFleetActions(app, routeParts)
  registerDescription(app)
  await registerPages(app, parts.pages)
}
