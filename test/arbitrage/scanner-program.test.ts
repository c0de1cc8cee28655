/** The scanner as a process: starts from its launch file, answers, ends by SIGTERM with its history written; refuses what it cannot do. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { askScanner } from '../../src/client/local-socket.ts'
import type { ScannerStatus } from '../../src/protocol/arbitrage-messages.ts'
import type { ScannerLaunch } from '../../src/protocol/launch.ts'
import { RunningSandbox } from '../support/running-sandbox.ts'
import { scanSettingsOf } from '../support/scan-settings.ts'

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
