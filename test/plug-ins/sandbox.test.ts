// A strategy in a file can do nothing but decide: each wall of its process by itself, and all of them from within.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { stripTypeScriptTypes } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sandboxArguments } from '../../src/adapters/plug-ins/command-line.ts'
import { PlugInStrategy } from '../../src/adapters/plug-ins/host.ts'
import { frameOf } from '../../src/adapters/plug-ins/messages.ts'
import { PlugInFolder, strategyText } from './plug-in-files.ts'

const folder = new PlugInFolder()
after(() => folder.close())

const CANARY = 'canary-4f1b-the-key-of-the-account'
const canary = folder.write('secret/account.key', CANARY)

test('the process itself reads no file, starts nothing, loads nothing and evaluates no text', () => {
  const flags = sandboxArguments().slice(0, -1)
  const probe = join(import.meta.dirname, 'probe.mjs')
  const run = spawnSync(process.execPath, [...flags, probe, canary], {
    env: {},
    cwd: '/',
    encoding: 'utf8',
  })
  const said = JSON.parse(run.stdout) as Record<string, string>
  const names = ['read', 'list', 'write', 'child', 'worker', 'addon', 'inspector', 'eval']
  assert.deepEqual(Object.keys(said), [...names, 'environment'])
  for (const [name, outcome] of Object.entries(said)) assert.match(outcome, /^refused: /, name)
  assert.equal(`${run.stdout}${run.stderr}`.includes(CANARY), false)
})

test('closed, a process has no network, no modules and no bindings left', () => {
  const module = new URL('../../src/adapters/plug-ins/close-process.ts', import.meta.url).href
  const program = `
    import { writeSync } from 'node:fs'
    import { createRequire } from 'node:module'
    import { closeProcess } from '${module}'
    const held = process, require = createRequire('/')
    closeProcess()
    const tries = {
      fetch: () => fetch('http://127.0.0.1:1'), socket: () => new WebSocket('ws://127.0.0.1:1'),
      events: () => new EventSource('http://127.0.0.1:1'), builtin: () => held.getBuiltinModule('net'),
      binding: () => held.binding('tcp_wrap'), linked: () => held._linkedBinding('tcp_wrap'),
      require: () => require('net'), kill: () => held.kill(1, 0), environment: () => held.env.PATH,
      addon: () => held.dlopen({}, 'x'), timer: () => setTimeout(() => {}, 0),
    }
    const open = []
    for (const [name, run] of Object.entries(tries)) try { run(); open.push(name) } catch {}
    try { await import('node:net'); open.push('import') } catch {}
    writeSync(1, JSON.stringify(open))
  `
  const flags = ['--no-warnings', '--input-type=module', '-e', program]
  const run = spawnSync(process.execPath, flags, { encoding: 'utf8' })
  assert.equal(run.stdout, '[]', run.stderr)
})

/** Every way to Node.js that we know, tried at the load, at an event and in the report. */
const tricks = (port: number) => `
const g: any = globalThis
const url = 'http://127.0.0.1:${port}/'
const tries: Record<string, () => unknown> = {
  process: () => g.process.env.SECRET,
  require: () => g.require('fs').readFileSync('${canary}', 'utf8'),
  builtin: () => g.process.getBuiltinModule('fs').readFileSync('${canary}', 'utf8'),
  binding: () => g.process.binding('fs'),
  fetch: () => g.fetch(url),
  socket: () => new g.WebSocket(url.replace('http', 'ws')),
  worker: () => new g.Worker('data:text/javascript,0'),
  evaluation: () => (0, g.eval)('1'),
  constructor: () => (() => {}).constructor('return process')(),
  asynchronous: () => (async () => {}).constructor('return process')(),
  generator: () => (function* () {}).constructor('yield process')(),
  published: () => (defineStrategy as any).constructor('return process')(),
  global: () => g.constructor.constructor('return process')(),
  stack: () => { (Error as any).prepareStackTrace = (_: unknown, frames: any) => frames; return new Error().stack },
  memory: () => new g.ArrayBuffer(1e9),
  shared: () => new g.SharedArrayBuffer(8),
  assembly: () => new g.WebAssembly.Memory({ initial: 1 }),
  timer: () => g.setTimeout(() => {}, 0),
  clock: () => Date.now(),
  date: () => new Date(),
  chance: () => Math.random(),
}
const attempt = (): string[] => Object.entries(tries).flatMap(([name, run]) => {
  try { return [name + ': ' + String(run())] } catch { return [] }
})
const realms = [defineStrategy, g.constructor, g.eval, Promise.resolve().then]
const isOneRealm = () => realms.every((one: any) => one instanceof Function) && g instanceof Object && Object.getPrototypeOf(Object.getPrototypeOf(g)) === Object.prototype
const atLoad = attempt()
`

