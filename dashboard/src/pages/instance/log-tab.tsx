import { clsx } from 'clsx'
import { ArrowDownToLine, Pause, Play } from 'lucide-react'
import { memo, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../components/states.tsx'
import { Segments } from '../../components/tabs.tsx'
import { clockTime, dateTime } from '../../lib/format.ts'
import { type Level, type LogLine, sift } from './log-lines.ts'
import { type Log, useLog } from './use-log.ts'

/** So many lines are on the screen at most, the newest. */
const SHOWN = 1000

const LEVEL_TONES: Readonly<Record<Level, string>> = {
  debug: 'text-faint',
  info: 'text-dim',
  warn: 'text-warn',
  error: 'text-bad',
}

const Line = memo(function Line({ line }: { readonly line: LogLine }) {
  const { at, level, module, text, facts } = line
  return (
    <li className="flex flex-wrap gap-x-3 border-b border-line/60 px-4 py-1 hover:bg-raised/60">
      <time
        dateTime={at ?? undefined}
        title={at === null ? '' : dateTime(at)}
        className="text-faint"
      >
        {at === null ? '' : clockTime(at)}
      </time>
      <span className={clsx('w-10 shrink-0', level === null ? '' : LEVEL_TONES[level])}>
        {level ?? ''}
      </span>
      <span className="w-20 shrink-0 truncate text-faint phone:hidden">{module}</span>
      <span
        className={clsx(
          'min-w-0 flex-1 basis-60 wrap-anywhere whitespace-pre-wrap phone:basis-full',
          level === 'error' ? 'text-bad' : level === 'warn' ? 'text-warn' : 'text-ink',
        )}
      >
        {text} <span className="text-faint">{facts}</span>
      </span>
    </li>
  )
})

/** The lines as they are, or up to the one that was the last when somebody stopped following. */
function useHeld(log: Log | undefined, isFollowing: boolean) {
  const [held, setHeld] = useState<string | null>(null)
  const now = useMemo(() => (log === undefined ? [] : [...log.lines, ...log.live]), [log])
  const last = isFollowing ? -1 : now.findLastIndex(({ whole }) => whole === held)
  const shown = useMemo(() => (last === -1 ? now : now.slice(0, last + 1)), [now, last])
  return {
    shown,
    behind: now.length - shown.length,
    hold: () => setHeld(now.at(-1)?.whole ?? null),
  }
}

/** Scrolls to the newest line while it is followed; a reader who scrolls up stops that. */
function useFollow(shown: readonly LogLine[], isFollowing: boolean, stop: () => void) {
  const place = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useEffect(() => {
    const node = place.current
    if (node !== null && isFollowing) node.scrollTop = node.scrollHeight
  }, [shown, isFollowing])
  const onScroll = () => {
    const node = place.current
    if (node === null || !isFollowing) return
    if (node.scrollHeight - node.scrollTop - node.clientHeight > 80) stop()
  }
  return { place, onScroll }
}

interface ToolsProps {
  readonly level: Level
  readonly onLevel: (level: Level) => void
  readonly text: string
  readonly onText: (text: string) => void
  readonly isFollowing: boolean
  readonly behind: number
  readonly onFollow: () => void
}

function Tools({ level, onLevel, text, onText, isFollowing, behind, onFollow }: ToolsProps) {
  const { t } = useTranslation('instance')
  const options = [
    { value: 'debug', label: t('log.every') },
    { value: 'info', label: 'info' },
    { value: 'warn', label: 'warn' },
    { value: 'error', label: 'error' },
  ] as const
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      <Segments label={t('log.level')} options={options} value={level} onChange={onLevel} />
      <input
        type="search"
        aria-label={t('log.filter')}
        placeholder={t('log.filter')}
        value={text}
        onChange={(event) => onText(event.target.value)}
        className="h-7 min-w-0 flex-1 basis-40 rounded-md border border-edge bg-back px-2.5 text-sm phone:h-9 phone:text-base"
      />
      <Button
        small
        icon={
          isFollowing ? (
            <Pause aria-hidden className="size-3.5" />
          ) : (
            <Play aria-hidden className="size-3.5" />
          )
        }
        onClick={onFollow}
      >
        {isFollowing ? t('log.pause') : t('log.follow')}
        {behind > 0 && <span className="num text-accent">+{behind}</span>}
      </Button>
    </div>
  )
}

/** What the bot writes, as it writes it. */
export function LogTab({ id }: { readonly id: string }) {
  const { t } = useTranslation('instance')
  const { log, error, refetch, loadOlder } = useLog(id)
  const [level, setLevel] = useState<Level>('debug')
  const [text, setText] = useState('')
  const [isFollowing, setFollowing] = useState(true)
  const { shown, behind, hold } = useHeld(log, isFollowing)
  const lines = useMemo(() => sift(shown, level, text).slice(-SHOWN), [shown, level, text])
  const stop = () => {
    hold()
    setFollowing(false)
  }
  const { place, onScroll } = useFollow(lines, isFollowing, stop)
  if (log === undefined)
    return error === null ? (
      <Skeleton lines={6} className="p-4" />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    )
  return (
    <>
      <Tools
        level={level}
        onLevel={setLevel}
        text={text}
        onText={setText}
        isFollowing={isFollowing}
        behind={behind}
        onFollow={() => (isFollowing ? stop() : setFollowing(true))}
      />
      <section
        ref={place}
        onScroll={onScroll}
        aria-label={t('tabs.log')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-[28rem] min-h-48 overflow-auto"
      >
        {isFollowing || log.older === null ? null : (
          <div className="p-2 text-center">
            <Button
              kind="ghost"
              small
              icon={<ArrowDownToLine aria-hidden className="size-3.5 rotate-180" />}
              onClick={() => void loadOlder()}
            >
              {t('older')}
            </Button>
          </div>
        )}
        {lines.length === 0 && (
          <EmptyState title={shown.length === 0 ? t('log.none') : t('log.noMatch')} />
        )}
        <ol className="font-mono text-xs leading-5">
          {lines.map((line) => (
            <Line key={line.id} line={line} />
          ))}
        </ol>
      </section>
    </>
  )
}
