/** Faulty configuration while everything runs: each fault is told in one sentence, and nothing else happens. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../integration/fleet-home.ts'
import { type BadInputReport, halfWritten, othersTrade, sentencesOf } from './bad-report.ts'
import type { FleetFile } from './fleet-files.ts'
import { type DrillHome, standing } from './fleet-home.ts'

interface BadFile {
  readonly fault: string
  readonly name: string
  readonly text: string
  readonly expected: RegExp
}

type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** A good file on an account of its own, with some keys of sections put in place of others. */
function instanceText(id: string, change: Sections): string {
  const sections: Sections = {
    metadata: { instance_id: id, exchange: 'okx', symbol: 'SOL/USDC:USDC', strategy: 'perp_grid' },
    exchange_config: { mode: 'paper', account: id, leverage: 2 },
    risk_config: {},
    strategy_config: { auto_price: true, price_range: 4, grid_num: 21, order_notional: 50 },
  }
  const merged = Object.entries(sections).map(([name, keys]) => [
    name,
    { ...keys, ...change[name] },
  ])
  return JSON.stringify(Object.fromEntries(merged), null, 2)
}

function badFiles(): BadFile[] {
  const bad = (fault: string, id: string, change: Sections, expected: RegExp): BadFile => ({
    fault,
    name: `${id}.json`,
    text: instanceText(id, change),
    expected,
  })
  const raw = (fault: string, id: string, value: string, expected: RegExp): BadFile => ({
    fault,
    name: `${id}.json`,
    text: instanceText(id, { strategy_config: { grid_num: 'RAW' } }).replace('"RAW"', value),
    expected,
  })
  const found = (word: string) =>
    new RegExp(
      `^config/active/bad_\\w+\\.json:\\d+: strategy_config.grid_num must be .+found ${word}`,
    )
  return [
    bad(
      'unknown key',
      'bad_unknown',
      { strategy_config: { colour: 'red' } },
      /^config\/active\/bad_unknown\.json:\d+: strategy_config\.colour is not a known key; known here: \w+/,
    ),
    bad(
      'misspelt key',
      'bad_misspelt',
      { risk_config: { max_dayly_loss: 0.05 } },
      /^config\/active\/bad_misspelt\.json:\d+: risk_config\.max_dayly_loss is not a known key; did you mean max_daily_loss\?$/,
    ),
    bad(
      'percent for a ratio',
      'bad_percent',
      { risk_config: { max_daily_loss: 5 } },
      /^config\/active\/bad_percent\.json:\d+: risk_config\.max_daily_loss must be a share .+found 5; for 5 percent write 0\.05$/,
    ),
    raw('NaN', 'bad_nan', 'NaN', found('NaN')),
    raw('Infinity', 'bad_infinity', 'Infinity', found('Infinity')),
    raw('1e999', 'bad_huge', '1e999', found('.+')),
    raw('text for a number', 'bad_text', '"many"', found('"many"')),
    bad(
      'missing variable',
      'bad_variable',
      { metadata: { name: '${DRILL_MISSING}' } },
      /^config\/active\/bad_variable\.json:\d+: metadata\.name names the variable DRILL_MISSING, which is not set; set it in the environment or in \.env, or write/,
    ),
    {
      fault: 'half a file',
      name: 'bad_half.json',
      text: instanceText('bad_half', {}).slice(0, 200),
      expected: /^config\/active\/bad_half\.json:\d+: this is no valid JSON: /,
    },
    ...['a', 'b'].map((letter) => ({
      fault: `one id in two files (${letter})`,
      name: `bad_twice_${letter}.json`,
      text: instanceText('bad_twice', {}),
      expected: new RegExp(
        `^config/active/bad_twice_${letter}\\.json:\\d+: the id bad_twice is also that of config/active/bad_twice_${letter === 'a' ? 'b' : 'a'}\\.json:\\d+; give each instance its own$`,
      ),
    })),
  ]
}

const faultsOf = async (home: DrillHome): Promise<readonly string[]> => {
  const { stdout } = await home.run('list', '--json')
  return (JSON.parse(stdout) as { readonly faults: readonly string[] }).faults
}

