/** What the door of the control plane needs: its users, the secret of their sessions, and the password of the first start. */
import { randomBytes } from 'node:crypto'
import { SqliteUserStore } from '../adapters/stores/sqlite-user-store.ts'
import type { SecretMask } from '../adapters/telemetry/secrets.ts'
import type { AccessParts } from '../api/auth/plugin.ts'
import { Users } from '../api/auth/users.ts'
import { ApiError } from '../api/context.ts'
import type { FleetConfiguration } from '../config/fleet-schema.ts'
import type { FleetStore } from '../ports/fleet-store.ts'
import type { Logger } from '../ports/logger.ts'
import { loginText, untoldLogin } from './first-login.ts'

export interface ControlAccessSources {
  /** Path of database/fleet.db. */
  readonly fleetDatabase: string
  readonly fleetStore: FleetStore
  /** `api` of the configuration at the start. */
  readonly api: FleetConfiguration['api']
  /** That of run/control.json. */
  readonly localToken: string
  /** PERPFLEET_ADMIN_PASSWORD; null = one is made where nobody can log in yet. */
  readonly adminPassword: string | null
  readonly secrets: SecretMask
  readonly logger: Logger
  wallMs(): number
}

const SECRET_SETTING = 'api.jwt_secret'
const MARK_SETTING = 'api.cookie_mark'

export class ControlAccess {
  readonly #sources: ControlAccessSources
  readonly #store: SqliteUserStore
  #api: FleetConfiguration['api']
  #firstPassword: string | null = null
  #isFirstGiven = false

  private constructor(sources: ControlAccessSources) {
    this.#sources = sources
    this.#api = sources.api
    this.#store = new SqliteUserStore(sources.fleetDatabase)
  }

  /** @throws Error with one sentence when PERPFLEET_ADMIN_PASSWORD cannot be taken */
  static async open(sources: ControlAccessSources): Promise<ControlAccess> {
    const access = new ControlAccess(sources)
    try {
      if (sources.adminPassword !== null) await access.makeFirstUser()
      return access
    } catch (error) {
      access.close()
      if (!(error instanceof ApiError)) throw error
      throw new Error(`PERPFLEET_ADMIN_PASSWORD cannot be taken: ${error.message}`, {
        cause: error,
      })
    }
  }

  /**
   * Makes the first user where there is none. A start that fails must not have made the password that it tells nobody:
   * called when nothing can fail any more. That of the environment cannot be lost, and is judged when this is opened.
   */
  async makeFirstUser(): Promise<void> {
    const { adminPassword, secrets, wallMs } = this.#sources
    if (adminPassword !== null) secrets.add(adminPassword)
    const onSecret = (secret: string) => secrets.add(secret)
    const users = new Users({ store: this.#store, wallMs, onSecret, onChanged: () => {} })
    const first = await users.first(adminPassword)
    this.#firstPassword = first?.password ?? null
    this.#isFirstGiven = first !== null && first.password === null
  }

  /** What `registerAccess` is given. */
  parts(): AccessParts {
    const { localToken, secrets, logger, wallMs } = this.#sources
    return {
      store: this.#store,
      localToken,
      jwtSecret: this.#jwtSecret(),
      cookieName: `perpfleet_refresh_${this.#cookieMark()}`,
      logger,
      wallMs,
      settings: () => this.#api,
      onSecret: (secret) => secrets.add(secret),
      takeFirstPassword: () => this.takeFirstPassword(),
    }
  }

  /** The configured one, else that of this home, made when it is needed first. */
  #jwtSecret(): string {
    const { fleetStore, secrets } = this.#sources
    const known = this.#api.jwt_secret ?? fleetStore.setting(SECRET_SETTING)
    const secret = known ?? randomBytes(48).toString('base64url')
    if (known === null) fleetStore.saveSetting(SECRET_SETTING, secret)
    secrets.add(secret)
    return secret
  }

  /** Tells the cookie of this home from those of others under the same host name. */
  #cookieMark(): string {
    const { fleetStore } = this.#sources
    const known = fleetStore.setting(MARK_SETTING)
    if (known !== null) return known
    const mark = randomBytes(4).toString('hex')
    fleetStore.saveSetting(MARK_SETTING, mark)
    return mark
  }

  /** A changed configuration: rates and lives of sessions act at once. */
  adopt(api: FleetConfiguration['api']): void {
    this.#api = api
  }

  takeFirstPassword(): string | null {
    const password = this.#firstPassword
    this.#firstPassword = null
    return password
  }

  /**
   * For the start screen of the first start, once; null = there is nothing to tell.
   * @param command how people call the program here
   * @param isLogged the start screen goes to a log, where no password belongs
   */
  takeLoginText(command: string, isLogged = false): string | null {
    const password = this.takeFirstPassword()
    if (password !== null) return isLogged ? untoldLogin(command) : loginText(password, command)
    if (!this.#isFirstGiven) return null
    this.#isFirstGiven = false
    return 'login      admin, with the password of PERPFLEET_ADMIN_PASSWORD'
  }

  close(): void {
    this.#store.close()
  }
}
