/** The journals of one desk damaged at once, each account in another region; a sound one beside them. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { until } from '../integration/fleet-home.ts'
import { type BadInputReport, halfWritten } from './bad-report.ts'
import { exchangeEvents, journalEvents } from './books.ts'
import { DrillHome, standing } from './fleet-home.ts'

const PAGE = 4096
/** Before the first frame of a write-ahead log. */
const LOG_HEADER = 32

interface Region {
  readonly id: string
  readonly where: string
  /** Null: either it is noticed, or that place held nothing that is in use, and nothing is lost. */
  readonly isDamage: boolean | null
  /** False: the write-ahead log is what is spoilt, so it must not be taken into the file before. */
  readonly isFolded: boolean
  spoil(path: string): void
}

const zero = (path: string, from: number, length: number): void => {
  const bytes = readFileSync(path)
  bytes.fill(0, from, from + length)
  writeFileSync(path, bytes)
}

const sizeOf = (path: string): number => statSync(path).size
const middle = (path: string): number => Math.floor(sizeOf(path) / PAGE / 2) * PAGE

const regions: readonly Region[] = [
  region('header', 'header (bytes 0–99)', (path) => zero(path, 0, 100)),
  region('schema', 'schema page', (path) => zero(path, 100, PAGE - 100)),
  region('middle', 'a page in the middle', (path) => zero(path, middle(path), PAGE)),
  {
    ...region('tail', 'the last page', (path) => zero(path, sizeOf(path) - PAGE, PAGE)),
    isDamage: null,
  },
  region('cut', 'cut to 60 %', (path) => truncateSync(path, Math.floor(sizeOf(path) * 0.6))),
  region('empty', 'cut to nothing', (path) => truncateSync(path, 0)),
  {
    ...region('wal', 'the first frame of -wal', (path) => zero(`${path}-wal`, LOG_HEADER, 600)),
    isDamage: null,
    isFolded: false,
  },
  {
    ...region('middlewal', 'the middle of -wal', (path) => {
      const log = `${path}-wal`
      zero(log, Math.floor(sizeOf(log) / 2), 600)
    }),
    isDamage: null,
    isFolded: false,
  },
  {
    ...region('nowal', '-wal removed', (path) => rmSync(`${path}-wal`)),
    isDamage: null,
    isFolded: false,
  },
  {
    ...region('mark', 'the mark file', (path) => writeFileSync(`${path}-mark`, 'nonsense')),
    isDamage: false,
  },
  { ...region('sound', 'nothing', () => {}), isDamage: false },
]

function region(id: string, where: string, spoil: (path: string) => void): Region {
  return { id, where, isDamage: true, isFolded: true, spoil }
}

function writeFiles(home: DrillHome): void {
  const active = join(home.dir, 'config', 'active')
  mkdirSync(active, { recursive: true })
  for (const { id } of regions) {
    const text = {
      metadata: {
        instance_id: id,
        exchange: 'okx',
        symbol: 'SOL/USDC:USDC',
        strategy: 'perp_grid',
      },
      exchange_config: { mode: 'paper', account: id, leverage: 2 },
      strategy_config: { auto_price: true, price_range: 3, grid_num: 41, order_notional: 50 },
    }
    writeFileSync(join(active, `${id}.json`), JSON.stringify(text))
  }
}

const journalOf = (home: DrillHome, id: string): string =>
  join(home.dir, 'database', `account-paper-okx-${id}.db`)

export async function journalsDamaged(rows: BadInputReport): Promise<void> {
  const home = new DrillHome()
  const files = regions.map(({ id }) => ({ id, venue: 'okx', base: 'SOL' }))
  writeFiles(home)
  try {
    await home.up('--speed', '600')
    await home.untilRunning(files)
    await until(
      'everybody has traded',
      async () => [...(await standing(home)).values()].every(({ fills }) => fills > 0),
      120_000,
    )
    process.kill(home.controlPid(), 'SIGKILL')
    process.kill(home.servicePid('desk-paper'), 'SIGKILL')
    await until('the desk is gone', () => home.pidsOf('desk').length === 0)
    for (const one of regions) {
      const path = journalOf(home, one.id)
      if (one.isFolded) fold(path)
      one.spoil(path)
    }
    const before = await standingAlone(home)
    await home.up()
    await until('every account is taken up', async () => {
      const all = await home.rows()
      return regions.every(({ id, isDamage }) => {
        const state = all.get(id)?.state
        if (isDamage === null) return state === 'disarmed' || state === 'running'
        return state === (isDamage ? 'disarmed' : 'running')
      })
    })
    await judge(home, rows, before)
  } finally {
    await home.run('down', '--stop-bots')
    await home.close()
  }
}

