/** What pages read. Everything here stays up to date by the stream; the keys are those that live-cache.ts writes to. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import type {
  CandleRow,
  CandleTimeframe,
  EquityPoint,
  EquitySpan,
} from '../../../src/protocol/api-messages.ts'
import type {
  FillRow,
  InstanceList,
  InstanceView,
  OrderRow,
} from '../../../src/protocol/fleet-messages.ts'
import { get, type Page, read } from './api.ts'

const live = { live: true } as const

const instancesQuery = {
  queryKey: ['instances'],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    read('/api/v1/instances', { signal }) as Promise<InstanceList>,
  meta: live,
}

/** All instances with the feed and the faults of configuration files. */
export const useInstances = (): UseQueryResult<InstanceList> => useQuery(instancesQuery)

/** The feed alone: renders again only when it changes. */
export const useFeed = (): InstanceList['feed'] =>
  useQuery({ ...instancesQuery, select: feedOf }).data ?? null
const feedOf = (list: InstanceList) => list.feed

/** One instance; `data` null = there is none of that id. */
export function useInstance(id: string): UseQueryResult<InstanceView | null> {
  const select = useCallback(
    (list: InstanceList) => list.items.find((item) => item.id === id) ?? null,
    [id],
  )
  return useQuery({ ...instancesQuery, select })
}

type Rows<Row> = UseQueryResult<readonly Row[]>

const rowsQuery = (instance: string | null, limit: number) => ({
  params: { query: { limit: String(limit), ...(instance !== null && { instance }) } },
})

/** The newest first. `instance` null = of all. */
export const useFills = (instance: string | null, limit = 200): Rows<FillRow> =>
  useQuery({
    queryKey: ['fills', instance],
    queryFn: async ({ signal }): Promise<readonly FillRow[]> => {
      const options = { ...rowsQuery(instance, limit), signal }
      return (await read('/api/v1/fills', options)).items
    },
    meta: live,
  })

/** Orders of any state, the newest first. */
export const useOrders = (instance: string | null, limit = 500): Rows<OrderRow> =>
  useQuery({
    queryKey: ['orders', instance],
    queryFn: async ({ signal }): Promise<readonly OrderRow[]> => {
      const options = { ...rowsQuery(instance, limit), signal }
      return (await read('/api/v1/orders', options)).items
    },
    meta: live,
  })

/** How far back a curve goes. */
export const equityRanges = [
  '1h',
  '24h',
  '7d',
  '30d',
  'all',
] as const satisfies readonly EquitySpan[]
export type EquityRange = EquitySpan

/** Equity over wall time, oldest first. `instance` null = of the whole fleet. */
export const useEquity = (instance: string | null, range: EquityRange): Rows<EquityPoint> =>
  useQuery({
    queryKey: ['equity', instance, range],
    queryFn: async ({ signal }): Promise<readonly EquityPoint[]> => {
      const path =
        instance === null ? '/equity' : `/instances/${encodeURIComponent(instance)}/equity`
      return (await get<Page<EquityPoint>>(path, { span: range }, signal)).items
    },
    meta: live,
  })

export const timeframes = [
  '1m',
  '5m',
  '15m',
  '1h',
  '4h',
  '1d',
] as const satisfies readonly CandleTimeframe[]
export type Timeframe = CandleTimeframe

/** Candles of the contract of an instance in market time, oldest first; the last one may be unfinished. */
export const useCandles = (instance: string, timeframe: Timeframe, limit = 500): Rows<CandleRow> =>
  useQuery({
    queryKey: ['candles', instance, timeframe],
    queryFn: async ({ signal }): Promise<readonly CandleRow[]> => {
      const query = { instance, timeframe, limit: String(limit) }
      return (await read('/api/v1/candles', { params: { query }, signal })).items
    },
    meta: live,
  })
