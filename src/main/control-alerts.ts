/** Joins the alerts with the fleet that they watch, and with the receivers that the configuration names. */
import { hostname } from 'node:os'
import { TelegramNotifier } from '../adapters/notifiers/telegram.ts'
import { WebhookNotifier } from '../adapters/notifiers/webhook.ts'
import { AlertCenter } from '../alerts/alert-center.ts'
import type { WatchedDesk, WatchedFleet, WatchedInstance } from '../alerts/conditions.ts'
import type { FleetConfiguration } from '../config/fleet-configuration.ts'
import { connectionRows } from '../fleet/connections.ts'
import type { DeskInstanceRow } from '../fleet/desk-rows.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { InstanceUnit } from '../fleet/instance-unit.ts'
import type { KeptProcess } from '../fleet/kept-process.ts'
import { stateOf } from '../fleet/view.ts'
import type { FleetStore } from '../ports/fleet-store.ts'
import type { Notifier } from '../ports/notifier.ts'

const TELEGRAM_TIMEOUT_MS = 10_000

/** The receiver behind a channel; null = it is not enabled. */
export function notifierOf(
  channel: string,
  { notifications }: Pick<FleetConfiguration, 'notifications'>,
  wallMs: () => number,
): Notifier | null {
  const { telegram, webhook } = notifications
  if (channel === 'telegram' && telegram.enabled) {
    const { bot_token: botToken, chat_id: chatId, api_url: apiUrl } = telegram
    if (botToken === null || chatId === null) return null
    return new TelegramNotifier({ botToken, chatId, apiUrl, timeoutMs: TELEGRAM_TIMEOUT_MS })
  }
  if (channel === 'webhook' && webhook.enabled && webhook.url !== null) {
    const { url, secret, timeout_s: timeoutS } = webhook
    return new WebhookNotifier({ url, secret, timeoutMs: timeoutS * 1000, wallMs })
  }
  return null
}

export interface ControlAlertsParts {
  readonly fleet: Fleet
  readonly store: FleetStore
  /** As it holds now. */
  readonly configuration: () => FleetConfiguration
}

export function openAlerts({ fleet, store, configuration }: ControlAlertsParts): AlertCenter {
  const { clock, logger } = fleet.parts.tools
  return new AlertCenter({
    clock,
    logger,
    settings: store,
    fleet: hostname(),
    look: () => watched(fleet),
    spans: () => {
      const { thresholds } = configuration().alerting
      return {
        botDownMs: thresholds.bot_down_s * 1000,
        deskDownMs: thresholds.desk_down_s * 1000,
        orderUnknownMs: thresholds.order_unknown_s * 1000,
      }
    },
    // The dashboard reads the alerts themselves.
    route: (level) =>
      configuration().notifications.routes[level].filter((channel) => channel !== 'dashboard'),
    notifier: (channel) => notifierOf(channel, configuration(), () => clock.wallMs()),
    random: Math.random,
  })
}

function watched(fleet: Fleet): WatchedFleet {
  const refusals = new Map(
    fleet.deskWatch.accounts.map((one) => [one.account, one.link?.refusal ?? null]),
  )
  const away = new Map(fleet.deskWatch.accounts.map((one) => [one.account, one.away ?? null]))
  const lateFills = new Map(
    fleet.deskWatch.accounts.map((one) => [one.account, one.late_fills_total ?? 0]),
  )
  return {
    instances: [...fleet.units.values()].map((unit) => watchedInstance(fleet, unit)),
    desks: fleet.desks.all.map(watchedDesk),
    accounts: connectionRows(fleet).map(({ account, connected: isConnected }) => ({
      account,
      isConnected,
      refusal: refusals.get(account) ?? null,
      away: away.get(account) ?? null,
      lateFills: lateFills.get(account) ?? 0,
    })),
  }
}

function watchedInstance(fleet: Fleet, unit: InstanceUnit): WatchedInstance {
  const row = fleet.deskRow(unit.id)
  // A position that differs is told of the leg that has it.
  const legs = row?.legs ?? []
  const differing = legs.find(({ position_venue: venue }) => venue != null) ?? row
  const { state, reason } = stateOf(fleet, unit)
  return {
    id: unit.id,
    isWanted: unit.desired !== 'stopped' && unit.config !== null && !fleet.isDraining,
    state,
    isHeard: unit.process.phase.kind === 'running' && row?.is_bot_connected === true,
    why: reason,
    unknownOrders: row?.orders_unknown ?? 0,
    unknownAt: legs.length === 0 ? null : placesOf(legs.filter((leg) => leg.orders_unknown > 0)),
    position: differing?.position ?? 0,
    positionVenue: differing?.position_venue ?? null,
    positionAt: differing === null || legs.length === 0 ? null : placesOf([differing]),
    unhedged: fleet.unhedged.of(unit.id),
    restarts: unit.process.restarts,
    foreign: row?.foreign_total ?? 0,
  }
}

const placesOf = (legs: readonly DeskInstanceRow[]): string =>
  legs.map(({ instrument, symbol }) => `${instrument.venue} ${symbol}`).join(' and ')

const watchedDesk = ({ kept, phase, restarts }: KeptProcess): WatchedDesk => ({
  name: kept.name,
  isWanted: kept.isWanted(),
  isRunning: phase.kind === 'running',
  restarts,
})
