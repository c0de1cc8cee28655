/** Asks the control plane whose token somebody has who speaks to the own port of an instance. */
import type { IncomingMessage } from 'node:http'
import { UNANSWERED } from './web-guard.ts'

const ANSWER_MS = 2000
const ANSWER_LENGTH_MAX = 4096

/**
 * @param url that of run/control.json; null = no control plane runs
 * @returns the role of the user; null: the token opens nothing; `unanswered`
 */
export async function roleOfToken(url: string | null, token: string): Promise<string | null> {
  if (url === null) return UNANSWERED
  try {
    const { status, text } = await ask(new URL('/api/v1/auth/me', url), token)
    if (status === 401) return null
    const user: unknown = status === 200 ? JSON.parse(text) : null
    const isUser = typeof user === 'object' && user !== null && 'role' in user
    return isUser ? String(user.role) : UNANSWERED
  } catch {
    return UNANSWERED
  }
}

function ask(url: URL, token: string): Promise<{ status: number; text: string }> {
  // A static import of node:http costs a bot several megabytes more.
  const http = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http')
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    const signal = AbortSignal.timeout(ANSWER_MS)
    const request = http.get(url, { headers, signal, agent: false }, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject)
    })
    request.on('error', reject)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > ANSWER_LENGTH_MAX) throw new Error('the answer is too long')
  }
  return text
}
