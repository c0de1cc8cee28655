/** One request to a receiver: time-out, no redirections, and errors that hold neither address nor secret. */
import { NotifierError } from '../../ports/notifier.ts'

export interface Answer {
  readonly status: number
  readonly body: string
  readonly retryAfterMs: number | null
}

const BODY_MAX = 64 * 1024

/**
 * Posts JSON.
 * @param name of the receiver, for errors
 * @throws NotifierError when no answer comes
 */
export async function post(
  name: string,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      // A receiver that sends us elsewhere would get the message and its signature there.
      redirect: 'error',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    })
    const retry = Number(response.headers.get('retry-after'))
    const text = (await response.text()).slice(0, BODY_MAX)
    return {
      status: response.status,
      body: text,
      retryAfterMs: Number.isFinite(retry) && retry > 0 ? retry * 1000 : null,
    }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    const why = isLate ? `no answer within ${timeoutMs} ms` : causeOf(error)
    throw new NotifierError(`${name} could not be reached: ${why}`, false)
  }
}

/** The code of what lies below, e.g. ECONNREFUSED: the sentence of fetch would repeat the address. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null
  return code ?? 'the connection failed'
}
