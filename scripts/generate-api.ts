// Writes src/client/api-types.ts, the types of the HTTP API for those who call it, from the description that the
// control plane gives of itself (GET /api/v1/openapi.json). With --check [FILE] it only tells whether it is as it
// should be, with --json it prints the description.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import openapi, { astToString } from 'openapi-typescript'
import type { ApiParts } from '../src/api/parts.ts'
import { describeApi } from '../src/api/server.ts'

const root = dirname(import.meta.dirname)
const checkAt = process.argv.indexOf('--check')
const given = checkAt === -1 ? undefined : process.argv[checkAt + 1]
const target = given ?? join(root, 'src', 'client', 'api-types.ts')

const HEADER = `/**
 * Types of the HTTP API: made by \`npm run generate:api\` of its own description (GET /api/v1/openapi.json).
 * Do not edit: change the schemas in src/api/schemas/ and make it anew.
 */

`

/** Whatever is asked of it, it is nothing: routes are described, none is called. */
const nothing: unknown = new Proxy(() => {}, {
  get: (_target, key) => (key === 'length' ? 0 : key === Symbol.iterator ? empty : nothing),
  apply: () => nothing,
})
const empty = () => [][Symbol.iterator]()

const parts = {
  fleet: nothing,
  health: nothing,
  journals: nothing,
  stream: nothing,
  equity: nothing,
  access: { store: nothing, jwtSecret: '-'.repeat(32), logger: nothing, wallMs: () => 0 },
  version: { version: '1', node: '' },
  isOpen: false,
  corsOrigins: [],
  trustProxy: [],
  pages: import.meta.dirname,
} as unknown as ApiParts

const description = await describeApi(parts)
const types = HEADER + astToString(await openapi(JSON.stringify(description), { immutable: true }))

if (process.argv.includes('--json')) console.log(JSON.stringify(description, null, 2))
else if (checkAt !== -1) {
  let present = ''
  try {
    present = readFileSync(target, 'utf8')
  } catch {
    // Told below.
  }
  if (present !== types) {
    console.log(
      `${relative(root, target)} is not what the API says of itself: npm run generate:api`,
    )
    process.exitCode = 1
  }
} else writeFileSync(target, types)
