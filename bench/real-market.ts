/** BTC minutes of 2022 with the funding of the perpetual, imported as a user would; without MARKET_DATA a random walk. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HistoryFolder } from '../src/adapters/history/history-folder.ts'
import { importSeries } from '../src/adapters/history/importer.ts'
import { parseSetName, type RecordedMarket } from '../src/domain/history.ts'
import { walkMarket } from '../test/support/walk-market.ts'

const SET = parseSetName('binance/BTC_USDT_PERP/1m')
const CANDLES = 'candles/binance_spot_BTCUSDT_1m_2022.csv.gz'
const FUNDING = 'funding/binance_perp_BTCUSDT_2020_202507.csv.gz'
const YEAR_MINUTES = 525_600

export interface BenchMarket {
  readonly market: RecordedMarket
  readonly isReal: boolean
}

export async function loadBenchMarket(): Promise<BenchMarket> {
  const data = process.env['MARKET_DATA']
  if (data === undefined || data === '')
    return { market: walkMarket(1, YEAR_MINUTES), isReal: false }
  const directory = mkdtempSync(join(tmpdir(), 'perpfleet-bench-history-'))
  try {
    const folder = new HistoryFolder(directory)
    const { venue, symbol, timeframe } = SET
    const common = {
      venue,
      symbol,
      isDroppingDuplicates: false,
      isReplacing: false,
      importedAt: '2026-01-01T00:00:00.000Z',
      onProgress: () => {},
    }
    await importSeries(folder, { ...common, kind: 'candles', file: join(data, CANDLES), timeframe })
    await importSeries(folder, {
      ...common,
      kind: 'funding',
      file: join(data, FUNDING),
      timeframe: null,
    })
    return { market: folder.load(SET), isReal: true }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
