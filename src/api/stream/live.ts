/** Joins the stream and the curves of equity with what they tell of: the fleet, its journals, candles and logs. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { EquityCurves } from '../../fleet/equity-curve.ts'
import { EquityRecorder, equitySourcesOf } from '../../fleet/equity-recorder.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { EquityPoint } from '../../protocol/api-messages.ts'
import type { InstanceList } from '../../protocol/fleet-messages.ts'
import type { Access } from '../auth/access.ts'
import type { RouteParts } from '../parts.ts'
import { registerEquity } from './equity.ts'
import { StreamHub } from './hub.ts'
import { followInstances } from './live-instances.ts'
import { LiveJournals } from './live-journals.ts'
import { type CandlesOf, followCandles, followLog, followPositions } from './live-parts.ts'
import { registerStream } from './plugin.ts'
import type { StreamSources } from './sources.ts'

interface LiveParts extends StreamSources {
  readonly fleet: Fleet
  /** Random, new at each start. */
  readonly epoch: string
  /** As GET /instances answers it. */
  list(): Promise<InstanceList>
  readonly candlesOf: CandlesOf
}

/** The stream, the curves, and the recorder of equity, which runs while the server listens. */
export function registerLive(app: FastifyInstance, parts: RouteParts, access: Access): void {
  const { fleet, lists, candles, commands, stream, equity } = parts
  const { clock, logger } = fleet.parts.tools
  const hub = liveHub({
    fleet,
    epoch: randomBytes(8).toString('hex'),
    list: () => lists.list(),
    candlesOf: (...question) => candles.candlesOf(...question),
    openTail: () => stream.openTail(),
  })
  const { store } = equity
  registerStream(app, { hub, access })
  registerEquity(app, { equity: new EquityCurves(store, () => clock.wallMs()), commands })
  let recorder: EquityRecorder | null = null
  app.addHook('onListen', async () => {
    recorder = new EquityRecorder({
      sources: equitySourcesOf(fleet),
      store,
      clock,
      logger,
      keptMs: () => equity.keptMs(),
      onPoint: tellEquity(hub),
    })
  })
  app.addHook('onClose', async () => {
    recorder?.close()
    store.close()
  })
}

function liveHub(parts: LiveParts): StreamHub {
  const { fleet, epoch } = parts
  const { tools } = fleet.parts
  const { clock } = tools
  const hub = new StreamHub({ clock, epoch })
  const journals = new LiveJournals(hub, tools, () => parts.openTail())
  hub.provide('instances', () => followInstances(hub, clock, () => parts.list()))
  hub.provide('orders', () => journals.follow())
  hub.provide('fills', () => journals.follow())
  hub.provide('positions', () => followPositions(hub, tools, () => fleet.deskWatch.accounts))
  hub.provide('candles', ({ instance, timeframe }) =>
    instance === null || timeframe === null
      ? () => {}
      : followCandles(hub, clock, parts.candlesOf, instance, timeframe),
  )
  hub.provide('logs', ({ instance }) =>
    instance === null
      ? () => {}
      : followLog(hub, tools, instance, () => fleet.units.get(instance)?.logDir ?? null),
  )
  return hub
}

/** For the recorder of equity: what it writes down is told to whoever listens. */
const tellEquity =
  (hub: StreamHub) =>
  (instance: string | null, point: EquityPoint): void => {
    if (hub.isFollowed('equity')) hub.publish('equity', instance, { instance, point })
  }
