/** Asks a desk or the exchange over its local socket: one connection a question. */
import { connect } from 'node:net'
import { relative } from 'node:path'
import type { ScannerQuestion, ScannerRequest } from '../protocol/arbitrage-messages.ts'
import type { ControlToDesk } from '../protocol/desk-messages.ts'
import {
  type CandleQuestion,
  EXCHANGE_PROTOCOL_VERSION,
  type ExchangeCandles,
  type ExchangeControlRequest,
  type ExchangeStatus,
} from '../protocol/exchange-messages.ts'
import { encodeLine, LineReader } from '../protocol/lines.ts'
import type { SandboxRequest, SandboxState } from '../protocol/sandbox-messages.ts'

/** A desk or exchange said no, or did not say anything; `code` is its own or SERVICE_UNAVAILABLE. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: string
  constructor(code: string, text: string, options?: ErrorOptions) {
    super(text, options)
    this.code = code
  }
}

/** Where a service listens and what proves that the asker may ask. */
export interface ServiceAddress {
  readonly name: string
  readonly socket: string
  readonly token: string
}

type WithoutEnvelope<T> = T extends unknown ? Omit<T, 'type' | 'id' | 'token'> : never
export type DeskQuestion = WithoutEnvelope<ControlToDesk>

/** Longer paths do not fit into a socket address; seen from the working folder they often do. */
const SOCKET_PATH_MAX = 100

const reachable = (socket: string): string =>
  Buffer.byteLength(socket) > SOCKET_PATH_MAX ? relative(process.cwd(), socket) : socket

/**
 * Asks a desk and waits for its answer.
 * @throws ServiceError when it cannot be reached, does not answer in time, or refuses
 */
export function askDesk(
  desk: ServiceAddress,
  question: DeskQuestion,
  timeoutMs: number,
): Promise<unknown> {
  return ask(desk, [{ type: 'control', id: 1, token: desk.token, ...question }], timeoutMs)
}

/** What the exchange says of itself. @throws ServiceError as askDesk */
export async function askExchangeStatus(
  exchange: ServiceAddress,
  timeoutMs: number,
): Promise<ExchangeStatus> {
  return (await ask(
    exchange,
    [hello(exchange), { type: 'status', id: 1 }],
    timeoutMs,
  )) as ExchangeStatus
}

/** Candles for a chart. @throws ServiceError as askDesk */
export async function askExchangeCandles(
  exchange: ServiceAddress,
  question: CandleQuestion,
  timeoutMs: number,
): Promise<ExchangeCandles> {
  return (await ask(
    exchange,
    [hello(exchange), { type: 'candles', id: 1, ...question }],
    timeoutMs,
  )) as ExchangeCandles
}

/** The sandbox of the exchange: its state after what was asked. @throws ServiceError as askDesk */
export async function askSandbox(
  exchange: ServiceAddress,
  request: SandboxRequest,
  timeoutMs: number,
): Promise<SandboxState> {
  return (await ask(exchange, [hello(exchange), { id: 1, ...request }], timeoutMs)) as SandboxState
}

/** What the scanner knows. @throws ServiceError as askDesk */
export function askScanner(
  scanner: ServiceAddress,
  question: ScannerQuestion,
  timeoutMs: number,
): Promise<unknown> {
  const { token } = scanner
  const request: ScannerRequest = { type: 'scan', id: 1, token, question }
  return ask(scanner, [request], timeoutMs)
}

const hello = (exchange: ServiceAddress): ExchangeControlRequest => ({
  type: 'hello',
  id: 0,
  version: EXCHANGE_PROTOCOL_VERSION,
  token: exchange.token,
  account: null,
})

interface Answer {
  readonly id: number
  readonly ok: boolean
  readonly result?: unknown
  readonly code?: string
  readonly text?: string
}

const isAnswer = (message: unknown): message is Answer =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'answer'

/** Sends the messages and gives the answer to the last one (id 1); a refusal of any of them ends it. */
function ask(
  service: ServiceAddress,
  messages: readonly unknown[],
  timeoutMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const reader = new LineReader()
    const socket = connect(reachable(service.socket))
    const timer = setTimeout(
      () => fail('SERVICE_UNAVAILABLE', `${service.name} did not answer within ${timeoutMs} ms`),
      timeoutMs,
    )
    const close = () => {
      clearTimeout(timer)
      socket.destroy()
    }
    const fail = (code: string, text: string) => {
      close()
      reject(new ServiceError(code, text))
    }
    const take = (message: unknown) => {
      if (!isAnswer(message)) return
      if (!message.ok) return fail(message.code ?? 'REFUSED', message.text ?? 'refused')
      if (message.id !== 1) return
      close()
      resolve(message.result)
    }
    socket.setEncoding('utf8')
    socket.on('connect', () => socket.write(messages.map(encodeLine).join('')))
    socket.on('data', (chunk) => {
      try {
        for (const message of reader.push(String(chunk))) take(message)
      } catch (error) {
        fail('SERVICE_UNAVAILABLE', error instanceof Error ? error.message : String(error))
      }
    })
    socket.on('error', (error) =>
      fail('SERVICE_UNAVAILABLE', `${service.name} cannot be reached (${error.message})`),
    )
    socket.on('close', () => fail('SERVICE_UNAVAILABLE', `${service.name} closed the connection`))
  })
}
