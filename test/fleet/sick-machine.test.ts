// A home on a machine that is not well: full disks, no write access, foreign pids, secrets that must not leak.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { FleetHome, until } from '../integration/fleet-home.ts'

function mount(folder: string, options: string): boolean {
  try {
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const unmount = (folder: string) => execFileSync('umount', ['-l', folder], { stdio: 'ignore' })

/** Fills a file system to its last byte. */
function fill(path: string): void {
  for (const size of [65_536, 4096, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch {
      // No room for a piece of this size: a smaller one may fit.
    }
  }
}

const grid = (id: string, symbol: string, daemon: object = {}) =>
  JSON.stringify({
    metadata: { instance_id: id, exchange: 'backpack', symbol, strategy: 'perp_grid' },
    daemon_config: daemon,
    exchange_config: {
      mode: 'paper',
      api_key: 'canary-in-the-file',
      secret_key: 'canary-in-the-file-too',
    },
    strategy_config: {
      grid_mode: 'geometric',
      auto_price: true,
      price_range: 4,
      grid_num: 31,
      order_notional: 50,
    },
  })

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesBelow(path)
    return entry.isFile() ? [path] : []
  })
}

describe('a home that cannot be written', () => {
  it('is refused with one sentence and nothing is half-started', async (context) => {
    const home = new FleetHome()
    context.after(() => home.close())
    const dir = join(home.dir, 'sealed')
    if (!mount(dir, 'size=1m,ro')) return context.skip('this user may not mount a tmpfs')
    try {
      const { code, stderr } = await home.run('up', '--home', dir, '--detach', '--port', '0')
      assert.equal(code, 1)
      assert.match(stderr, /home .*sealed cannot be written \((EROFS|read-only)\).*--home/)
      assert.equal(stderr.trim().split('\n').length, 1)
      assert.deepEqual(home.processes(), [])
    } finally {
      unmount(dir)
    }
  })
})