async function judge(
  home: DrillHome,
  rows: BadInputReport,
  before: ReadonlyMap<string, number>,
): Promise<void> {
  const sound = regions.filter(({ isDamage }) => isDamage === false).map(({ id }) => id)
  const fillsOf = async (id: string) => (await home.row(id)).fills ?? 0
  for (const id of sound) {
    const first = await fillsOf(id)
    await until(`${id} trades on`, async () => (await fillsOf(id)) > first, 90_000)
  }
  const log = deskLog(home)
  for (const { id, where, isDamage: demanded } of regions) {
    const isDamage = demanded ?? (await home.row(id)).state === 'disarmed'
    const said = log.filter((text) => text.includes(`journal of paper-okx-${id} was damaged`))
    const kept = readdirSync(join(home.dir, 'database')).filter((name) =>
      name.startsWith(`account-paper-okx-${id}.db.damaged-`),
    )
    const fills = await fillsOf(id)
    const armed = isDamage ? await armAndTrade(home, id) : await nothingLost(home, id)
    rows.found({
      fault: `journal: ${where}`,
      said,
      expected: isDamage
        ? [
            /^the journal of paper-okx-\w+ was damaged \(.+\) and is kept as account-.+; a new one has begun: .+perpfleet arm ID$/,
          ]
        : [],
      others: isDamage
        ? `${id} disarmed, ${sound.join(' and ')} trade on; armed and trades again`
        : `without effect: ${id} trades on, fills ${before.get(id)} → ${fills}, all of them in its journal`,
      trouble: [
        ...(isDamage === kept.length > 0 ? [] : [`${kept.length} files kept aside`]),
        ...armed,
        ...halfWritten(home),
      ],
    })
  }
}

/** Released by `arm` alone; then it trades, and its books equal those of the exchange. */
async function armAndTrade(home: DrillHome, id: string): Promise<string[]> {
  const resume = await home.run('resume', id)
  const trouble = resume.code === 4 ? [] : [`resume ended with ${resume.code}`]
  const { code, stderr } = await home.run('arm', id)
  if (code !== 0) return [...trouble, `arm: ${stderr.trim()}`]
  const first = (await home.row(id)).fills ?? 0
  await until(
    `${id} trades again`,
    async () => ((await home.row(id)).fills ?? 0) > first,
    90_000,
  ).catch(() => trouble.push('no fill after arm'))
  return trouble
}

/** Every fill of the exchange stands in the journal. */
async function nothingLost(home: DrillHome, id: string): Promise<string[]> {
  const exchange = join(home.dir, 'database', 'exchange.db')
  const isFill = ({ kind }: { readonly kind: string }) => kind === 'fill'
  const count = () => [
    exchangeEvents(exchange, `okx/${id}`).filter(isFill).length,
    journalEvents(journalOf(home, id)).filter(({ event }) => isFill(event)).length,
  ]
  const isEqual = () => new Set(count()).size === 1
  return await until('equal books', isEqual, 20_000).then(
    () => [],
    () => [`fills at the exchange and in the journal: ${count().join(' and ')}`],
  )
}

/** Takes the write-ahead log into the file, as the end of a desk does. */
function fold(path: string): void {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
}

async function standingAlone(home: DrillHome): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await home.run('list', '--json')
  const { items } = JSON.parse(stdout) as { items: readonly { id: string; fills: number | null }[] }
  return new Map(items.map(({ id, fills }) => [id, fills ?? 0]))
}

function deskLog(home: DrillHome): string[] {
  const folder = join(home.dir, 'logs', 'desk-paper')
  return readdirSync(folder).flatMap((day) => {
    const text = readFileSync(join(folder, day, 'desk-paper.log'), 'utf8')
    return text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => (JSON.parse(line) as { msg: string }).msg)
  })
}
