/** Joins a fleet with its processes, stores and logs. */
import { randomBytes } from 'node:crypto'
import { readBotStatus } from '../adapters/stores/sqlite-fleet-reader.ts'
import { createFileLogger } from '../adapters/telemetry/file-logger.ts'
import type { SecretMask } from '../adapters/telemetry/secrets.ts'
import { request } from '../client/http-client.ts'
import {
  askDesk,
  askExchangeCandles,
  askExchangeStatus,
  askScanner,
  type DeskQuestion,
} from '../client/local-socket.ts'
import { scanSettings } from '../config/arbitrage-schema.ts'
import type { LoadedFleetConfiguration } from '../config/fleet-configuration.ts'
import { vaultEnvironment } from '../config/vault-key.ts'
import type { ChosenFeed } from '../fleet/feed-choice.ts'
import { Fleet, type FleetLinks } from '../fleet/fleet.ts'
import type { Home } from '../fleet/home.ts'
import { writeRegistry } from '../fleet/registry.ts'
import type { ReloadParts } from '../fleet/reload.ts'
import type { Clock } from '../ports/clock.ts'
import type { FleetStore } from '../ports/fleet-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { ProcessHost } from '../ports/process-host.ts'
import { killOrdersOf } from './offline-memory.ts'

export interface ControlFleetParts {
  readonly home: Home
  readonly host: ProcessHost
  readonly store: FleetStore
  readonly clock: Clock
  readonly logger: Logger
  readonly secrets: SecretMask
  /** That of run/control.json: bots know it. */
  readonly token: string
  /** Folder of the programs that are started. */
  readonly programs: string
  /** As it is at the start. */
  readonly configuration: LoadedFleetConfiguration['configuration']
  readonly chosen: ChosenFeed
  readonly reload: ReloadParts
}

const MEBIBYTE = 1_048_576

export function makeFleet(parts: ControlFleetParts): Fleet {
  const { home, host, store, clock, logger, secrets, chosen, reload } = parts
  const { logging, time_zone: timeZone, arbitrage } = parts.configuration
  const { level, format } = logging
  const log = { level, format, timeZone, sizeMaxBytes: logging.max_size_mb * MEBIBYTE }
  return new Fleet({
    home,
    tools: { host, store, clock, logger, newToken: () => randomBytes(16).toString('hex') },
    links: linksOf(parts.token),
    service: {
      home,
      programs: parts.programs,
      log,
      vaultEnvironment: vaultEnvironment(),
      socketToken: (name) => socketToken(parts, name),
      wallMs: () => clock.wallMs(),
    },
    choice: chosen.choice,
    isFeedForced: chosen.isForced,
    reload,
    arbitrage: { settings: scanSettings(arbitrage), market: arbitrage.market },
    orderKill: (id) => killOrdersOf(home).order(id, new Date(clock.wallMs()).toISOString()),
    afterLook: writeRegistry,
    openDaemonLog: (dir, id) =>
      createFileLogger({ dir, name: 'daemon', ...log, secrets, fields: { bot: id } }),
  })
}

function linksOf(token: string): FleetLinks {
  const bot = (port: number) => ({ url: `http://127.0.0.1:${port}`, token })
  return {
    askDesk: (desk, question, timeoutMs) => askDesk(desk, question as DeskQuestion, timeoutMs),
    askExchangeStatus,
    askExchangeCandles,
    askScanner,
    getFromBot: (port, path, timeoutMs) => request(bot(port), { method: 'GET', path, timeoutMs }),
    readSaved: readBotStatus,
    postToBot: (port, path, body, timeoutMs) =>
      request(bot(port), { method: 'POST', path, body, timeoutMs }),
  }
}

/** The same after every start: what runs goes on with it. */
function socketToken({ store, secrets }: ControlFleetParts, name: string): string {
  const key = `token.${name}`
  const known = store.setting(key)
  const token = known ?? randomBytes(32).toString('hex')
  if (known === null) store.saveSetting(key, token)
  secrets.add(token)
  return token
}
