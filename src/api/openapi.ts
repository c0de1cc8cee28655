/** The description of the API: OpenAPI 3.1 made of the schemas of the routes, and a page to browse it. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { docsPage, docsScript, docsStyle } from './docs-page.ts'

const DESCRIPTION =
  'The API of a fleet’s control plane. Times are ISO 8601 in UTC; money, prices and quantities are answered as decimal text and accepted as number or text. A POST may carry an Idempotency-Key: sent again within ten minutes it gets the first answer once more.'

/** To be awaited before any route is made: it describes those that come behind it. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'perpfleet', description: DESCRIPTION, version },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'an access token of a login, or the token of run/control.json',
          },
        },
      },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
}

/** The description as clients read it: without what nothing refers to. */
export function descriptionOf(app: FastifyInstance): object {
  const { components, ...rest } = app.swagger() as Description
  const all = components?.schemas ?? {}
  const used = new Set<string>()
  const take = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(REFERENCE)) {
      if (used.has(name)) continue
      used.add(name)
      take(all[name] ?? null)
    }
  }
  take(rest)
  const schemas = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)))
  return { ...rest, components: { ...components, schemas } }
}

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g

interface Description {
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> }
}

export function registerDescription(app: FastifyInstance): void {
  let text: string | null = null
  app.get(
    '/api/v1/openapi.json',
    { config: { role: 'viewer' }, schema: { hide: true } },
    (_request, reply) => {
      text ??= JSON.stringify(descriptionOf(app))
      reply.type('application/json; charset=utf-8').serializer(String).send(text)
    },
  )
  registerDocs(app)
}

/** Swagger’s own files; nothing of its program is loaded here. */
function swaggerFile(name: string): string {
  const entry = fileURLToPath(import.meta.resolve('@fastify/swagger-ui'))
  return join(entry, '..', 'static', name)
}

function registerDocs(app: FastifyInstance): void {
  const options = { config: { role: 'open' }, schema: { hide: true } } as const
  const texts: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/docs': ['text/html; charset=utf-8', docsPage],
    '/docs/start.js': ['text/javascript; charset=utf-8', docsScript],
    '/docs/page.css': ['text/css; charset=utf-8', docsStyle],
  }
  for (const [path, [type, text]] of Object.entries(texts)) {
    app.get(path, options, (_request, reply) => reply.type(type).serializer(String).send(text))
  }
  app.get('/docs/', options, (_request, reply) => reply.redirect('/docs'))
  const files = {
    'swagger-ui.css': 'text/css; charset=utf-8',
    'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
    'favicon-32x32.png': 'image/png',
  }
  for (const [name, type] of Object.entries(files)) {
    app.get(`/docs/${name}`, options, (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=86400')
        .type(type)
        .send(createReadStream(swaggerFile(name))),
    )
  }
}
