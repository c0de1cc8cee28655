/** Messages to a Telegram chat, by the Bot API (core.telegram.org/bots/api#sendmessage). */
import { type Notification, type Notifier, NotifierError } from '../../ports/notifier.ts'
import { type Answer, post } from './wire.ts'

export interface TelegramOptions {
  readonly botToken: string
  readonly chatId: string
  /** null = https://api.telegram.org; another server of the Bot API. */
  readonly apiUrl: string | null
  readonly timeoutMs: number
}

/** Telegram takes no longer message. */
const TEXT_MAX = 4096
const MARKS = { critical: '🔴', warning: '🟠', info: '🔵' } as const

export class TelegramNotifier implements Notifier {
  readonly channel = 'telegram'
  readonly #options: TelegramOptions

  constructor(options: TelegramOptions) {
    this.#options = options
  }

  async send(notification: Notification): Promise<void> {
    const { botToken, chatId, apiUrl, timeoutMs } = this.#options
    const url = `${apiUrl ?? 'https://api.telegram.org'}/bot${botToken}/sendMessage`
    const text = messageText(notification)
    const body = JSON.stringify({ chat_id: chatId, text, disable_web_page_preview: true })
    check(await post('telegram', url, body, {}, timeoutMs))
  }
}

/** Plain text: names of instances may hold characters that a markup would take for its own. */
export function messageText({ news, fleet, isTest }: Notification): string {
  const { alert, status } = news
  const mark = status === 'resolved' ? '✅' : MARKS[alert.level]
  const since = new Date(alert.since).toISOString().replace(/\.\d+Z$/, 'Z')
  const over = status === 'resolved' ? 'over: ' : ''
  const head = isTest
    ? `${mark} perpfleet (${fleet})`
    : `${mark} ${alert.alert} ${alert.subject} (${fleet})`
  return `${head}\n${over}${alert.text}\nsince ${since}`.slice(0, TEXT_MAX)
}

interface TelegramAnswer {
  readonly ok?: boolean
  readonly description?: string
  readonly parameters?: { readonly retry_after?: number }
}

/** A server answers `ok`; 400, 401, 403 and 404 name a wrong chat or token, 429 a time to wait. */
function check({ status, body, retryAfterMs }: Answer): void {
  const answer = parsed(body)
  if (status === 200 && answer.ok === true) return
  const asked = answer.parameters?.retry_after
  const wait = typeof asked === 'number' ? asked * 1000 : retryAfterMs
  const isFinal = [400, 401, 403, 404].includes(status)
  const why = answer.description ?? 'no reason given'
  const mend = isFinal ? '; see notifications.telegram.bot_token and chat_id' : ''
  throw new NotifierError(`telegram answered ${status}: ${why}${mend}`, isFinal, wait)
}

function parsed(body: string): TelegramAnswer {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
