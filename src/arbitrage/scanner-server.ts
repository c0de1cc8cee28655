/** The scanner's local socket: one line a question, one line the answer. */
import { createServer, type Server, type Socket } from 'node:net'
import type { Logger } from '../ports/logger.ts'
import {
  type ScannerQuestion,
  type ScannerRequest,
  scannerQuestions,
} from '../protocol/arbitrage-messages.ts'
import { encodeLine, LineReader } from '../protocol/lines.ts'
import type { Scanner } from './scanner.ts'

export interface ScannerServerParts {
  readonly token: string
  readonly scanner: Scanner
  readonly logger: Logger
  readonly onShutdown: () => void
}

/** A question is short: whoever sends more is nobody that may ask. */
const LINE_MAX = 4096

export class ScannerServer {
  readonly #parts: ScannerServerParts
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(parts: ScannerServerParts) {
    this.#parts = parts
    this.#server = createServer((socket) => this.#accept(socket))
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, resolve)
    })
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #accept(socket: Socket): void {
    const reader = new LineReader(LINE_MAX)
    this.#sockets.add(socket)
    socket.setEncoding('utf8')
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      try {
        for (const message of reader.push(String(chunk))) {
          const answer = this.#answer(message)
          if (answer === null) socket.destroy()
          else socket.write(encodeLine({ type: 'answer', ...answer }))
        }
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        this.#parts.logger.warn('scanner', `a connection was closed: ${text}`)
        socket.destroy()
      }
    })
  }

  #answer(message: unknown): object | null {
    if (typeof message !== 'object' || message === null) return null
    const { type, id, token, question } = message as Partial<ScannerRequest>
    if (type !== 'scan' || typeof id !== 'number') return null
    const refuse = (code: string, text: string) => ({ id, ok: false, code, text })
    if (token !== this.#parts.token)
      return refuse('UNAUTHORIZED', 'the token is not the one of this scanner: it was started anew')
    if (!scannerQuestions.includes(question as ScannerQuestion)) {
      const known = scannerQuestions.join(', ')
      return refuse('VALIDATION', `the scanner answers ${known}, not "${String(question)}"`)
    }
    return { id, ok: true, result: this.#resultOf(question as ScannerQuestion) }
  }

  #resultOf(question: ScannerQuestion): unknown {
    const { scanner, onShutdown } = this.#parts
    if (question === 'opportunities') return { items: scanner.opportunities() }
    if (question === 'pairs') return { items: scanner.pairs() }
    if (question === 'history') return { items: scanner.history() }
    if (question === 'funding') return { items: scanner.funding() }
    if (question === 'status') return scanner.status()
    onShutdown()
    return {}
  }
}
