/** Users of a home: who may log in and what they may do. Works with and without a control plane. */
import { stripVTControlCharacters } from 'node:util'
import type { UserRecord, UserStore } from '../../ports/user-store.ts'
import type { UserChange, UserView } from '../../protocol/api-messages.ts'
import { ApiError } from '../context.ts'
import { hashPassword, newPassword, passwordFault } from './passwords.ts'

export const FIRST_USER = 'admin'

/** `machine` is the role of programs, which do not log in. */
export const userRoles = ['viewer', 'operator', 'admin'] as const

/** Names that answers give to those who come without a login. */
const RESERVED: ReadonlySet<string> = new Set(['local', 'metrics', 'operator', 'perpfleet'])
const NAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/

const shown = (text: string): string => stripVTControlCharacters(text).slice(0, 64)

/** A name is the same in upper and lower case. */
export const usernameOf = (text: string): string => text.trim().toLowerCase()

const viewOf = ({ username, role, createdAt, passwordAt }: UserRecord): UserView => ({
  username,
  role,
  created_at: new Date(createdAt).toISOString(),
  password_at: new Date(passwordAt).toISOString(),
})

export interface UserParts {
  readonly store: UserStore
  wallMs(): number
  /** A password was made: no log may hold it. */
  onSecret(password: string): void
  /** What a user could do before ends. @param except the session that has asked for it, and goes on */
  onChanged(username: string, except: string | null): void
}

export class Users {
  readonly #parts: UserParts

  constructor(parts: UserParts) {
    this.#parts = parts
  }

  list(): readonly UserView[] {
    return this.#parts.store.users().map(viewOf)
  }

  /** @throws ApiError VALIDATION, CONFLICT */
  async add(name: string, role: string, password: string | null): Promise<UserChange> {
    const username = usernameOf(name)
    if (!NAME.test(username)) {
      const text = `a user name has 1 to 64 of a-z, 0-9, . _ @ - and begins with a letter or digit, found ${shown(name)}`
      throw new ApiError('VALIDATION', text)
    }
    if (RESERVED.has(username))
      throw new ApiError('VALIDATION', `the user name ${username} is taken by the program itself`)
    const found = userRoles.find((one) => one === role)
    if (found === undefined)
      throw new ApiError(
        'VALIDATION',
        `a role is one of ${userRoles.join(', ')}, found ${shown(role)}`,
      )
    const { store } = this.#parts
    const taken = new ApiError('CONFLICT', `there is a user ${username} already`)
    if (store.user(username) !== null) throw taken
    const { text, hash } = await this.#take(username, password)
    const now = this.#parts.wallMs()
    const record = { username, role: found, passwordHash: hash, createdAt: now, passwordAt: now }
    if (!store.addUser(record)) throw taken
    return { username, role: found, password: password === null ? text : null }
  }

  /**
   * Ends the sessions of the user.
   * @param except one that goes on
   * @throws ApiError VALIDATION, NOT_FOUND
   */
  async setPassword(
    name: string,
    password: string | null,
    except: string | null = null,
  ): Promise<UserChange> {
    const { username, role } = this.#find(name)
    const { text, hash } = await this.#take(username, password)
    if (!this.#parts.store.setPassword(username, hash, this.#parts.wallMs()))
      throw this.#unknown(name)
    this.#parts.onChanged(username, except)
    return { username, role, password: password === null ? text : null }
  }

  /** Ends the sessions of the user. @throws ApiError NOT_FOUND, CONFLICT for the last admin */
  remove(name: string): void {
    const { username, role } = this.#find(name)
    const { store } = this.#parts
    const admins = store.users().filter((one) => one.role === 'admin')
    if (role === 'admin' && admins.length === 1)
      throw new ApiError('CONFLICT', `${username} is the only admin: add another one first`)
    store.removeUser(username)
    this.#parts.onChanged(username, null)
  }

  /**
   * The first start of a home makes the user `admin`.
   * @param given null = a password is made
   * @returns null when there are users
   * @throws ApiError VALIDATION for a given password that cannot be taken
   */
  async first(given: string | null): Promise<UserChange | null> {
    if (this.#parts.store.users().length > 0) return null
    return this.add(FIRST_USER, 'admin', given)
  }

  #find(name: string): UserRecord {
    const user = this.#parts.store.user(usernameOf(name))
    if (user === null) throw this.#unknown(name)
    return user
  }

  #unknown(name: string): ApiError {
    const known = this.#parts.store.users().map(({ username }) => username)
    const text = `there is no user ${shown(usernameOf(name))}; known: ${known.join(', ') || 'none'}`
    return new ApiError('NOT_FOUND', text)
  }

  async #take(username: string, given: string | null): Promise<{ text: string; hash: string }> {
    const text = given ?? newPassword()
    const fault = passwordFault(text, username)
    if (fault !== null) throw new ApiError('VALIDATION', fault)
    if (given === null) this.#parts.onSecret(text)
    return { text, hash: await hashPassword(text) }
  }
}