/** New files with one fault each, all at once: the fleet, `list` and `config validate` tell the same. */
export async function badNewFiles(home: DrillHome, rows: BadInputReport): Promise<void> {
  const before = await standing(home)
  const files = badFiles()
  const active = join(home.dir, 'config', 'active')
  for (const { name, text } of files) writeFileSync(join(active, name), text)
  const about = (name: string, faults: readonly string[]) =>
    faults.filter((text) => text.startsWith(`config/active/${name}`))
  await until('every fault is told', async () => {
    const faults = await faultsOf(home)
    return files.every(({ name }) => about(name, faults).length > 0)
  })
  const told = await faultsOf(home)
  const validated = sentencesOf((await home.run('config', 'validate')).stderr)
  const { text, trouble } = await othersTrade(home, before)
  const started = [...(await standing(home)).keys()].filter((id) => id.startsWith('bad_'))
  for (const { fault, name, expected } of files) {
    const said = about(name, told)
    const same = said.join() === about(name, validated).join()
    rows.found({
      fault,
      said,
      expected: [expected],
      others: text,
      trouble: [
        ...trouble,
        ...(same ? [] : ['config validate says something else']),
        ...started.map((id) => `${id} was registered`),
        ...halfWritten(home),
      ],
    })
  }
  for (const { name } of files) rmSync(join(active, name))
  await until('no fault is left', async () => (await faultsOf(home)).length === 0)
}

interface Edit {
  readonly fault: string
  readonly file: string
  readonly expected: readonly RegExp[]
  make(path: string): void
}

/** Faulty edits of what runs: it goes on as it was, one sentence tells why, and a mended file is taken again. */
export async function badEdits(
  home: DrillHome,
  [victim, other]: readonly [FleetFile, FleetFile],
  rows: BadInputReport,
): Promise<void> {
  const own = `config/active/${victim.id}.json`
  const edits: Edit[] = [
    {
      fault: 'a running file gets a percent for a ratio',
      file: own,
      expected: [
        /max_daily_loss must be a share above 0 and at most 1, found 5; for 5 percent write 0\.05$/,
      ],
      make: (path) => {
        const text = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
        writeFileSync(
          path,
          JSON.stringify({ ...text, risk_config: { max_daily_loss: 5 } }, null, 2),
        )
      },
    },
    {
      fault: 'a running file is cut',
      file: own,
      expected: [/\.json:\d+: this is no valid JSON: /],
      make: (path) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, 90)),
    },
    {
      fault: 'a second file takes the id of a running one',
      file: 'config/active/second.json',
      expected: [
        new RegExp(
          `second\\.json:\\d+: the id ${other.id} is also that of config/active/${other.id}\\.json`,
        ),
        new RegExp(
          `${other.id}\\.json:\\d+: the id ${other.id} is also that of config/active/second\\.json`,
        ),
      ],
      make: (path) => writeFileSync(path, instanceText(other.id, {})),
    },
    {
      fault: 'config/local.yml gets a percent for a ratio',
      file: 'config/local.yml',
      expected: [
        /^config\/local\.yml:2: trading\.max_daily_loss must be .+found 5; for 5 percent write 0\.05$/,
      ],
      make: (path) => writeFileSync(path, 'trading:\n  max_daily_loss: 5\n'),
    },
    {
      fault: 'secrets that others can read (.env, mode 644)',
      file: '.env',
      expected: [
        /^\.env: the file holds secrets but can be read by others \(mode 644\); run chmod 600 \.env$/,
      ],
      make: (path) => {
        writeFileSync(path, 'DRILL_API_SECRET=canary-drill-secret\n')
        chmodSync(path, 0o644)
      },
    },
  ]
  for (const edit of edits) await badEdit(home, edit, rows)
}

async function badEdit(home: DrillHome, edit: Edit, rows: BadInputReport): Promise<void> {
  const path = join(home.dir, edit.file)
  const before = await standing(home)
  const original = readOrNull(path)
  edit.make(path)
  await until(`told: ${edit.fault}`, async () => (await faultsOf(home)).length > 0)
  const said = await faultsOf(home)
  const { text, trouble } = await othersTrade(home, before)
  if (original === null) rmSync(path)
  else writeFileSync(path, original)
  await until(`mended: ${edit.fault}`, async () => (await faultsOf(home)).length === 0)
  rows.found({
    fault: edit.fault,
    said,
    expected: edit.expected,
    others: `${text}, the instance itself goes on as well`,
    trouble: [...trouble, ...halfWritten(home)],
  })
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
