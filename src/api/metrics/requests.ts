/**
 * Counts the requests of the API and measures how long their answers take. Kept as plain numbers, for it is done at each
 * request, and made to text when somebody asks.
 */
import type { FastifyInstance } from 'fastify'
import { catalogue } from './catalogue.ts'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
/** What is not there: names that strangers make up must not become labels. */
const NOWHERE = 'none'
const REQUESTS = 'perpfleet_api_requests_total'
const LATENCY = 'perpfleet_api_latency_seconds'

/** Of one method of one route. */
interface Tally {
  readonly labels: string
  readonly byStatus: Map<number, number>
  /** Answers that took at most so long as that place of SECONDS, and longer than the one before; the last: longer. */
  readonly buckets: number[]
  seconds: number
}

export class RequestMetrics {
  readonly #app: FastifyInstance
  /** By route, then by method. */
  readonly #tallies = new Map<string, Map<string, Tally>>()

  /** To be made before any route, so that every route is counted. */
  constructor(app: FastifyInstance) {
    this.#app = app
    app.addHook('onResponse', ({ method, routeOptions }, reply, done) => {
      this.count(method, routeOptions.url ?? NOWHERE, reply.statusCode, reply.elapsedTime / 1000)
      done()
    })
  }

  /** @param route as it is written, with `:id` */
  count(method: string, route: string, status: number, seconds: number): void {
    const tally = this.#tallies.get(route)?.get(method) ?? this.#added(method, route)
    tally.byStatus.set(status, (tally.byStatus.get(status) ?? 0) + 1)
    let place = 0
    while (seconds > (SECONDS[place] ?? Number.POSITIVE_INFINITY)) place += 1
    tally.buckets[place] = (tally.buckets[place] ?? 0) + 1
    tally.seconds += seconds
  }

  #added(method: string, route: string): Tally {
    const labels = `method="${escaped(method)}",route="${escaped(route)}"`
    const buckets = Array<number>(SECONDS.length + 1).fill(0)
    const tally: Tally = { labels, byStatus: new Map(), buckets, seconds: 0 }
    const methods = this.#tallies.get(route) ?? new Map<string, Tally>()
    this.#tallies.set(route, methods.set(method, tally))
    return tally
  }

  text(): string {
    const tallies = [...this.#tallies.values()].flatMap((methods) => [...methods.values()])
    const blocks = [
      [...headOf(REQUESTS), ...tallies.flatMap(requestLines)],
      [...headOf(LATENCY), ...tallies.flatMap(latencyLines)],
    ]
    return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
  }

  openConnections(): Promise<number | null> {
    return new Promise((resolve) =>
      this.#app.server.getConnections((error, count) => resolve(error === null ? count : null)),
    )
  }
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')

function headOf(name: typeof REQUESTS | typeof LATENCY): string[] {
  const { help, type } = catalogue[name]
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

const requestLines = ({ labels, byStatus }: Tally): string[] =>
  [...byStatus].map(([status, count]) => `${REQUESTS}{${labels},status="${status}"} ${count}`)

function latencyLines({ labels, buckets, seconds }: Tally): string[] {
  let count = 0
  const lines = buckets.map((added, place) => {
    count += added
    return `${LATENCY}_bucket{le="${SECONDS[place] ?? '+Inf'}",${labels}} ${count}`
  })
  return [...lines, `${LATENCY}_sum{${labels}} ${seconds}`, `${LATENCY}_count{${labels}} ${count}`]
}