describe('a fleet on a machine that is not well', () => {
  const home = new FleetHome()
  const ids = ['eth_a', 'sol_b']
  after(async () => {
    await home.run('down', '--stop-bots')
    await home.close()
  })
  const byId = async (id: string) => {
    const found = (await home.list()).find((one) => one.id === id)
    assert.ok(found)
    return found
  }
  const path = (...names: string[]) => join(home.dir, ...names)
  const isRunning = async (id: string) => (await byId(id)).state === 'running'

  it('starts, with secrets in environment and files, and writes none of them anywhere', async () => {
    mkdirSync(path('config', 'active'), { recursive: true })
    writeFileSync(path('config', 'active', 'eth_a.json'), grid('eth_a', 'ETH/USDC:USDC'), {
      mode: 0o600,
    })
    const daemon = { db_path: 'sick/sol_b.db', log_dir: 'logs/sol_b' }
    writeFileSync(path('config', 'active', 'sol_b.json'), grid('sol_b', 'SOL/USDC:USDC', daemon), {
      mode: 0o600,
    })
    const secret = `PERPFLEET_API_JWT_SECRET=canary-${'x'.repeat(40)}\nBACKPACK_API_KEY=canary-of-a-venue\n`
    writeFileSync(path('.env'), secret, { mode: 0o600 })
    mount(path('sick'), 'size=1m')
    const { code, stderr } = await home.run('up', '--detach', '--port', '0')
    assert.equal(code, 0, stderr)
    for (const id of ids) await until(`${id} runs`, () => isRunning(id))
    const { token } = home.json('run/control.json') as { token: string }
    await home.run('pause', 'eth_a')
    await home.run('resume', 'eth_a')
    const leaks = filesBelow(path('logs'))
      .concat(filesBelow(path('database')))
      // The registry keeps tokens and versions of files: nobody else may read it.
      .filter((file) => !file.includes('fleet.db') || (statSync(file).mode & 0o077) !== 0)
      .filter((file) => {
        const text = readFileSync(file, 'latin1')
        return text.includes('canary') || (file.includes('logs') && text.includes(token))
      })
    assert.deepEqual(leaks, [])
  })

  it('keeps every run file to itself', () => {
    const open = readdirSync(path('run')).filter(
      (name) => name.endsWith('.json') && (statSync(path('run', name)).mode & 0o077) !== 0,
    )
    assert.deepEqual(open, [])
    assert.equal(statSync(path('run')).mode & 0o077, 0)
  })

  it('trades on while the disk below one database is full, and stores again when there is room', async (context) => {
    const mounts = readFileSync('/proc/mounts', 'utf8')
    if (!mounts.includes(path('sick'))) return context.skip('this user may not mount a tmpfs')
    const before = await byId('sol_b')
    fill(path('sick', 'ballast'))
    const health = async () => {
      const answer = await fetch(`http://127.0.0.1:${before.port}/health`)
      return ((await answer.json()) as { checks: { store: string } }).checks.store
    }
    await until('the bot tells', async () => (await health()) === 'unhealthy', 60_000)
    writeFileSync(path('sick', 'ballast'), '')
    await until('it is stored again', async () => (await health()) === 'healthy', 60_000)
    const now = await byId('sol_b')
    assert.deepEqual([now.pid, now.restarts, now.state], [before.pid, before.restarts, 'running'])
  })

  it('makes a half-written registry again and does not read it', async () => {
    const before = readFileSync(path('logs', 'instances.json'), 'utf8')
    for (const broken of [before.slice(0, before.length / 2), '', '[]']) {
      writeFileSync(path('logs', 'instances.json'), broken)
      await until(
        'made again',
        () => readFileSync(path('logs', 'instances.json'), 'utf8') === before,
        5000,
      )
    }
    assert.equal((await home.list()).length, 2)
  })

  it('after everything was killed believes no foreign pid, says what cleanup took away, resumes as desired', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    })
    try {
      assert.equal((await home.run('stop', 'sol_b')).code, 0)
      assert.equal((await home.run('pause', 'eth_a')).code, 0)
      for (const { pid } of home.processes()) process.kill(pid, 'SIGKILL')
      await until('nothing lives', () => home.processes().length === 0)
      writeFileSync(path('logs', 'eth_a', 'bot.pid'), `${stranger.pid}\n`)
      const { stdout } = await home.run('cleanup')
      // A bot, desk and exchange; their pid files, two of the control plane, two service files.
      assert.match(stdout, /^removed 3 registry rows and 7 pid files\n$/)
      assert.match(
        (await home.run('cleanup')).stdout,
        /^removed 0 registry rows and 0 pid files\n$/,
      )
      assert.equal(stranger.exitCode, null)
      assert.equal((await home.run('up', '--detach', '--port', '0')).code, 0)
      await until('paused as before', async () => (await byId('eth_a')).state === 'paused')
      assert.equal((await byId('sol_b')).state, 'stopped')
      await home.run('resume', 'eth_a')
      await home.run('start', 'sol_b')
      for (const id of ids) await until(`${id} runs`, () => isRunning(id))
      assert.notEqual((await byId('eth_a')).pid, stranger.pid)
    } finally {
      stranger.kill('SIGKILL')
    }
  })

  it('reload replaces one after the other', async () => {
    const before = await home.list()
    const { code, stdout, stderr } = await home.run('reload')
    assert.equal(code, 0, stderr)
    assert.match(
      stdout,
      /1\/2 eth_a: pid \d+ → \d+[\s\S]*2\/2 sol_b: pid \d+ → \d+[\s\S]*2 bots replaced/,
    )
    const now = await home.list()
    for (const [index, { pid, restarts }] of before.entries()) {
      assert.notEqual(now[index]?.pid, pid)
      assert.equal(now[index]?.restarts, restarts)
    }
    assert.equal((await home.run('down')).code, 0)
    assert.deepEqual(
      ids.filter((id) => existsSync(path('logs', id, 'daemon.pid'))),
      [],
    )
    assert.equal((await home.run('reload')).code, 4)
    if (readFileSync('/proc/mounts', 'utf8').includes(path('sick'))) {
      await home.run('down', '--stop-bots')
      unmount(path('sick'))
    }
  })
})
