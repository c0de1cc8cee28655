// The files for service managers against the managers' own checks and against the real command.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { buildProgram } from '../../src/cli/program.ts'
import { FleetHome, until } from '../integration/fleet-home.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const UNIT = join(ROOT, 'deploy', 'systemd', 'perpfleet.service')
const ECOSYSTEM = join(ROOT, 'deploy', 'pm2', 'ecosystem.config.cjs')

const canRun = (...command: string[]): boolean =>
  spawnSync(command[0] ?? '', command.slice(1), { stdio: 'ignore' }).status === 0

/** Keys of a unit file; the last value of a key counts. */
const unitValues = (): ReadonlyMap<string, string> =>
  new Map(
    readFileSync(UNIT, 'utf8')
      .split('\n')
      .filter((line) => /^[A-Za-z]+=/.test(line))
      .map((line): [string, string] => {
        const at = line.indexOf('=')
        return [line.slice(0, at), line.slice(at + 1)]
      }),
  )

/** A command line of our command: the subcommand and its options exist. */
function assertKnown(args: readonly string[]): void {
  const [name, ...options] = args
  const command = buildProgram().commands.find((one) => one.name() === name)
  assert.ok(command, `there is no command ${name}`)
  for (const option of options.filter((word) => word.startsWith('--'))) {
    const known = [...command.options, ...buildProgram().options].map(({ long }) => long)
    assert.ok(known.includes(option), `${name} knows no ${option}`)
  }
}

describe('the systemd unit', () => {
  it('passes systemd-analyze verify', { skip: !canRun('systemd-analyze', '--version') }, () => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', UNIT], { encoding: 'utf8' })
    const own = stderr.split('\n').filter((line) => line.includes('perpfleet'))
    assert.deepEqual([status, own], [0, []])
  })

  it('runs a command that exists and ends the control plane alone', () => {
    const unit = unitValues()
    const [program, name, ...args] = (unit.get('ExecStart') ?? '').split(' ')
    assert.deepEqual([program, name], ['/usr/bin/env', 'perpfleet'])
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: object }
    assert.ok(Object.hasOwn(manifest.bin, 'perpfleet'))
    assertKnown(args)
    assert.equal(unit.get('KillMode'), 'process')
    assert.equal(unit.get('KillSignal'), 'SIGTERM')
    assert.equal(unit.get('OOMPolicy'), 'continue')
    assert.match(unit.get('RestartPreventExitStatus') ?? '', /\b4\b/)
  })
})

interface App {
  readonly script: string
  readonly args: readonly string[]
  readonly interpreter: string
  readonly treekill: boolean
  readonly shutdown_with_message: boolean
  readonly env: Readonly<Record<string, string>>
}

describe('the PM2 file', () => {
  const { apps } = createRequire(import.meta.url)(ECOSYSTEM) as { apps: readonly App[] }
  const [app] = apps

  it('names one app, the control plane, that runs a command that exists', () => {
    assert.ok(app)
    assert.equal(apps.length, 1)
    assertKnown(app.args.filter((word) => !word.startsWith('/')))
    assert.equal(app.treekill, false)
    assert.equal(app.shutdown_with_message, true)
    assert.ok(canRun(app.interpreter, '--version'))
  })

  it('starts, is stopped by the message, and leaves the bots trading', async () => {
    assert.ok(app && existsSync(app.script), 'dist/ is missing: npm run build')
    const home = new FleetHome()
    try {
      // What PM2 does with the app: its interpreter, a channel, and the message instead of a signal.
      const file = join(home.dir, 'run-as-pm2.mjs')
      writeFileSync(
        file,
        `import { fork } from 'node:child_process'
         const args = ['up', '--home', ${JSON.stringify(home.dir)}, '--port', '0']
         const child = fork(${JSON.stringify(app.script)}, args, { execPath: ${JSON.stringify(app.interpreter)} })
         process.on('SIGTERM', () => child.send('shutdown'))
         child.on('exit', (code) => process.exit(code))`,
      )
      const secret = { PERPFLEET_API_JWT_SECRET: 'a'.repeat(32) }
      const env = { ...process.env, ...app.env, ...secret }
      const runner = spawn(process.execPath, [file], { stdio: 'ignore', env })
      await until('both demo bots run', async () => {
        const rows = existsSync(join(home.dir, 'run', 'control.json')) ? await home.list() : []
        return rows.length === 2 && rows.every(({ state }) => state === 'running')
      })
      runner.kill('SIGTERM')
      await until(
        'the control plane is gone',
        () => !existsSync(join(home.dir, 'run', 'control.json')),
      )
      const bots = home.processes().filter(({ command }) => command.includes('bot.js'))
      assert.equal(bots.length, 2)
      assert.equal((await home.run('down', '--stop-bots')).code, 0)
    } finally {
      await home.close()
    }
  })
})
