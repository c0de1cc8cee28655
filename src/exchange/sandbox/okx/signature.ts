/** Whose request it is: key, passphrase, time and HMAC of OKX's private endpoints and of the login on a stream. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FrontRequest, SandboxAccount, SandboxBackend } from '../front.ts'
import { OkxError } from './answers.ts'

const WINDOW_MS = 30_000

const refuse = (code: string, text: string, status = 401) => new OkxError(code, text, status)

const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text, 'utf8').digest('base64')

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The account of a signed request. @throws OkxError in the order in which OKX looks at the headers */
export function authenticate(request: FrontRequest, backend: SandboxBackend): SandboxAccount {
  const header = (name: string, code: string): string => {
    const value = request.headers[name.toLowerCase()] ?? ''
    if (value === '') throw refuse(code, `Request header "${name}" can not be empty.`)
    return value
  }
  const key = header('OK-ACCESS-KEY', '50103')
  const passphrase = header('OK-ACCESS-PASSPHRASE', '50104')
  const sign = header('OK-ACCESS-SIGN', '50106')
  const time = header('OK-ACCESS-TIMESTAMP', '50107')
  const at = Date.parse(time)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(time) || Number.isNaN(at)) {
    throw refuse('50112', 'Invalid OK-ACCESS-TIMESTAMP')
  }
  if (Math.abs(backend.wallMs() - at) > WINDOW_MS) {
    throw refuse('50102', 'Timestamp request expired')
  }
  const account = accountOf(key, passphrase, backend)
  if (request.headers['x-simulated-trading'] === '1') {
    throw refuse('50101', 'APIKey does not match current environment.')
  }
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`
  const text = `${time}${request.method}${target}${request.body}`
  if (!isSame(sign, hmac(account.credentials.secretKey, text))) {
    throw refuse('50113', 'Invalid Sign')
  }
  return account
}

function accountOf(key: string, passphrase: string, backend: SandboxBackend): SandboxAccount {
  const account = backend.accountOf(key)
  if (account === null) throw refuse('50111', 'Invalid OK-ACCESS-KEY')
  if (account.key.isRevoked) throw refuse('50119', "API key doesn't exist")
  if (!isSame(passphrase, account.credentials.passphrase)) {
    throw refuse('50105', 'Request header "OK-ACCESS-PASSPHRASE" incorrect.')
  }
  return account
}

/** The account of a login on a stream: the time is in whole seconds. @throws OkxError with the stream's own codes */
export function authenticateLogin(
  args: Readonly<Record<string, unknown>>,
  backend: SandboxBackend,
): SandboxAccount {
  const { apiKey = '', passphrase = '', timestamp = '', sign = '' } = args as Record<string, string>
  const account = backend.accountOf(String(apiKey))
  if (account === null || account.key.isRevoked) throw refuse('60005', 'Invalid apiKey')
  if (!/^\d{10}(\.\d+)?$/.test(String(timestamp))) throw refuse('60004', 'Invalid timestamp')
  if (Math.abs(backend.wallMs() - Number(timestamp) * 1000) > WINDOW_MS) {
    throw refuse('60006', 'Timestamp request expired')
  }
  if (!isSame(String(passphrase), account.credentials.passphrase)) {
    throw refuse('60024', 'Wrong passphrase')
  }
  const wanted = hmac(account.credentials.secretKey, `${timestamp}GET/users/self/verify`)
  if (!isSame(String(sign), wanted)) throw refuse('60007', 'Invalid sign')
  return account
}
