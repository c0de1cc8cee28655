/** The dashboard's files at `/`; every page of it that is no file is its index.html. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from './context.ts'
import { nothingAt } from './errors.ts'

const PAGE = 'index.html'
/** What Vite builds has its content in its name. */
const HASHED = /^assets\//
const FOR_EVER = 'public, max-age=31536000, immutable'
const PATH = /^\/[\w./@-]*$/

const NOT_BUILT =
  'The dashboard is not built: npm run build builds it; until then perpfleet list shows the fleet in a terminal.\n'

/** @param folder what is built of the dashboard */
export async function registerPages(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false, cacheControl: false })
  app.setNotFoundHandler((request, reply) => {
    const pathname = request.url.replace(/\?.*/s, '')
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const file = isRead ? fileAt(folder, pathname) : null
    if (file !== null) return sendPage(reply, file)
    if (isRead && isPage(request, pathname)) {
      if (existsSync(join(folder, PAGE))) return sendPage(reply, PAGE)
      if (pathname === '/')
        return reply.type('text/plain; charset=utf-8').serializer(String).send(NOT_BUILT)
    }
    throw new ApiError('NOT_FOUND', nothingAt(request.method, request.url))
  })
}

/** A file of the dashboard below its folder; null = it has none there. */
function fileAt(folder: string, pathname: string): string | null {
  const isPlain = PATH.test(pathname) && !pathname.split('/').includes('..')
  if (!isPlain || pathname.endsWith('/')) return null
  const name = pathname.slice(1)
  return isFile(join(folder, name)) ? name : null
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // Nothing there, or a name that no file system takes.
    return false
  }
}

const OWN_PATHS = /^\/(api|docs|health|ready|version|metrics|mcp)(\/|$)/

/** Asked by a browser that wants to show something. */
function isPage({ headers }: FastifyRequest, pathname: string): boolean {
  if (OWN_PATHS.test(pathname)) return false
  return pathname === '/' || (headers.accept ?? '').includes('text/html')
}

function sendPage(reply: FastifyReply, name: string): FastifyReply {
  // Of an answer that was not found it would keep the status.
  reply.code(200).header('cache-control', HASHED.test(name) ? FOR_EVER : 'no-cache')
  return reply.sendFile(name)
}
