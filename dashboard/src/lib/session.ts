/** Who is logged in here. The access token lives in memory only; the refresh token in a cookie that no script can read. */
import type { LoginAnswer, Role, SessionUser } from '../../../src/protocol/api-messages.ts'
import { createStore, useStore } from './store.ts'

export interface Session {
  /** `unknown` until the cookie was tried. */
  readonly state: 'unknown' | 'in' | 'out'
  readonly user: SessionUser | null
  readonly token: string | null
  /** ms; the token is renewed shortly before. */
  readonly expiresAt: number
  /** It was there and has ended without a log-out here. */
  readonly ended: boolean
}

const NOBODY: Session = { state: 'out', user: null, token: null, expiresAt: 0, ended: false }
const store = createStore<Session>({ ...NOBODY, state: 'unknown' })
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('perpfleet-session') : null
const LOCK = 'perpfleet-refresh'
const RENEW_BEFORE_MS = 30_000

/** What the server said to a name and a password. */
export type LoginOutcome = 'ok' | 'wrong' | 'too-many' | 'unreachable'

const post = (path: string, body: unknown = {}, token = bearer()): Promise<Response> =>
  fetch(`/api/v1/auth/${path}`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', ...token },
    body: JSON.stringify(body),
  })

function bearer(): Record<string, string> {
  const { token } = store.get()
  return token === null ? {} : { authorization: `Bearer ${token}` }
}

function enter(answer: LoginAnswer): void {
  store.set({
    state: 'in',
    user: answer.user,
    token: answer.access_token,
    expiresAt: Date.now() + answer.expires_in * 1000,
    ended: false,
  })
}

function leave(ended: boolean): void {
  if (store.get().state === 'out') return
  store.set({ ...NOBODY, ended })
}

export async function login(username: string, password: string): Promise<LoginOutcome> {
  try {
    const response = await post('login', { username, password })
    if (response.ok) {
      enter((await response.json()) as LoginAnswer)
      tabs?.postMessage('in')
      return 'ok'
    }
    if (response.status === 429) return 'too-many'
    return response.status < 500 ? 'wrong' : 'unreachable'
  } catch {
    return 'unreachable'
  }
}

let refreshing: Promise<boolean> | null = null

/** Tabs share one refresh token that changes with each use: one after the other. */
const inTurn = (work: () => Promise<boolean>): Promise<boolean> =>
  'locks' in navigator ? navigator.locks.request(LOCK, work) : work()

/** A new access token by the cookie. False: there is no session any more. Throws when the server cannot be reached. */
export function refresh(): Promise<boolean> {
  refreshing ??= inTurn(async () => {
    const response = await post('refresh')
    // 204: there is no cookie
    if (response.status === 200) {
      enter((await response.json()) as LoginAnswer)
      return true
    }
    if (response.status >= 500 || response.status === 429) throw new Error(String(response.status))
    leave(store.get().state === 'in')
    return false
  }).finally(() => {
    refreshing = null
  })
  return refreshing
}

/** Before the first page: is there a session? A server that cannot be reached is asked again. */
export async function restoreSession(): Promise<void> {
  for (let wait = 500; store.get().state === 'unknown'; wait = Math.min(wait * 2, 5000)) {
    try {
      await refresh()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

/** The other tabs are told first: what they still ask for must not be refused. */
export async function logout(): Promise<void> {
  const own = bearer()
  tabs?.postMessage('out')
  leave(false)
  await post('logout', {}, own).catch(() => null)
}

/** The server has ended it (4001, or a refused request). */
export const sessionEnded = (): void => leave(true)

/** The token to send now, renewed when it is about to end; null = nobody. */
export async function accessToken(): Promise<string | null> {
  const { state, expiresAt } = store.get()
  if (state === 'in' && expiresAt - Date.now() < RENEW_BEFORE_MS) await refresh()
  return store.get().token
}

tabs?.addEventListener('message', ({ data }) => {
  if (data === 'out') leave(false)
  if (data === 'in' && store.get().state === 'out') void refresh().catch(() => false)
})

export const sessionNow = (): Session => store.get()
export const onSession = store.subscribe
export const useSession = (): Session => useStore(store)

const RANK: Readonly<Record<Role, number>> = { machine: 0, viewer: 0, operator: 1, admin: 2 }

/** True when the user may do what needs `role`: for what is shown; the server decides. */
export function useMay(role: 'operator' | 'admin'): boolean {
  const { user } = useSession()
  return user !== null && RANK[user.role] >= RANK[role]
}
