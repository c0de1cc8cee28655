/** Requests with whatever headers somebody may send: fetch sets some of them itself. */
import { type IncomingHttpHeaders, request } from 'node:http'

export interface Asked {
  readonly method?: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** @param url e.g. http://127.0.0.1:8080/api/v1/instances */
export function ask(url: string, asked: Asked = {}): Promise<Answered> {
  const { method = 'GET', token, headers = {}, body } = asked
  const sent = typeof body === 'object' ? JSON.stringify(body) : body
  const all = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(sent === undefined
      ? {}
      : {
          'content-type': 'application/json',
          // Node sends none with DELETE.
          'content-length': String(Buffer.byteLength(sent)),
        }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const options = { method, headers: all, agent: false, timeout: 20_000 }
    const going = request(url, options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
      response.on('error', reject)
    })
    going.on('timeout', () => going.destroy(new Error(`no answer from ${url}`)))
    going.on('error', reject)
    going.end(sent)
  })
}
