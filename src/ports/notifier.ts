/** Somewhere people read: a chat, a mailbox, another program. */
import type { AlertNews } from '../domain/alert.ts'

/** What is sent: news of an alert, or a test that somebody asked for. */
export interface Notification {
  /** The same for every try: receivers recognise what they have read. */
  readonly id: string
  readonly news: AlertNews
  /** Which fleet speaks: the name of its node. */
  readonly fleet: string
  readonly isTest: boolean
}

export class NotifierError extends Error {
  override readonly name = 'NotifierError'
  /** Trying again as it is cannot help: a wrong token, an unknown chat. */
  readonly isFinal: boolean
  /** The receiver asked to wait so long, ms; null = it did not say. */
  readonly retryAfterMs: number | null
  constructor(text: string, isFinal: boolean, retryAfterMs: number | null = null) {
    super(text)
    this.isFinal = isFinal
    this.retryAfterMs = retryAfterMs
  }
}

export interface Notifier {
  /** As in `notifications.*`. */
  readonly channel: string
  /** Resolves when the receiver has taken it. @throws NotifierError, whose text holds nothing secret */
  send(notification: Notification): Promise<void>
}
