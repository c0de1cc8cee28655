/**
 * The reading side of the stream bench, a process of its own: so many readers, each with a ticket. Reads StreamLoad as
 * JSON; prints StreamFigures. An order carries the wall time at which the desk has committed it: the same clock as here.
 */
import { readFileSync } from 'node:fs'
import { WebSocket } from 'ws'
import type { StreamMessage, StreamRequest } from '../src/protocol/api-messages.ts'
import type { OrderRow } from '../src/protocol/fleet-messages.ts'
import { quantile } from './measure.ts'

export interface StreamLoad {
  /** `ws://…/api/v1/stream` */
  readonly address: string
  readonly tickets: readonly string[]
  readonly seconds: number
}

export interface StreamFigures {
  /** From the commit of an order to the message in the reader. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly orders: number
  /** That one reader gets. */
  readonly eventsPerSecond: number
  readonly bytesPerSecond: number
  /** Readers that were closed before the end. */
  readonly lost: number
}

const load = JSON.parse(readFileSync(0, 'utf8')) as StreamLoad
const times: number[] = []
let events = 0
let bytes = 0
let lost = 0
let isMeasuring = false
let measuredFrom = 0

/** The first word of an order: later ones tell of its fills. */
function hear(message: StreamMessage, seen: Set<string>): void {
  if (message.type !== 'events' || !isMeasuring) return
  const now = Date.now()
  events += message.events.length
  for (const { topic, data } of message.events) {
    if (topic !== 'orders') continue
    const { client_id: id, sent_at: sentAt } = data as OrderRow
    const sent = Date.parse(sentAt)
    if (seen.has(id) || sent < measuredFrom) continue
    seen.add(id)
    times.push(now - sent)
  }
}

function open(ticket: string): Promise<WebSocket> {
  const address = new URL(load.address)
  address.searchParams.set('ticket', ticket)
  const socket = new WebSocket(address, { perMessageDeflate: false })
  const seen = new Set<string>()
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => {
      const topics = ['instances', 'orders', 'fills', 'positions', 'equity'] as const
      const request: StreamRequest = { type: 'subscribe', topics, instance: null, since: null }
      socket.send(JSON.stringify(request))
    })
    socket.on('message', (data) => {
      const text = String(data)
      if (isMeasuring) bytes += text.length
      const message = JSON.parse(text) as StreamMessage
      if (message.type === 'welcome') resolve(socket)
      hear(message, seen)
    })
    socket.on('close', () => {
      if (isMeasuring) lost += 1
    })
  })
}

const sockets = await Promise.all(load.tickets.map(open))
measuredFrom = Date.now()
isMeasuring = true
await new Promise((resolve) => setTimeout(resolve, load.seconds * 1000))
isMeasuring = false
const perReader = load.seconds * sockets.length
const figures: StreamFigures = {
  p50Ms: quantile(times, 0.5),
  p99Ms: quantile(times, 0.99),
  orders: times.length,
  eventsPerSecond: events / perReader,
  bytesPerSecond: bytes / perReader,
  lost,
}
process.stdout.write(JSON.stringify(figures))
process.exit(0)