test('from within nothing is reached: no file, environment, socket, child, worker, text as code, clock or chance', async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.env['SECRET'] = CANARY
  const strategy = folder.open({
    before: tricks(port),
    on: 'state.found = attempt()',
    report: 'return { atLoad, found: state.found, now: attempt(), one: isOneRealm() }',
  })
  const state = strategy.start({}, context)
  strategy.on(state, candle(1), silent)
  const report = strategy.report(state, [])
  await new Promise((resolve) => setTimeout(resolve, 200))
  server.close()
  delete process.env['SECRET']
  assert.deepEqual(report, { atLoad: [], found: [], now: [], one: true })
  assert.equal(connections, 0)
  assert.equal(JSON.stringify([report, state]).includes(CANARY), false)
})

test('a call that hangs ends by itself, should its bot be gone', () => {
  const text = strategyText({ on: 'for (;;) {}' }).replace(
    /^import .*/,
    'const defineStrategy = (one) => one',
  )
  const load = { name: 'x.ts', source: stripTypeScriptTypes(text), callTimeoutMs: 200 }
  const start = { op: 'start', parameters: {}, context: {} }
  const on = { op: 'on', state: 1, event: {}, keeps: true }
  const input = Buffer.concat([load, start, on].map((one) => frameOf(JSON.stringify(one))))
  const run = spawnSync(process.execPath, sandboxArguments(), { input, timeout: 20_000 })
  assert.equal(run.signal, null)
  assert.notEqual(run.status, 0)
})

const refusals: readonly (readonly [string, string, RegExp])[] = [
  [
    'a module of Node.js',
    `import 'node:fs'`,
    /it imports "node:fs": a strategy imports perpfleet\/strategy alone/,
  ],
  ['another file', `import './other.mjs'`, /it imports "\.\/other\.mjs"/],
  ['import()', `export const sneak = () => import('node' + ':fs')`, /import\(…\)/],
  ['import with a comment', `export const sneak = () => import /* x */ ('node:fs')`, /import\(…\)/],
  ['import with a line', `export const sneak = () => import // x\n ('node:fs')`, /import\(…\)/],
  ['import.meta', 'export const here = import.meta', /import\.meta/],
  ['await at the top', 'await 1', /a strategy is synchronous: remove await/],
  ['no strategy', 'export default 7', /must export a strategy by default/],
  ['a mistake', 'const = 7', /SyntaxError/],
  ['a throw', 'throw new Error("boom")', /trial\.ts failed: Error: boom \(line 1\)/],
]

for (const [what, javascript, sentence] of refusals) {
  test(`${what} is refused by the sandbox`, () => {
    const description = { id: 'trial', stateVersion: 1, parameters: {}, judges: false }
    const open = () => {
      const strategy = new PlugInStrategy(
        { ...description, name: 'trial.ts', javascript },
        { keepsState: false },
      )
      strategy.inputs({})
    }
    assert.throws(open, sentence)
  })
}

const context = { at: 0, instruments: [{ id: 'test:SOL/USDC:USDC' }] } as never
const candle = (n: number) => ({ kind: 'candle', at: n * 60_000 }) as never
const silent = { note() {} } as never
