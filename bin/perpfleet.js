#!/usr/bin/env node
// The `perpfleet` command: in a checkout it first installs and builds what is missing or stale,
// then it runs dist/main/cli.js on a Node.js that is new enough.
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { become, fail, findNode, noNodeMessage } from './runtime.js'

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))))
const cli = join(root, 'dist', 'main', 'cli.js')

if (existsSync(join(root, 'src')) && existsSync(join(root, 'scripts', 'prepare.mjs'))) {
  const { prepare } = await import('../scripts/prepare.mjs')
  await prepare(root, { build: true })
}
const node = findNode()
if (!node) fail(noNodeMessage())
if (!existsSync(cli)) fail(`perpfleet: ${cli} is missing: install the package again`)
become(node, cli, process.argv.slice(2))
