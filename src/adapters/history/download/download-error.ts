/** Why a download ended; the message is one sentence for people. */

/** `refused`: it would contradict what is stored, or another one runs; `unknown`: the venue has no such thing; `failed`: the venue did not answer. */
export type DownloadErrorKind = 'refused' | 'unknown' | 'failed'

export class DownloadError extends Error {
  override readonly name = 'DownloadError'
  readonly kind: DownloadErrorKind
  constructor(kind: DownloadErrorKind, text: string, options?: ErrorOptions) {
    super(text, options)
    this.kind = kind
  }
}
