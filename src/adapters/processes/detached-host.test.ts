import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { ProcessExit, ProcessIdentity } from '../../ports/process-host.ts'
import { DetachedHost } from './detached-host.ts'

const folder = mkdtempSync(join(tmpdir(), 'host-'))
const host = new DetachedHost({ PATH: '/usr/bin:/bin' })
const started: ProcessIdentity[] = []

after(() => {
  for (const one of started) host.signal(one, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function program(text: string): string {
  const path = join(folder, `program-${Math.round(performance.now() * 1000)}.mjs`)
  writeFileSync(path, text)
  return path
}

const request = (text: string, token = 'a-token') => ({
  program: program(text),
  args: ['--launch', 'x'],
  folder,
  stdoutFile: join(folder, 'logs', 'out.log'),
  stderrFile: join(folder, 'logs', 'err.log'),
  environment: { GREETING: 'hello' },
  token,
})

function spawn(text: string, token = 'a-token', onExit: (exit: ProcessExit) => void = () => {}) {
  const identity = host.spawn(request(text, token), onExit)
  started.push(identity)
  return identity
}

const STAYS = 'setInterval(() => {}, 1000)'

describe('detached processes', () => {
  it('run in a session of their own, with output in files', async () => {
    const exit = await new Promise<ProcessExit>((resolve) => {
      spawn(
        'process.stdout.write(process.env.GREETING + process.argv[3]); process.exit(7)',
        't',
        resolve,
      )
    })
    assert.deepEqual(exit, { code: 7, signal: null })
    assert.equal(readFileSync(join(folder, 'logs', 'out.log'), 'utf8'), 'hellox')
    const identity = spawn(STAYS)
    const session = readFileSync(`/proc/${identity.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3]
    assert.equal(session, String(identity.pid))
  })

  it('are recognised by pid, start time and boot; each alone is not enough', () => {
    const identity = spawn(STAYS)
    assert.equal(host.isAlive(identity), true)
    assert.deepEqual(host.identify(identity.pid), identity)
    assert.equal(host.isAlive({ ...identity, startTime: '1' }), false)
    assert.equal(host.isAlive({ ...identity, bootId: 'another boot' }), false)
    assert.equal(host.signal({ ...identity, startTime: '1' }, 'SIGKILL'), false)
    assert.equal(host.isAlive(identity), true)
  })

  it('prove by their token that they are what was started', () => {
    const identity = spawn(STAYS, 'right')
    assert.equal(host.hasToken(identity, 'right'), true)
    assert.equal(host.hasToken(identity, 'righ'), false)
    assert.equal(host.hasToken(host.self(), 'right'), false)
  })

  it('count as ended once they are killed, before anybody collects them', async () => {
    const identity = spawn(STAYS)
    assert.equal(host.signal(identity, 'SIGKILL'), true)
    const from = performance.now()
    while (host.isAlive(identity) && performance.now() - from < 1000) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    assert.equal(host.isAlive(identity), false)
    assert.equal(host.signal(identity, 'SIGTERM'), false)
    assert.equal(host.usage(identity), null)
  })

  it('start although there is no room for their output', () => {
    const file = join(folder, 'in-the-way')
    writeFileSync(file, '')
    assert.throws(() =>
      host.spawn({ ...request(STAYS), stdoutFile: join(file, 'out.log') }, () => {}),
    )
    const full = existsSync('/dev/full') ? '/dev/full' : null
    if (full !== null) started.push(host.spawn({ ...request(STAYS), stdoutFile: full }, () => {}))
  })

  it('are asked for their open files, and the machine for its listeners', async () => {
    const path = join(folder, 'held.txt')
    const file = openSync(path, 'w')
    const real = realpathSync(folder)
    assert.ok(host.openFiles(real)?.has(join(real, 'held.txt')))
    closeSync(file)
    assert.equal(host.openFiles(real)?.has(join(real, 'held.txt')), false)
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    assert.ok(host.listeningPorts()?.has(port))
    server.close()
    await once(server, 'close')
    assert.equal(host.listeningPorts()?.has(port), false)
  })

  it('tell memory and processor time', () => {
    const usage = host.usage(host.self())
    assert.ok(usage)
    const measured = process.memoryUsage.rss()
    assert.ok(usage.memoryBytes > measured * 0.7 && usage.memoryBytes < measured * 1.3)
    const cpu = process.cpuUsage()
    assert.ok(Math.abs(usage.cpuSeconds - (cpu.user + cpu.system) / 1e6) < 0.5)
  })
})
