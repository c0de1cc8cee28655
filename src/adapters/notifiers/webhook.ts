/** Messages to another program: JSON, signed with a shared key (docs/reference/alerts.md). */
import { createHmac } from 'node:crypto'
import { type Notification, type Notifier, NotifierError } from '../../ports/notifier.ts'
import { post } from './wire.ts'

export interface WebhookOptions {
  readonly url: string
  /** null = not signed. */
  readonly secret: string | null
  readonly timeoutMs: number
  readonly wallMs: () => number
}

export class WebhookNotifier implements Notifier {
  readonly channel = 'webhook'
  readonly #options: WebhookOptions

  constructor(options: WebhookOptions) {
    this.#options = options
  }

  async send(notification: Notification): Promise<void> {
    const { url, secret, timeoutMs, wallMs } = this.#options
    const body = JSON.stringify(payloadOf(notification))
    const at = String(Math.floor(wallMs() / 1000))
    const headers: Record<string, string> = { 'x-perpfleet-timestamp': at }
    if (secret !== null) headers['x-perpfleet-signature'] = signatureOf(secret, at, body)
    const { status, retryAfterMs } = await post('webhook', url, body, headers, timeoutMs)
    if (status >= 200 && status < 300) return
    // 408, 425 and 429 ask for patience; any other 4xx says that the message itself is not wanted.
    const isFinal = status >= 400 && status < 500 && ![408, 425, 429].includes(status)
    const mend = isFinal ? '; see notifications.webhook.url' : ''
    throw new NotifierError(`webhook answered ${status}${mend}`, isFinal, retryAfterMs)
  }
}

/** `sha256=` and the HMAC of `{timestamp}.{body}`: the time is signed, so that an old message cannot be sent again. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

/** As on the wire. */
export function payloadOf({ id, news, fleet, isTest }: Notification) {
  const { alert, status } = news
  const { alert: name, level, subject, text } = alert
  return {
    id,
    fleet,
    test: isTest,
    status,
    alert: name,
    severity: level,
    subject,
    text,
    since: new Date(alert.since).toISOString(),
    ended_at: alert.endedAt === null ? null : new Date(alert.endedAt).toISOString(),
  }
}
