/** What the lab reads and asks for: jobs, strategies, recorded data. */
import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DataSetRow, JobRow, StrategyRow } from '../../../../src/protocol/lab-messages.ts'
import { get, type Page, post, remove } from '../../lib/api.ts'

/** While something runs or waits, ms. */
const LOOK_MS = 1000
const REST_MS = 15_000

export const isOpen = ({ state }: JobRow): boolean => state === 'queued' || state === 'running'

const JOBS = ['jobs'] as const

/** The newest first. */
export const useJobs = (): UseQueryResult<readonly JobRow[]> =>
  useQuery({
    queryKey: JOBS,
    queryFn: async ({ signal }): Promise<readonly JobRow[]> =>
      (await get<Page<JobRow>>('/jobs', { limit: 100 }, signal)).items,
    refetchInterval: ({ state }) => (state.data?.some(isOpen) === true ? LOOK_MS : REST_MS),
  })

export const useJob = (id: string): UseQueryResult<JobRow> =>
  useQuery({
    queryKey: [...JOBS, id],
    queryFn: ({ signal }) => get<JobRow>(`/jobs/${encodeURIComponent(id)}`, {}, signal),
    refetchInterval: ({ state }) =>
      state.data === undefined || isOpen(state.data) ? LOOK_MS : false,
  })

/** They come with the program. */
export const useStrategies = (): UseQueryResult<readonly StrategyRow[]> =>
  useQuery({
    queryKey: ['strategies'],
    queryFn: async ({ signal }): Promise<readonly StrategyRow[]> =>
      (await get<Page<StrategyRow>>('/strategies', {}, signal)).items,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Recorded candles, by name. */
export const useDataSets = (): UseQueryResult<readonly DataSetRow[]> =>
  useQuery({
    queryKey: ['data'],
    queryFn: async ({ signal }): Promise<readonly DataSetRow[]> =>
      (await get<Page<DataSetRow>>('/data', {}, signal)).items.filter(({ name }) => name !== null),
  })

/** What is asked of POST /backtest. */
export interface BacktestOrder {
  readonly instance?: string
  readonly strategy?: string
  readonly data: string
  readonly from?: string
  readonly to?: string
  readonly capital?: string
  readonly limits?: boolean
  readonly fill_rule?: string
  readonly path?: string
  readonly parameters: Readonly<Record<string, string>>
}

export function useBacktest() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (order: BacktestOrder) => post<JobRow>('/backtest', order),
    onSettled: () => client.invalidateQueries({ queryKey: JOBS }),
  })
}

export type JobAction = 'cancel' | 'retry' | 'remove'

export function useJobAction() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, action }: { readonly id: string; readonly action: JobAction }) => {
      const path = `/jobs/${encodeURIComponent(id)}`
      return action === 'remove' ? remove<JobRow>(path) : post<JobRow>(`${path}/${action}`)
    },
    onSettled: () => client.invalidateQueries({ queryKey: JOBS }),
  })
}

/** An address that opens the report once. */
export const reportAddress = async (id: string): Promise<string> =>
  (await post<{ readonly url: string }>(`/jobs/${encodeURIComponent(id)}/report/ticket`)).url

/** What a list shows of a backtest that has ended. */
export interface Headline {
  readonly name: string
  readonly strategy: string
  readonly set: string
  /** Decimal text. */
  readonly total: string | null
  readonly share: number | null
  readonly maxDrawdown: number | null
  readonly sharpe: number | null
  readonly fills: number | null
  /** From … to, as days; null where nothing is known of it. */
  readonly window: string | null
  /** The parameters that were given, as `key value`. */
  readonly changed: string
  /** The limit that ended the entries, and since which day. */
  readonly limit: { readonly code: string; readonly date: string } | null
}

type Fields = Readonly<Record<string, unknown>>

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
/** Jobs that are compared, by the ends of their ids. */
const listOf = (value: unknown): string | null =>
  Array.isArray(value) ? value.map((id) => String(id).split('-').at(-1)).join(' · ') : null
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

const day = (value: unknown): string => textOf(value)?.slice(0, 10) ?? ''

function windowOf(asked: Fields, told: Fields): string | null {
  const from = day(asked['from'] ?? told['startAt'])
  const to = day(asked['to'] ?? told['endAt'])
  return from === '' && to === '' ? null : `${from} … ${to}`.trim()
}

function changedIn(asked: Fields): string {
  const { capital } = asked
  const given = { ...(capital !== undefined && { capital }), ...fieldsOf(asked['parameters']) }
  return Object.entries({ ...given, ...fieldsOf(asked['space']) })
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(' · ')
}

function limitOf(told: Fields): Headline['limit'] {
  const { code, since } = fieldsOf(told['restriction'])
  return typeof code === 'string' ? { code, date: day(since) } : null
}

export function headlineOf({ request, summary }: JobRow): Headline {
  const asked = fieldsOf(request)
  const told = fieldsOf(summary)
  const statistics = fieldsOf(told['statistics'])
  const ledger = fieldsOf(told['ledger'])
  return {
    name: textOf(asked['instance']) ?? textOf(asked['strategy']) ?? listOf(asked['jobs']) ?? '–',
    strategy: textOf(told['strategy']) ?? textOf(asked['strategy']) ?? '',
    set: textOf(told['set']) ?? textOf(asked['data']) ?? '',
    total: textOf(ledger['total']),
    share: numberOf(told['returnOnCapital']),
    maxDrawdown: numberOf(statistics['maxDrawdown']),
    sharpe: numberOf(statistics['sharpe']),
    fills: numberOf(ledger['fills']),
    window: windowOf(asked, told),
    changed: changedIn(asked),
    limit: limitOf(told),
  }
}
