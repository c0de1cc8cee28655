/** The one live channel of this tab: events go into the query cache four times a second; while it is down, everything live is asked for each 5 s. */
import { notifyManager, QueryClient } from '@tanstack/react-query'
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
import { onSession, sessionEnded, sessionNow } from './session.ts'
import { createStore, useStore } from './store.ts'

const POLL_MS = 5000
const INSTANCES = ['instances']
/** Nobody reads faster, and each time costs a layout of the page. */
const FLUSH_MS = 250
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
let timer: ReturnType<typeof setTimeout> | null = null
let flushedAt = Number.NEGATIVE_INFINITY
const listeners = new Map<StreamTopic, Set<(data: never) => void>>()

function flush(): void {
  timer = null
  if (waiting.length === 0) return
  flushedAt = performance.now()
  const events = waiting
  waiting = []
  // one render for all of them
  notifyManager.batch(() => applyEvents(queryClient, events))
  for (const { topic, data } of events)
    for (const listener of listeners.get(topic) ?? []) listener(data as never)
}

/** The first event at once, those that follow together. A hidden tab shows nothing: there less often. */
function schedule(): void {
  if (timer !== null) return
  const every = document.hidden ? HIDDEN_FLUSH_MS : FLUSH_MS
  timer = setTimeout(flush, Math.max(0, flushedAt + every - performance.now()))
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return
  if (timer !== null) clearTimeout(timer)
  flush()
  channel.nudge()
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
    // there is nothing to go on with: its cookie has ended too
    onSessionEnd: sessionEnded,
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
  addEventListener('online', () => channel.nudge())
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
    show({ instance, topics, timeframe })
    return () => show(FLEET)
  }, [instance, topics, timeframe])
}

let wish = FLEET

/** When one page follows another, only the last wish is told: each asks for everything anew. */
function show(scope: Scope): void {
  wish = scope
  queueMicrotask(() => channel.show(wish))
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
