// The real senders against receivers that speak the real protocols over real sockets.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, test } from 'node:test'
import { type Notification, NotifierError } from '../../ports/notifier.ts'
import { TelegramNotifier } from './telegram.ts'
import { signatureOf, WebhookNotifier } from './webhook.ts'

const TOKEN = '123456:canary-token'
const notification = (change: object = {}): Notification => ({
  id: 'alert-1-firing',
  fleet: 'node-1',
  isTest: false,
  news: {
    status: 'firing',
    alert: {
      id: 'alert-1',
      key: 'BotDown:a',
      alert: 'BotDown',
      level: 'critical',
      subject: 'a',
      text: 'the bot of a gives no sign',
      since: Date.UTC(2026, 10, 21, 3),
      endedAt: null,
      ...change,
    },
  },
})

interface Seen {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
const servers: Server[] = []
after(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

/** Answers with what `answer` gives; `null` = never. */
async function receiver(answer: (seen: Seen) => [number, unknown, Record<string, string>?] | null) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const one = {
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    }
    seen.push(one)
    const given = answer(one)
    if (given === null) return
    const [status, body, headers = {}] = given
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const failed =
  (isFinal: boolean, retryAfterMs: number | null, pattern: RegExp) => (error: unknown) =>
    error instanceof NotifierError &&
    error.isFinal === isFinal &&
    error.retryAfterMs === retryAfterMs &&
    pattern.test(error.message) &&
    !error.message.includes('canary')

/** The Bot API as far as sendMessage goes: its paths, its answers, its refusals. */
const botApi = ({ path, body }: Seen): [number, unknown] => {
  const refuse = (code: number, description: string, more = {}): [number, unknown] => [
    code,
    { ok: false, error_code: code, description, ...more },
  ]
  if (path !== `/bot${TOKEN}/sendMessage`) return refuse(404, 'Not Found')
  const { chat_id: chat, text } = JSON.parse(body) as { chat_id?: string; text?: string }
  if (chat === 'busy')
    return refuse(429, 'Too Many Requests: retry after 7', { parameters: { retry_after: 7 } })
  if (chat !== '-100') return refuse(400, 'Bad Request: chat not found')
  if (!text) return refuse(400, 'Bad Request: message text is empty')
  return [200, { ok: true, result: { message_id: 1, chat: { id: -100 }, date: 1, text } }]
}

describe('telegram', () => {
  const telegram = (url: string, change: object = {}) =>
    new TelegramNotifier({
      botToken: TOKEN,
      chatId: '-100',
      apiUrl: url,
      timeoutMs: 300,
      ...change,
    })

  test('a message names the alert, whom it concerns, what to do and since when', async () => {
    const { url, seen } = await receiver(botApi)
    await telegram(url).send(notification())
    const { text } = JSON.parse(seen[0]?.body ?? '') as { text: string }
    assert.equal(
      text,
      '🔴 BotDown a (node-1)\nthe bot of a gives no sign\nsince 2026-11-21T03:00:00Z',
    )
  })

  test('a wrong token or chat is final, too many ask for time, a long text is cut', async () => {
    const { url, seen } = await receiver(botApi)
    await assert.rejects(
      telegram(url, { botToken: 'canary-wrong' }).send(notification()),
      failed(true, null, /telegram answered 404: Not Found; see notifications.telegram/),
    )
    await assert.rejects(
      telegram(url, { chatId: '1' }).send(notification()),
      failed(true, null, /chat not found/),
    )
    await assert.rejects(
      telegram(url, { chatId: 'busy' }).send(notification()),
      failed(false, 7000, /Too Many Requests/),
    )
    await telegram(url).send(notification({ text: 'x'.repeat(9000) }))
    assert.equal((JSON.parse(seen.at(-1)?.body ?? '') as { text: string }).text.length, 4096)
  })

  test('no answer, no server and an answer that is no JSON are tried again, and tell no token', async () => {
    const silent = await receiver(() => null)
    await assert.rejects(
      telegram(silent.url).send(notification()),
      failed(false, null, /no answer within 300 ms/),
    )
    await assert.rejects(
      telegram('http://127.0.0.1:1').send(notification()),
      failed(false, null, /could not be reached/),
    )
    const { url } = await receiver(() => [502, '<html>'])
    await assert.rejects(telegram(url).send(notification()), failed(false, null, /answered 502/))
  })
})

describe('webhook', () => {
  const webhook = (url: string) =>
    new WebhookNotifier({
      url,
      secret: 'canary-secret',
      timeoutMs: 300,
      wallMs: () => 1_700_000_000_500,
    })

  test('the body is signed with its time', async () => {
    const { url, seen } = await receiver(() => [200, {}])
    await webhook(`${url}/in`).send(notification())
    const [one] = seen
    assert.equal(one?.headers['x-perpfleet-timestamp'], '1700000000')
    assert.equal(
      one?.headers['x-perpfleet-signature'],
      signatureOf('canary-secret', '1700000000', one?.body ?? ''),
    )
    assert.deepEqual(JSON.parse(one?.body ?? ''), {
      id: 'alert-1-firing',
      fleet: 'node-1',
      test: false,
      status: 'firing',
      alert: 'BotDown',
      severity: 'critical',
      subject: 'a',
      text: 'the bot of a gives no sign',
      since: '2026-11-21T03:00:00.000Z',
      ended_at: null,
    })
  })

  test('4xx is final but for those that ask for patience, 5xx is not', async () => {
    for (const [status, isFinal] of [
      [404, true],
      [401, true],
      [408, false],
      [429, false],
      [500, false],
    ] as const) {
      const { url } = await receiver(() => [status, {}, { 'retry-after': '3' }])
      await assert.rejects(webhook(url).send(notification()), failed(isFinal, 3000, /answered/))
    }
  })

  test('a receiver that sends us elsewhere gets nothing sent there', async () => {
    const other = await receiver(() => [200, {}])
    const { url } = await receiver(() => [307, {}, { location: other.url }])
    await assert.rejects(
      webhook(url).send(notification()),
      failed(false, null, /could not be reached/),
    )
    assert.equal(other.seen.length, 0)
  })
})
