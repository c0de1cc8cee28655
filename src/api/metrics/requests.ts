/** Counts the requests of the API and measures how long their answers take. */
import type { FastifyInstance } from 'fastify'
import { Counter, Histogram, Registry } from 'prom-client'
import { catalogue } from './catalogue.ts'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
/** What is not there: names that strangers make up must not become labels. */
const NOWHERE = 'none'
const REQUESTS = 'perpfleet_api_requests_total'
const LATENCY = 'perpfleet_api_latency_seconds'

export class RequestMetrics {
  readonly #registry = new Registry()
  readonly #app: FastifyInstance

  /** To be made before any route, so that every route is counted. */
  constructor(app: FastifyInstance) {
    this.#app = app
    const { help, labels } = catalogue[REQUESTS]
    const registers = [this.#registry]
    const requests = new Counter({ name: REQUESTS, help, labelNames: labels, registers })
    const latency = new Histogram({
      name: LATENCY,
      help: catalogue[LATENCY].help,
      labelNames: catalogue[LATENCY].labels,
      buckets: SECONDS,
      registers,
    })
    app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
      const route = routeOptions.url ?? NOWHERE
      requests.inc({ method, route, status: String(reply.statusCode) })
      latency.observe({ method, route }, reply.elapsedTime / 1000)
    })
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  openConnections(): Promise<number | null> {
    return new Promise((resolve) =>
      this.#app.server.getConnections((error, count) => resolve(error === null ? count : null)),
    )
  }
}
