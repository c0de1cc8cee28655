/** A header that is damaged stands in nobody's way but its own, and is mended by what its sentence says. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseSetName } from '../../domain/history.ts'
import { HistoryFolder } from './history-folder.ts'
import { importSeries } from './importer.ts'

const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-header-'))
after(() => rmSync(scratch, { recursive: true }))

const folder = new HistoryFolder(join(scratch, 'history'))
const file = join(scratch, 'candles.csv')
writeFileSync(file, `timestamp_ms,open,high,low,close,volume\n${Date.UTC(2024, 0, 1)},1,2,1,1,5\n`)

async function load(text: string, isReplacing = false) {
  const { venue, symbol, timeframe } = parseSetName(text)
  await importSeries(folder, {
    ...{ file, kind: 'candles', venue, symbol, timeframe, isReplacing },
    ...{ isDroppingDuplicates: false, importedAt: '2026-01-01T00:00:00.000Z' },
    onProgress: () => undefined,
  })
}

const name = parseSetName('test/SOL_USDC_PERP/1m')
const header = `${folder.pathOf({ kind: 'candles', venue: 'test', symbol: name.symbol, timeframe: '1m' })}.json`

test('damaged headers are told, the other sets load, and --replace or remove mends', async () => {
  await load('test/SOL_USDC_PERP/1m')
  await load('test/ETH_USDC_PERP/1m')
  const whole = readFileSync(header, 'utf8')
  const faults: readonly (readonly [string, RegExp])[] = [
    ['{', /1m\.candles\.json cannot be read: import the set again with --replace$/],
    ['null', /has format version undefined, .*import the set again with --replace$/],
    ['{}', /has format version undefined/],
    ['{"formatVersion":1}', /is damaged: import the set again with --replace$/],
    [whole.replace(/"priceDecimals": \d+/, '"priceDecimals": 400'), /is damaged/],
    [whole.replace(/"rows": \d+/, '"rows": -1'), /is damaged/],
  ]
  for (const [text, message] of faults) {
    writeFileSync(header, text)
    assert.throws(() => folder.load(name), { name: 'HistoryError', kind: 'damaged', message })
    assert.deepEqual(
      folder.list().map(({ symbol }) => symbol),
      ['ETH/USDC:USDC'],
    )
    assert.match(folder.damaged().join('\n'), message)
    folder.load(parseSetName('test/ETH_USDC_PERP/1m'))
    await load('test/SOL_USDC_PERP/1m', true)
    assert.deepEqual(folder.damaged(), [])
  }
  writeFileSync(header, '{')
  folder.remove(name)
  assert.ok(!existsSync(header))
  assert.equal(folder.list().length, 1)
})
