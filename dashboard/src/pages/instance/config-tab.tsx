import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConfigVersionRow, ShownConfig } from '../../../../src/protocol/config-messages.ts'
import { Badge } from '../../components/badge.tsx'
import { DateTime } from '../../components/numbers.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../components/states.tsx'
import { Segments } from '../../components/tabs.tsx'
import { get, type Page } from '../../lib/api.ts'
import { effectiveFacts } from './effective-facts.ts'

/** Configuration of one instance below /config; asked anew when it is shown again. */
function useConfig<T>(id: string, part: string, query: Record<string, string | number> = {}) {
  return useQuery({
    queryKey: ['config', id, part, query],
    queryFn: ({ signal }) => get<T>(`/config/${encodeURIComponent(id)}${part}`, query, signal),
    staleTime: 0,
  })
}

function Effective({ id }: { readonly id: string }) {
  const { data, error, refetch } = useConfig<Record<string, unknown>>(id, '/effective')
  const groups = useMemo(() => effectiveFacts(data ?? {}), [data])
  if (data === undefined)
    return error === null ? (
      <Skeleton lines={6} className="p-4" />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    )
  return (
    <div className="gap-8 p-4 md:columns-2 xl:columns-3">
      {groups.map(({ section, facts }) => (
        <section key={section} className="mb-5 break-inside-avoid">
          <h3 className="mb-1 font-mono text-xs font-semibold text-dim">{section}</h3>
          <dl className="font-mono text-xs">
            {facts.map(({ key, value }) => (
              <div key={key} className="flex justify-between gap-4 border-b border-line/60 py-1">
                <dt className="text-dim">{key}</dt>
                <dd className="text-right wrap-anywhere text-ink">{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  )
}

function File({ id }: { readonly id: string }) {
  const { data, error, refetch } = useConfig<ShownConfig>(id, '')
  if (data === undefined)
    return error === null ? (
      <Skeleton lines={6} className="p-4" />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    )
  return (
    <div>
      <p className="px-4 pt-3 font-mono text-xs text-dim">{data.file}</p>
      <Code text={data.content} label={data.file} />
    </div>
  )
}

const Code = ({ text, label }: { readonly text: string; readonly label: string }) => (
  <section
    aria-label={label}
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    tabIndex={0}
    className="max-h-[32rem] overflow-auto p-4"
  >
    <pre className="font-mono text-xs leading-5">{text}</pre>
  </section>
)

const lineTone = (line: string): string => {
  if (line.startsWith('+++ ') || line.startsWith('--- ')) return 'text-dim'
  if (line.startsWith('+')) return 'bg-good-soft text-good'
  if (line.startsWith('-')) return 'bg-bad-soft text-bad'
  return line.startsWith('@@') ? 'text-info' : 'text-dim'
}

function Difference({
  id,
  from,
  to,
}: {
  readonly id: string
  readonly from: number
  /** Null = the file as it is now. */
  readonly to: number | null
}) {
  const { t } = useTranslation('instance')
  const query = to === null ? { a: from } : { a: from, b: to }
  const { data, error } = useConfig<{ readonly lines: readonly string[] }>(id, '/diff', query)
  if (data === undefined)
    return error === null ? <Skeleton lines={4} className="p-4" /> : <ErrorState error={error} />
  if (data.lines.length === 0) return <EmptyState title={t('config.same')} />
  return (
    <section
      aria-label={t('config.difference')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-96 overflow-auto py-2 font-mono text-xs leading-5"
    >
      {data.lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without an identity of their own
        <div key={at} className={clsx('w-max min-w-full px-4 whitespace-pre', lineTone(line))}>
          {line === '' ? ' ' : line}
        </div>
      ))}
    </section>
  )
}

function Versions({ id }: { readonly id: string }) {
  const { t } = useTranslation('instance')
  const { data, error, refetch } = useConfig<Page<ConfigVersionRow>>(id, '/versions')
  const [chosen, setChosen] = useState<number | null>(null)
  const [against, setAgainst] = useState<'before' | 'now'>('before')
  const versions = useMemo(() => [...(data?.items ?? [])].reverse(), [data])
  if (data === undefined)
    return error === null ? (
      <Skeleton lines={4} className="p-4" />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    )
  const newest = versions[0]
  if (newest === undefined) return <EmptyState title={t('config.noVersions')} />
  const version = chosen ?? newest.version
  const before = versions.find((one) => one.version < version)?.version
  return (
    <div className="grid md:grid-cols-[minmax(16rem,22rem)_1fr]">
      <ul className="max-h-96 overflow-auto border-line p-2 md:border-r phone:border-b">
        {versions.map((one) => (
          <li key={one.version}>
            <button
              type="button"
              aria-pressed={one.version === version}
              onClick={() => setChosen(one.version)}
              className={clsx(
                'block w-full rounded-md px-3 py-2 text-left text-sm',
                one.version === version ? 'bg-raised' : 'hover:bg-raised/60',
              )}
            >
              <span className="num flex items-center gap-2 font-medium">
                {t('config.version', { n: one.version })}
                {one === newest && <Badge>{t('config.newest')}</Badge>}
              </span>
              <span className="block text-xs text-dim">
                <DateTime at={new Date(one.at).toISOString()} /> · {one.author} · {one.origin}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div className="min-w-0">
        <div className="flex border-b border-line px-4 py-2">
          <Segments
            label={t('config.against')}
            options={[
              { value: 'before', label: t('config.before') },
              { value: 'now', label: t('config.now') },
            ]}
            value={against}
            onChange={setAgainst}
          />
        </div>
        {against === 'before' && before === undefined && <EmptyState title={t('config.first')} />}
        {against === 'before' && before !== undefined && (
          <Difference id={id} from={before} to={version} />
        )}
        {against === 'now' && <Difference id={id} from={version} to={null} />}
      </div>
    </div>
  )
}

/** What holds, the file that says so, and how it came to be. */
export function ConfigTab({ id }: { readonly id: string }) {
  const { t } = useTranslation('instance')
  const [part, setPart] = useState<'effective' | 'file' | 'versions'>('effective')
  return (
    <>
      <div className="flex border-b border-line px-4 py-2">
        <Segments
          label={t('tabs.config')}
          options={[
            { value: 'effective', label: t('config.effective') },
            { value: 'file', label: t('config.file') },
            { value: 'versions', label: t('config.versions') },
          ]}
          value={part}
          onChange={setPart}
        />
      </div>
      {part === 'effective' && <Effective id={id} />}
      {part === 'file' && <File id={id} />}
      {part === 'versions' && <Versions id={id} />}
    </>
  )
}
