/** The scanner as a process: starts from its launch file, answers, ends by SIGTERM with its history written; refuses what it cannot do. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import { askScanner } from '../../src/client/local-socket.ts'
import { openScanFeeds } from '../../src/main/scan-feeds.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import type { ScannerStatus } from '../../src/protocol/arbitrage-messages.ts'
import type { ScannerLaunch } from '../../src/protocol/launch.ts'
import { RunningSandbox } from '../support/running-sandbox.ts'
import { scanSettingsOf } from '../support/scan-settings.ts'

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !isTrue(); tries += 1) await wait(50)
  assert.ok(isTrue(), 'not in time')
}

const program = join(import.meta.dirname, '../../src/main/scanner.ts')

describe('the scanner program', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'scan-'))
  const socket = join(folder, 's.sock')
  after(() => rmSync(folder, { recursive: true }))

  function start(venues: readonly string[], sandboxFile: string) {
    const launch: ScannerLaunch = {
      ...{ program: 'scanner', token: 'secret', socket, pidFile: join(folder, 'scanner.pid') },
      ...{ databaseDir: folder, market: 'sandbox', sandboxFile },
      settings: scanSettingsOf({ venues, symbols: ['BTC'], ageMaxMs: 600_000 }),
      log: { dir: join(folder, 'logs'), level: 'info', format: 'json', timeZone: 'UTC' },
    }
    const file = join(folder, 'scanner.launch.json')
    writeFileSync(file, JSON.stringify(launch), { mode: 0o600 })
    const args = ['--disable-warning=ExperimentalWarning', program, '--launch', file]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk)
    })
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    return { child, ended: ended.then((code) => ({ code, stderr })) }
  }

  test('starts, answers with its token, ends by SIGTERM', async () => {
    const sandbox = await RunningSandbox.start(['okx', 'aster'])
    const sandboxFile = join(folder, 'sandbox.json')
    const venues = Object.fromEntries(
      (['okx', 'aster'] as const).map((venue) => [venue, sandbox.keys(venue)]),
    )
    writeFileSync(sandboxFile, JSON.stringify({ token: '', panel_url: '', venues }))
    const { child, ended } = start(['okx', 'aster'], sandboxFile)
    try {
      const address = { name: 'scanner', socket, token: 'secret' }
      let status: ScannerStatus | null = null
      for (let tries = 0; tries < 200 && (status?.updates_total ?? 0) === 0; tries += 1) {
        await wait(50)
        const answer = await askScanner(address, 'status', 2000).catch(() => null)
        status = answer as ScannerStatus | null
      }
      assert.equal(status?.pairs, 1)
      assert.ok((status?.updates_total ?? 0) > 0)
      sandbox.setFault({ kind: 'price_gap', venue: 'okx', symbol: 'BTC/USDT:USDT', value: 300 })
      let found: readonly unknown[] = []
      for (let tries = 0; tries < 200 && found.length === 0; tries += 1) {
        await wait(50)
        found = ((await askScanner(address, 'opportunities', 2000)) as { items: unknown[] }).items
      }
      assert.equal(found.length, 1)
      child.kill('SIGTERM')
      assert.deepEqual(await ended, { code: 0, stderr: '' })
      assert.ok(existsSync(join(folder, 'opportunities.jsonl')))
      assert.ok(!existsSync(socket) && !existsSync(join(folder, 'scanner.pid')))
    } finally {
      child.kill('SIGKILL')
      await sandbox.stop()
    }
  })

  test('tells after kill -9 what was open, as ended when it was seen last', async () => {
    const sandbox = await RunningSandbox.start(['okx', 'aster'])
    const sandboxFile = join(folder, 'killed.json')
    const names = ['okx', 'aster'] as const
    const venues = Object.fromEntries(names.map((venue) => [venue, sandbox.keys(venue)]))
    writeFileSync(sandboxFile, JSON.stringify({ token: '', panel_url: '', venues }))
    const killed = start(names, sandboxFile)
    const open = join(folder, 'opportunities.open.json')
    try {
      sandbox.setFault({ kind: 'price_gap', venue: 'okx', symbol: 'BTC/USDT:USDT', value: 300 })
      await until(() => existsSync(open))
      killed.child.kill('SIGKILL')
      await killed.ended
      const next = start(names, sandboxFile)
      const history = join(folder, 'opportunities.jsonl')
      const lines = () => (existsSync(history) ? readFileSync(history, 'utf8').split('\n') : [])
      const told = () => lines().filter((line) => line.includes('"reason":"scanner_killed"'))
      await until(() => told().length > 0)
      next.child.kill('SIGTERM')
      assert.equal((await next.ended).code, 0)
      assert.equal(told().length, 1)
    } finally {
      killed.child.kill('SIGKILL')
      await sandbox.stop()
    }
  })

  test('follows the sandbox when it comes back on other ports, also for contracts that nobody had told yet', async () => {
    const names = ['okx', 'aster'] as const
    const file = join(folder, 'moving.json')
    const write = (sandbox: RunningSandbox) => {
      const venues = Object.fromEntries(names.map((venue) => [venue, sandbox.keys(venue)]))
      writeFileSync(file, JSON.stringify({ token: '', panel_url: '', venues }))
    }
    const parts = { clock: new SystemClock(), logger: silentLogger }
    const before = await RunningSandbox.start(names)
    write(before)
    const wish = { venues: names, market: 'sandbox', sandboxFile: file } as const
    const [okx, aster] = openScanFeeds(wish, parts)
    assert.ok(okx && aster)
    let books = 0
    const contracts = await okx.instruments()
    const listener = {
      onBook: () => {
        books += 1
      },
      onFunding() {},
      onDown() {},
    }
    const after = await RunningSandbox.start(names)
    try {
      okx.watch(contracts.slice(0, 2), listener)
      await until(() => books > 0)
      await before.stop()
      rmSync(file)
      await until(() => !okx.link().isOpen)
      await assert.rejects(aster.instruments(), /aster gave no answer/)
      books = 0
      write(after)
      await until(() => okx.link().isOpen && books > 0)
      assert.ok((await aster.instruments()).length > 0)
    } finally {
      await Promise.all([okx.close(), aster.close()])
      await after.stop()
    }
  })

  test('refuses a venue whose books nobody reads, and a sandbox that is not there, in one sentence', async () => {
    const file = join(folder, 'sandbox.json')
    const other = await start(['okx', 'kraken'], file).ended
    assert.equal(other.code, 4)
    assert.match(other.stderr, /^The books of kraken cannot be compared: name some of okx, .*\n$/)
    const none = await start(['okx', 'aster'], join(folder, 'none.json')).ended
    assert.equal(none.code, 4)
    assert.match(
      none.stderr,
      /^No sandbox runs here \(.*none\.json is missing\): start an instance/,
    )
  })
})
