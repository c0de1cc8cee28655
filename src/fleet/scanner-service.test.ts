import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanSettingsOf } from '../../test/support/scan-settings.ts'
import { ScannerService, type ScannerServiceParts } from './scanner-service.ts'

const nothing = (): void => {}

function service(change: Partial<ScannerServiceParts>): ScannerService {
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, flush: nothing }
  const clock = {
    monotonicMs: () => 0,
    wallMs: () => 0,
    after: () => nothing,
    every: () => nothing,
  }
  const parts = {
    service: {
      home: { socket: (name: string) => `/home/run/${name}.sock` },
      socketToken: () => 't',
    },
    tools: { logger, clock },
    settings: scanSettingsOf(),
    market: () => 'live',
    isWanted: () => true,
    hasExchange: () => false,
    ask: async () => ({}),
    ...change,
  }
  return new ScannerService(parts as unknown as ScannerServiceParts)
}

test('a home that names no two venues keeps no scanner, and says how to get one', async () => {
  const none = service({ settings: null })
  assert.equal(none.process.kept.isWanted(), false)
  assert.equal(none.isConfigured, false)
  await assert.rejects(none.ask('pairs'), {
    code: 'PRECONDITION',
    message: 'nothing is compared here: name two venues or more in arbitrage.venues',
  })
  const two = service({})
  assert.equal(two.process.kept.isWanted(), true)
  assert.equal(service({ isWanted: () => false }).process.kept.isWanted(), false)
})

test('books of the sandbox wait for the exchange that serves them', () => {
  assert.equal(service({}).process.kept.canStart(), true)
  const rehearsed = { market: () => 'sandbox' as const }
  assert.equal(service(rehearsed).process.kept.canStart(), false)
  assert.equal(service({ ...rehearsed, hasExchange: () => true }).process.kept.canStart(), true)
})

test('a scanner that does not answer is an unavailable service', async () => {
  const away = service({
    ask: async () => {
      throw new Error('scanner cannot be reached')
    },
  })
  await assert.rejects(away.ask('opportunities'), {
    code: 'SERVICE_UNAVAILABLE',
    message: 'the scanner: scanner cannot be reached',
  })
  assert.equal(away.status, null)
})
