/**
 * The doors of the live stream: POST /api/v1/stream/ticket, and the WebSocket /api/v1/stream, which a ticket opens once.
 * A browser cannot send a header with a WebSocket, and an access token in an address would stand in logs.
 */
import websocket from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RawData, WebSocket } from 'ws'
import { type StreamTicket, streamClose } from '../../protocol/api-messages.ts'
import type { Access } from '../auth/access.ts'
import { TICKET_MS } from '../auth/access.ts'
import { ApiError, type Principal } from '../context.ts'
import { answers } from '../schemas/common.ts'
import { streamTicket } from '../schemas/stream.ts'
import type { StreamConnection, StreamHub } from './hub.ts'

export interface StreamParts {
  readonly hub: StreamHub
  readonly access: Pick<Access, 'ticketFor' | 'takeTicket' | 'onSessionEnd'>
}

const MESSAGE_BYTES_MAX = 8192
/** Between two questions whether a reader is still there. */
const LIFE_SIGN_MS = 20_000
/** So long a line may take to close in order. */
const CLOSE_MS = 500

const OLD_TICKET =
  'this ticket opens no stream: it is unknown, used or older than 30 s; ask for another'

export function registerStream(app: FastifyInstance, { hub, access }: StreamParts): void {
  const forget = access.onSessionEnd((sessionId) => hub.endSession(sessionId))
  const guests = new WeakMap<FastifyRequest, Principal>()
  void app.register(websocket, {
    options: { maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false },
    // A fault of a line is told by its end.
    errorHandler: (_error, socket) => socket.terminate(),
    preClose: async function endStreams(this: FastifyInstance) {
      forget()
      hub.close()
      const sockets = [...this.websocketServer.clients]
      setTimeout(() => {
        for (const socket of sockets) socket.terminate()
      }, CLOSE_MS).unref()
      this.websocketServer.close()
    },
  })
  // Behind the plug-in above, which looks at each route as it is made.
  void app.register(async (inner) => {
    const stopLooking = lookForLife(inner)
    inner.addHook('onClose', async () => stopLooking())
    inner.post(
      '/api/v1/stream/ticket',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['stream'],
          summary: 'A ticket that opens the live stream once',
          response: answers(streamTicket),
        },
      },
      ({ principal }): StreamTicket => {
        if (principal === null) throw new ApiError('UNAUTHORIZED', 'this needs a login')
        return { ticket: access.ticketFor(principal), expires_in: TICKET_MS / 1000 }
      },
    )
    inner.get(
      '/api/v1/stream',
      {
        websocket: true,
        // The ticket says who it is.
        config: { role: 'open' },
        preValidation: async (request) => {
          if (!request.ws)
            throw new ApiError('VALIDATION', 'this is a WebSocket: connect with wss or ws')
          const guest = access.takeTicket(ticketIn(request.query))
          if (guest === null) throw new ApiError('UNAUTHORIZED', OLD_TICKET)
          guests.set(request, guest)
        },
      },
      (socket, request) => {
        const guest = guests.get(request)
        if (guest === undefined) return socket.close(streamClose.refused, 'refused')
        serve(hub, socket, guest.sessionId)
      },
    )
  })
}

function ticketIn(query: unknown): string {
  if (typeof query !== 'object' || query === null || !('ticket' in query)) return ''
  return typeof query.ticket === 'string' ? query.ticket : ''
}

function serve(hub: StreamHub, socket: WebSocket, sessionId: string | null): void {
  const connection: StreamConnection = {
    get unsentBytes() {
      return socket.bufferedAmount
    },
    send: (message) => socket.send(message, { binary: false }),
    close: (code, reason) => {
      socket.close(code, reason)
      // Whoever does not read does not answer either.
      setTimeout(() => socket.terminate(), CLOSE_MS).unref()
    },
  }
  const reader = hub.connect(connection, sessionId)
  socket.on('message', (data: RawData, isBinary: boolean) => {
    reader.receive(isBinary ? '' : String(data))
  })
  socket.on('close', () => reader.leave())
}

/** A line that is gone without a word is noticed by the sign of life that it does not give. */
function lookForLife(app: FastifyInstance): () => void {
  const silent = new WeakSet<WebSocket>()
  const timer = setInterval(() => {
    for (const socket of app.websocketServer.clients) {
      if (silent.has(socket)) {
        socket.terminate()
        continue
      }
      silent.add(socket)
      socket.once('pong', () => silent.delete(socket))
      socket.ping()
    }
  }, LIFE_SIGN_MS)
  timer.unref()
  return () => clearInterval(timer)
}
