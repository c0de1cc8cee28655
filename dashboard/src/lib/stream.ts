/** The one live channel of this tab: events go into the query cache once per frame; while it is down, everything live is asked for each 5 s. */
import { QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type {
  CandleTimeframe,
  StreamData,
  StreamEvent,
  StreamTicket,
  StreamTopic,
} from '../../../src/protocol/api-messages.ts'
import { ApiFault, post } from './api.ts'
import { type ChannelState, createChannel, type Line, type Scope } from './channel.ts'
import { applyEvents } from './live-cache.ts'
import { onSession, refresh, sessionNow } from './session.ts'
import { createStore, useStore } from './store.ts'

const POLL_MS = 5000
const INSTANCES = ['instances']
const HIDDEN_FLUSH_MS = 1000
const FLEET: Scope = { topics: ['instances', 'equity'], instance: null }

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Error
    queryMeta: {
      /** The stream keeps it up to date; polled while there is none. */
      live?: boolean
    }
  }
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // the control plane is often this machine: what the browser thinks of the network does not matter
      networkMode: 'always',
      refetchOnWindowFocus: false,
      staleTime: 30_000,
      retry: (count, error) =>
        error instanceof ApiFault &&
        error.code === 'UNREACHABLE' &&
        connection.get().state !== 'down' &&
        count < 2,
      retryDelay: 800,
    },
    mutations: { networkMode: 'always' },
  },
})

const refreshLive = (): Promise<void> =>
  queryClient.invalidateQueries({ predicate: ({ meta }) => meta?.live === true })

// --- batches --------------------------------------------------------------------------------------

let waiting: StreamEvent[] = []
let isScheduled = false
const listeners = new Map<StreamTopic, Set<(data: never) => void>>()

function flush(): void {
  isScheduled = false
  if (waiting.length === 0) return
  const events = waiting
  waiting = []
  applyEvents(queryClient, events)
  for (const { topic, data } of events)
    for (const listener of listeners.get(topic) ?? []) listener(data as never)
}

/** A hidden tab has no frames: there a timer does it, so that nothing piles up. */
function schedule(): void {
  if (isScheduled) return
  isScheduled = true
  if (document.hidden) setTimeout(flush, HIDDEN_FLUSH_MS)
  else requestAnimationFrame(flush)
}

document.addEventListener('visibilitychange', () => {
  flush()
  if (!document.hidden) channel.nudge()
})

// --- the channel ----------------------------------------------------------------------------------

/** `polling`: there is no live line, but the server answers when it is asked each 5 s. */
export type ConnectionState = ChannelState | 'polling'

export interface Connection {
  readonly state: ConnectionState
  /** ms: when the server was heard last before it fell silent; null = never. */
  readonly asOf: number | null
}

const connection = createStore<Connection>({ state: 'connecting', asOf: null })

function openLine(ticket: string): Line {
  const address = new URL('/api/v1/stream', location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  address.searchParams.set('ticket', ticket)
  return new WebSocket(address) as unknown as Line
}

const channel = createChannel(
  {
    ticket: async () => (await post<StreamTicket>('/stream/ticket')).ticket,
    open: openLine,
    now: Date.now,
    chance: Math.random,
    onEvents: (events) => {
      waiting.push(...events)
      schedule()
    },
    onGap: () => void refreshLive(),
    onState: (state, asOf) => connection.set({ state, asOf }),
    onSessionEnd: () => void refresh().catch(() => false),
  },
  FLEET,
)

/** Asks for the instances; when they are told the server answers, and everything else that is live is asked for too. */
async function poll(): Promise<void> {
  const asked = Date.now()
  await queryClient.invalidateQueries({ queryKey: INSTANCES })
  const { state, asOf } = connection.get()
  const answered = queryClient.getQueryState(INSTANCES)?.dataUpdatedAt ?? 0
  if (answered >= asked) {
    if (state === 'down' || state === 'polling')
      connection.set({ state: 'polling', asOf: answered })
    await refreshLive()
  } else if (state === 'polling') connection.set({ state: 'down', asOf })
}

setInterval(() => {
  if (connection.get().state !== 'live' && sessionNow().state === 'in') void poll()
}, POLL_MS)

function followSession(): void {
  const { state } = sessionNow()
  if (state === 'in') channel.start()
  else {
    channel.stop()
    waiting = []
    if (state === 'out') queryClient.clear()
  }
}

export function startStream(): void {
  onSession(followSession)
  addEventListener('online', channel.nudge)
  followSession()
}

/** How the line to the server is; for what must not look calm. */
export const useConnection = (): Connection => useStore(connection)

/** What the page on the screen follows; when it goes, the fleet's scope holds again. Topics: a constant of the module; `timeframe`: of the candles. */
export function useLiveScope(
  instance: string | null,
  topics: readonly StreamTopic[],
  timeframe: CandleTimeframe = '1m',
): void {
  useEffect(() => {
    channel.show({ instance, topics, timeframe })
    return () => channel.show(FLEET)
  }, [instance, topics, timeframe])
}

/** Hears each event of a topic, behind the query cache. `listener`: a stable function. */
export function useLive<T extends StreamTopic>(
  topic: T,
  listener: (data: StreamData[T]) => void,
): void {
  useEffect(() => {
    const own = listeners.get(topic) ?? new Set()
    listeners.set(topic, own)
    own.add(listener as (data: never) => void)
    return () => {
      own.delete(listener as (data: never) => void)
    }
  }, [topic, listener])
}
