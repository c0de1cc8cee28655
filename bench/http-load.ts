/**
 * The asking side of the HTTP bench, a process of its own so that it takes nothing from the answering one: so many
 * connections that are kept, each asks anew as soon as it has its answer. Reads HttpLoad as JSON; prints HttpFigures.
 */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { quantile } from './measure.ts'

export interface HttpLoad {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
  readonly seconds: number
}

export interface HttpFigures {
  readonly perSecond: number
  readonly requests: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LATENCIES_MAX = 400_000

/** Counts the answers of one connection by their `content-length`. */
class Asker {
  readonly #socket: Socket
  readonly #request: Buffer
  readonly #onAnswer: (ms: number) => void
  #missing = 0
  #held: Buffer | null = null
  #askedAt = 0
  #isOver = false

  constructor(load: HttpLoad, onAnswer: (ms: number) => void) {
    const headers = Object.entries({ host: `localhost:${load.port}`, ...load.headers })
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    this.#request = Buffer.from(`GET ${load.path} HTTP/1.1\r\n${lines}\r\n`)
    this.#onAnswer = onAnswer
    this.#socket = connect(load.port, '127.0.0.1', () => this.#ask())
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (data) => this.#take(data))
    this.#socket.on('close', () => {
      if (!this.#isOver) throw new Error('the server has closed a connection that was to be kept')
    })
  }

  #ask(): void {
    this.#askedAt = performance.now()
    this.#socket.write(this.#request)
  }

  #take(chunk: Buffer): void {
    if (this.#missing === 0) {
      const data = this.#held === null ? chunk : Buffer.concat([this.#held, chunk])
      const end = data.indexOf(HEAD_END)
      this.#held = end === -1 ? data : null
      if (end === -1) return
      this.#missing =
        lengthOf(data.toString('latin1', 0, end)) + end + HEAD_END.length - data.length
    } else {
      this.#missing -= chunk.length
    }
    if (this.#missing < 0) throw new Error('more has come than was asked for')
    if (this.#missing > 0) return
    this.#onAnswer(performance.now() - this.#askedAt)
    if (!this.#isOver) this.#ask()
  }

  end(): void {
    this.#isOver = true
    this.#socket.destroy()
  }
}

function lengthOf(head: string): number {
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`no good answer: ${head}`)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without content-length: ${head}`)
  return Number(length)
}

const load = JSON.parse(readFileSync(0, 'utf8')) as HttpLoad
const times: number[] = []
let requests = 0
const startedAt = performance.now()
const askers = Array.from({ length: load.connections }, () => {
  return new Asker(load, (ms) => {
    requests += 1
    if (times.length < LATENCIES_MAX) times.push(ms)
  })
})
setTimeout(() => {
  const seconds = (performance.now() - startedAt) / 1000
  for (const asker of askers) asker.end()
  const figures: HttpFigures = {
    perSecond: requests / seconds,
    requests,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  }
  process.stdout.write(JSON.stringify(figures))
}, load.seconds * 1000)
