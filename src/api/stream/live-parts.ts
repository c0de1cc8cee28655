/** Positions, candles and logs as events, each looked at only while somebody listens. */
import { instanceOfLeg } from '../../domain/leg-name.ts'
import type { DeskAccount } from '../../fleet/desk-rows.ts'
import { LogPages, readCursor } from '../../fleet/log-pages.ts'
import { positionRow } from '../../fleet/table-rows.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CandlePage, CandleTimeframe } from '../../protocol/api-messages.ts'
import type { StreamHub } from './hub.ts'
import { type LookTools, lookEvery } from './looking.ts'

const POSITIONS_MS = 250
const CANDLES_MS = 1000
const LOGS_MS = 300
const CANDLES_ASKED = 20
const CANDLES_ASKED_MAX = 500
/** Of one look; of a flood the last ones are told. */
const LINES_MAX = 500

/** @param accounts as the desk has told them last: another array after each answer */
export function followPositions(
  hub: StreamHub,
  tools: LookTools,
  accounts: () => readonly DeskAccount[],
): () => void {
  const told = new Map<string, string>()
  let seen: readonly DeskAccount[] | null = null
  return lookEvery(tools, POSITIONS_MS, 'positions are not followed', () => {
    const answer = accounts()
    if (answer === seen) return
    seen = answer
    for (const row of answer.flatMap(({ instances }) => instances)) {
      const text = JSON.stringify(positionRow(row))
      if (told.get(row.instance) === text) continue
      told.set(row.instance, text)
      hub.publishText('positions', instanceOfLeg(row.instance), text)
    }
  })
}

export type CandlesOf = (
  instance: string,
  timeframe: CandleTimeframe,
  limit: number,
  before: number | null,
) => Promise<CandlePage>

export function followCandles(
  hub: StreamHub,
  clock: Clock,
  candlesOf: CandlesOf,
  instance: string,
  timeframe: CandleTimeframe,
): () => void {
  /** Text of the candles of the last look, by their opening. */
  let told: ReadonlyMap<string, string> = new Map()
  let isAsking = false
  let isOver = false

  const tell = ({ items }: CandlePage): void => {
    const now = new Map(items.map((candle) => [candle.at, JSON.stringify(candle)]))
    for (const [at, text] of now) {
      if (told.get(at) === text) continue
      const head = `"instance":${JSON.stringify(instance)},"timeframe":"${timeframe}"`
      hub.publishText('candles', instance, `{${head},"candle":${text}}`, timeframe)
    }
    if (now.size > 0) told = now
  }

  const look = async (): Promise<void> => {
    if (isAsking) return
    isAsking = true
    try {
      let page = await candlesOf(instance, timeframe, CANDLES_ASKED, null)
      const isGap = told.size > 0 && !page.items.some(({ at }) => told.has(at))
      if (isGap) page = await candlesOf(instance, timeframe, CANDLES_ASKED_MAX, null)
      if (!isOver) tell(page)
    } catch {
      // The exchange is away or the instance is gone: the next look asks again.
    } finally {
      isAsking = false
    }
  }

  void look()
  const cancel = clock.every(CANDLES_MS, () => void look())
  return () => {
    isOver = true
    cancel()
  }
}

/** @param folder of the logs of an instance; null = there is no such instance now */
export function followLog(
  hub: StreamHub,
  tools: LookTools,
  instance: string,
  folder: () => string | null,
): () => void {
  const publish = (line: string) => hub.publish('logs', instance, { instance, line })
  let cursor = endOf(folder())
  return lookEvery(tools, LOGS_MS, `the log of ${instance} is not followed`, () => {
    const where = folder()
    const place = cursor === null ? null : readCursor(cursor)
    if (where === null || place === null) {
      cursor = endOf(where)
      return
    }
    const { items, newer } = new LogPages(where, 'bot').after(place)
    cursor = newer
    const left = items.length - LINES_MAX
    if (left > 0) publish(`… ${left} lines left out here: perpfleet logs ${instance} shows them`)
    for (const line of items.slice(-LINES_MAX)) publish(line)
  })
}

/** Cursor behind the last line; null = it cannot be said now. */
function endOf(folder: string | null): string | null {
  try {
    return folder === null ? null : new LogPages(folder, 'bot').before(null, 0).newer
  } catch {
    return null
  }
}
