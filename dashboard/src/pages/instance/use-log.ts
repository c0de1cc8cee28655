/** The log of a bot: pieces by cursor, lines of the stream behind them. */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { LogEvent } from '../../../../src/protocol/api-messages.ts'
import type { LogPage } from '../../../../src/protocol/fleet-messages.ts'
import { get } from '../../lib/api.ts'
import { useLive } from '../../lib/stream.ts'
import { type LogLine, readLine } from './log-lines.ts'

let linesRead = 0
const read = (line: string): LogLine => {
  linesRead += 1
  return readLine(line, linesRead)
}

export interface Log {
  /** Of pieces that were asked for, oldest first. */
  readonly lines: readonly LogLine[]
  /** What the stream has told behind them. */
  readonly live: readonly LogLine[]
  readonly older: string | null
  readonly newer: string
}

const PIECE = 500
const KEPT = 3000

const keyOf = (id: string) => ['log', id] as const
const pathOf = (id: string) => `/instances/${encodeURIComponent(id)}/logs`

/** At first the last piece; later what was added to it, which the stream may have told in part. */
async function load(client: QueryClient, id: string, signal: AbortSignal): Promise<Log> {
  const known = client.getQueryData<Log>(keyOf(id))
  const query = known === undefined ? { limit: PIECE } : { after: known.newer }
  const page = await get<LogPage>(pathOf(id), query, signal)
  const added = page.items.map(read)
  if (known === undefined) return { lines: added, live: [], older: page.older, newer: page.newer }
  const told = new Set(page.items)
  const live = (client.getQueryData<Log>(keyOf(id))?.live ?? []).filter(
    ({ whole }) => !told.has(whole) && !known.live.some((line) => line.whole === whole),
  )
  const lines = [...known.lines, ...added].slice(-KEPT)
  return { lines, live, older: known.older, newer: page.newer }
}

export function useLog(id: string) {
  const client = useQueryClient()
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(id),
    queryFn: ({ signal }) => load(client, id, signal),
    meta: { live: true },
  })
  useLive(
    'logs',
    useCallback(
      ({ instance, line }: LogEvent) => {
        if (instance !== id) return
        client.setQueryData<Log>(keyOf(id), (old) =>
          old === undefined ? old : { ...old, live: [...old.live, read(line)].slice(-KEPT) },
        )
      },
      [client, id],
    ),
  )
  const loadOlder = useCallback(async () => {
    const before = client.getQueryData<Log>(keyOf(id))?.older
    if (before == null) return
    const page = await get<LogPage>(pathOf(id), { before, limit: PIECE })
    client.setQueryData<Log>(keyOf(id), (old) =>
      old === undefined
        ? old
        : { ...old, lines: [...page.items.map(read), ...old.lines], older: page.older },
    )
  }, [client, id])
  return { log: data, error, refetch, loadOlder }
}
