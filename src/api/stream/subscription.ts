/** What a reader of the stream asks for, checked, and which events that lets through. */
import { z } from 'zod'
import {
  type CandleTimeframe,
  candleTimeframes,
  type StreamRequest,
  type StreamTopic,
  streamTopics,
} from '../../protocol/api-messages.ts'
import type { KeptEvent } from './ring.ts'

/** Topics that are followed for one instance alone: nobody reads those of all at once. */
const OF_ONE_INSTANCE: ReadonlySet<StreamTopic> = new Set(['candles', 'logs'])

const requestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ping') }),
  z.object({
    type: z.literal('subscribe'),
    topics: z.array(z.enum(streamTopics)).min(1).max(streamTopics.length),
    instance: z.string().min(1).max(48).nullable(),
    timeframe: z.enum(candleTimeframes).optional(),
    since: z.object({ epoch: z.string().max(64), seq: z.int().min(0) }).nullable(),
  }),
])

/** @returns what was said, or one sentence that says why it is not understood */
export function readRequest(text: string): StreamRequest | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'the message is no JSON'
  }
  const read = requestSchema.safeParse(value)
  if (read.success) return read.data as StreamRequest
  const fault = read.error.issues[0]
  const where = fault === undefined || fault.path.length === 0 ? '' : `${fault.path.join('.')}: `
  return `the message is not understood: ${where}${fault?.message ?? ''}`
}

/** One thing that a source follows while somebody wants it. */
export interface Channel {
  readonly topic: StreamTopic
  /** Null = of all. */
  readonly instance: string | null
  /** Of candles, else null. */
  readonly timeframe: CandleTimeframe | null
}

export const channelKey = ({ topic, instance, timeframe }: Channel): string =>
  `${topic} ${instance ?? ''} ${timeframe ?? ''}`

export interface Subscription {
  /** The same for all readers who see the same events. */
  readonly key: string
  readonly channels: readonly Channel[]
  passes(event: KeptEvent): boolean
}

export function subscriptionOf(
  request: Extract<StreamRequest, { readonly type: 'subscribe' }>,
): Subscription {
  const { instance, timeframe = '1m' } = request
  const topics = streamTopics.filter((topic) => request.topics.includes(topic))
  const channels = topics.flatMap((topic): Channel[] => {
    if (!OF_ONE_INSTANCE.has(topic)) return [{ topic, instance: null, timeframe: null }]
    if (instance === null) return []
    return [{ topic, instance, timeframe: topic === 'candles' ? timeframe : null }]
  })
  const wanted = new Set<StreamTopic>(channels.map(({ topic }) => topic))
  return {
    key: JSON.stringify([channels, instance]),
    channels,
    passes: (event) => {
      if (!wanted.has(event.topic)) return false
      if (event.topic === 'instances' || instance === null) return true
      if (event.instance !== instance) return false
      return event.topic !== 'candles' || event.timeframe === timeframe
    },
  }
}
