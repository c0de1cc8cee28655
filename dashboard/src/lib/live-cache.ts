/** Brings events of the stream into what the queries hold. One pass per batch, and only what has changed gets a new identity. */
import type { QueryClient } from '@tanstack/react-query'
import type {
  CandleEvent,
  CandleRow,
  EquityPoint,
  EquitySpan,
  StreamData,
  StreamEvent,
  StreamTopic,
} from '../../../src/protocol/api-messages.ts'
import type { InstanceList } from '../../../src/protocol/fleet-messages.ts'

const ROWS_KEPT = 1000
const CANDLES_KEPT = 3000
const POINTS_KEPT = 5000

type DataOf<T extends StreamTopic> = StreamData[T]

const dataOf = <T extends StreamTopic>(events: readonly StreamEvent[], topic: T): DataOf<T>[] =>
  events.filter((event) => event.topic === topic).map((event) => event.data as DataOf<T>)

/** Rows by key, the newest first: what is known is replaced in its place, what is new comes in front. */
export function withRows<Row>(
  old: readonly Row[],
  news: readonly Row[],
  keyOf: (row: Row) => string,
): readonly Row[] {
  const fresh = new Map(news.map((row) => [keyOf(row), row]))
  if (fresh.size === 0) return old
  const kept = old.map((row) => {
    const key = keyOf(row)
    const replaced = fresh.get(key)
    fresh.delete(key)
    return replaced ?? row
  })
  return [...[...fresh.values()].reverse(), ...kept].slice(0, ROWS_KEPT)
}

/** A point behind the curve, or merged into its last one while that stands for a longer span (older tiers). */
export function withPoint(old: readonly EquityPoint[], point: EquityPoint): readonly EquityPoint[] {
  const last = old.at(-1)
  const before = old.at(-2)
  if (last === undefined) return [point]
  const at = Date.parse(point.at)
  const lastAt = Date.parse(last.at)
  if (at < lastAt) return old
  const span = before === undefined ? 0 : lastAt - Date.parse(before.at)
  if (at > lastAt && at - lastAt >= span * 0.8) return [...old, point].slice(-POINTS_KEPT)
  const low = Number(point.low) < Number(last.low) ? point.low : last.low
  const high = Number(point.high) > Number(last.high) ? point.high : last.high
  return [...old.slice(0, -1), { ...point, at: at === lastAt ? point.at : last.at, low, high }]
}

const HOUR_MS = 3_600_000

/** How far back the curve of a query goes, ms; see equityRanges. */
const SPANS: Readonly<Record<EquitySpan, number>> = {
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
  all: Number.POSITIVE_INFINITY,
}

/** Without the points that have left the span at its old end. */
export function within(points: readonly EquityPoint[], span: EquitySpan): readonly EquityPoint[] {
  const last = points.at(-1)
  if (last === undefined) return points
  const from = Date.parse(last.at) - SPANS[span]
  const first = points.findIndex(({ at }) => Date.parse(at) >= from)
  return first > 0 ? points.slice(first) : points
}

export function withCandle(old: readonly CandleRow[], candle: CandleRow): readonly CandleRow[] {
  const last = old.at(-1)
  if (last !== undefined && candle.at < last.at) return old
  if (last?.at === candle.at) return [...old.slice(0, -1), candle]
  return [...old, candle].slice(-CANDLES_KEPT)
}

export function withInstances(
  old: InstanceList,
  changes: readonly DataOf<'instances'>[],
): InstanceList {
  const items = new Map(old.items.map((item) => [item.id, item]))
  for (const change of changes) {
    for (const item of change.items) items.set(item.id, item)
    for (const id of change.removed) items.delete(id)
  }
  const last = changes.at(-1)
  const sorted = [...items.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return { ...old, items: sorted, feed: last?.feed ?? old.feed, faults: last?.faults ?? old.faults }
}

type Key = readonly unknown[]

/** Changes every cached query whose key begins with `name`. */
function change<T>(client: QueryClient, name: string, make: (old: T, key: Key) => T): void {
  for (const query of client.getQueryCache().findAll({ queryKey: [name] })) {
    if (query.state.data === undefined) continue
    const old = query.state.data as T
    const next = make(old, query.queryKey)
    if (next !== old) client.setQueryData(query.queryKey, next)
  }
}

function changeRows<Row extends { readonly instance: string }>(
  client: QueryClient,
  name: string,
  news: readonly Row[],
  keyOf: (row: Row) => string,
): void {
  if (news.length === 0) return
  change<readonly Row[]>(client, name, (old, [, instance]) => {
    const own = instance === null ? news : news.filter((row) => row.instance === instance)
    return withRows(old, own, keyOf)
  })
}

export function applyEvents(client: QueryClient, events: readonly StreamEvent[]): void {
  const instances = dataOf(events, 'instances')
  if (instances.length > 0)
    change<InstanceList>(client, 'instances', (old) => withInstances(old, instances))
  changeRows(client, 'orders', dataOf(events, 'orders'), (row) => `${row.venue} ${row.client_id}`)
  changeRows(
    client,
    'fills',
    dataOf(events, 'fills'),
    (row) => `${row.instance} ${row.venue} ${row.id}`,
  )
  for (const { instance, point } of dataOf(events, 'equity'))
    change<readonly EquityPoint[]>(client, 'equity', (old, [, of, span]) =>
      of === instance ? within(withPoint(old, point), span as EquitySpan) : old,
    )
  for (const event of dataOf(events, 'candles')) changeCandles(client, event)
}

function changeCandles(client: QueryClient, event: CandleEvent): void {
  change<readonly CandleRow[]>(client, 'candles', (old, key) => {
    const [, instance, timeframe] = key
    if (instance !== event.instance || timeframe !== event.timeframe) return old
    // the end of the last one was told between the answer and the first event: ask once more
    if (isCut(old, event.candle)) void client.invalidateQueries({ queryKey: key })
    return withCandle(old, event.candle)
  })
}

/** The next candle is there, but the end of the last one never came. */
export function isCut(old: readonly CandleRow[], next: CandleRow): boolean {
  const last = old.at(-1)
  return last !== undefined && !last.finished && next.at > last.at
}
