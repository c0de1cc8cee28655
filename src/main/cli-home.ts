/** The home that a command line names: its folder, the control plane that lives there, and what its files say. */
import { existsSync } from 'node:fs'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import { CliError } from '../cli/context.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { sentence } from '../cli/speech.ts'
import { HttpFleet } from '../client/fleet-access.ts'
import type { HttpTarget } from '../client/http-client.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { childEnvironment } from '../config/process-environment.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { readJson } from '../fleet/files.ts'
import { Home } from '../fleet/home.ts'
import { lockOwner } from '../fleet/home-lock.ts'
import type { ProcessIdentity } from '../ports/process-host.ts'
import type { ControlFile } from '../protocol/fleet-messages.ts'
import { OfflineFleet } from './offline-fleet.ts'

export class CliHome {
  /** Absolute. */
  readonly path: string
  readonly files: Home
  readonly host = new DetachedHost(childEnvironment())
  /** Null = the one of the home. */
  readonly fleetConfig: string | null

  constructor(path: string, fleetConfig: string | null) {
    this.path = path
    this.files = new Home(path)
    this.fleetConfig = fleetConfig
  }

  /** A misspelt --home is told, not taken for an empty one. */
  assertThere(): void {
    if (existsSync(this.path)) return
    throw new CliError(3, sentence(commonMessages.noHome, { home: this.path }))
  }

  /** Who holds the home; null = nobody. */
  owner(): ProcessIdentity | null {
    return lockOwner(this.files.controlLock, this.host)
  }

  /** Where the control plane of this home listens; null = none lives. */
  controlTarget(): HttpTarget | null {
    const file = readJson(this.files.controlFile) as ControlFile | null
    const owner = this.owner()
    if (file === null || owner === null || owner.pid !== file.pid) return null
    return { url: file.url, token: file.token }
  }

  control(): HttpFleet | null {
    const target = this.controlTarget()
    return target === null ? null : new HttpFleet(target)
  }

  offline(): OfflineFleet {
    return new OfflineFleet(this.files, this.host, this.fleetConfig)
  }

  /** Instances whose files can be read. */
  instances(): readonly ResolvedInstance[] {
    return this.offline()
      .known()
      .instances.flatMap(({ config }) => (config === null ? [] : [config]))
  }

  loadFleet() {
    return loadFleetConfiguration({ home: this.path, fleetConfig: this.fleetConfig })
  }

  get configuration() {
    return this.loadFleet().configuration
  }

  /** What the control plane wrote down under a key; null = nothing. */
  setting(key: string): string | null {
    if (!existsSync(this.files.fleetDatabase)) return null
    const store = new SqliteFleetStore(this.files.fleetDatabase, 'read')
    try {
      return store.setting(key)
    } finally {
      store.close()
    }
  }
}
