import assert from 'node:assert/strict'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { SqliteConfigStore } from '../adapters/stores/sqlite-config-store.ts'
import { CliError } from '../cli/context.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { ConfigFiles } from '../fleet/config-files.ts'
import { ConfigRecord } from '../fleet/config-record.ts'
import { ConfigWatch } from '../fleet/config-watch.ts'
import { Home } from '../fleet/home.ts'
import { addInstance } from './add-instance.ts'

const scratch = mkdtempSync(join(tmpdir(), 'add-instance-'))
after(() => rmSync(scratch, { recursive: true, force: true }))
const templates = join(import.meta.dirname, '..', '..', 'config', 'templates')
const demo = readFileSync(join(templates, 'demo_sol_01.json'), 'utf8')
const named = (id: string) => demo.replace('"demo_sol_01"', `"${id}"`)

let homes = 0
function makeHome(name = 'sol.json', text = named('sol')) {
  homes += 1
  const home = new Home(join(scratch, `home-${homes}`))
  mkdirSync(home.database, { recursive: true })
  const file = join(home.root, name)
  writeFileSync(file, text)
  const add = (isCopied: boolean, instanceId: string | null = null, path = file) =>
    addInstance({ home, fleetConfig: null, file: path, instanceId, isCopied })
  const active = (one: string) => join(home.active, one)
  return { home, file, add, active }
}

const refused = (exitCode: number, text: RegExp) => (error: unknown) =>
  error instanceof CliError && error.exitCode === exitCode && text.test(error.message)

const loadFleet = (home: Home) =>
  loadFleetConfiguration({ home: home.root, environment: {}, systemFile: join(home.root, 'none') })

describe('start --config FILE', () => {
  it('copies the file, under the id that was given', () => {
    const { add, active, file } = makeHome()
    assert.equal(add(true), 'sol')
    assert.equal(readFileSync(active('sol.json'), 'utf8'), readFileSync(file, 'utf8'))
    assert.equal(add(true, 'other'), 'other')
    assert.match(readFileSync(active('other.json'), 'utf8'), /"instance_id": "other"/)
  })

  it('starts what is there already with the same text, and refuses another text, whatever the file is called', () => {
    const { add, active, file } = makeHome()
    add(true)
    assert.equal(add(true), 'sol')
    assert.equal(add(true, null, active('sol.json')), 'sol')
    writeFileSync(file, named('sol').replace('160,', '165,'))
    const before = readFileSync(active('sol.json'), 'utf8')
    assert.throws(
      () => add(true),
      refused(4, /^sol exists already \(config\/active\/sol\.json\): .*start sol/),
    )
    assert.equal(readFileSync(active('sol.json'), 'utf8'), before)
    rmSync(active('sol.json'))
    writeFileSync(active('another.json'), before)
    assert.throws(
      () => add(true),
      refused(4, /^sol exists already \(config\/active\/another\.json\)/),
    )
    assert.equal(existsSync(active('sol.json')), false)
    assert.throws(
      () => add(true, 'new', active('another.json')),
      refused(4, /says that it is sol, and it is not copied/),
    )
  })

  it('refuses what is no instance file, and one with faults', () => {
    const { add, file, home } = makeHome('sol.txt')
    assert.throws(() => add(true), refused(2, /must end in \.json/))
    assert.throws(() => add(true, null, `${file}.none.json`), refused(3, /there is no file/))
    const faulty = join(home.root, 'faulty.json')
    writeFileSync(faulty, '{"metadata": {}}')
    assert.throws(() => add(true, null, faulty), refused(1, /faulty\.json/))
    assert.equal(existsSync(home.active), false)
  })
})

describe('start --config FILE --no-copy', () => {
  it('links to the file where it lies, once', () => {
    const { add, active, file } = makeHome()
    assert.equal(add(false), 'sol')
    assert.ok(lstatSync(active('sol.json')).isSymbolicLink())
    assert.equal(realpathSync(active('sol.json')), realpathSync(file))
    assert.equal(add(false), 'sol')
    const copy = `${file}.copy.json`
    writeFileSync(copy, named('sol'))
    assert.throws(() => add(false, null, copy), refused(4, /^sol exists already/))
    rmSync(file)
    assert.equal(add(false, null, copy), 'sol')
    assert.equal(realpathSync(active('sol.json')), realpathSync(copy))
  })

  it('takes another id than the name of the file only when the file says none', () => {
    const said = makeHome()
    assert.throws(() => said.add(false, 'other'), refused(4, /says that it is sol/))
    assert.equal(existsSync(said.active('other.json')), false)
    const silent = makeHome('plain.json', demo.replace(/"instance_id": "[^"]+",/, ''))
    assert.equal(silent.add(false, 'other'), 'other')
    assert.ok(lstatSync(silent.active('other.json')).isSymbolicLink())
  })

  it('edits of the file are seen, and what writes it leaves the link', () => {
    const { add, active, file, home } = makeHome()
    add(false)
    let now = 0
    const clock = { monotonicMs: () => now, wallMs: () => now } as never
    const parts = { home, clock, loadFleet: () => loadFleet(home) }
    const watch = new ConfigWatch(parts, loadFleet(home))
    assert.deepEqual(
      watch.read().instances.map(({ id }) => id),
      ['sol'],
    )
    const edited = named('sol').replace('"grid_upper_price": 160', '"grid_upper_price": 165')
    writeFileSync(file, edited)
    const seen = [1000, 2000, 3000].map((at) => {
      now = at
      return watch.poll()
    })
    assert.equal(
      seen.find((one) => one !== null)?.files.get(active('sol.json'))?.loaded.text,
      edited,
    )

    const store = new SqliteConfigStore(home.fleetDatabase)
    new ConfigRecord(store, home, () => now).write(
      'sol',
      active('sol.json'),
      named('sol'),
      'edited',
      'ann',
    )
    const files = new ConfigFiles({ ...parts, templates, store, author: 'ann', wallMs: () => now })
    for (const text of [edited, named('sol')]) {
      store.add({
        instance: 'sol',
        at: 1,
        author: 'x',
        origin: 'edited',
        file: 'config/active/sol.json',
        content: text,
      })
      files.rollback('sol', store.newest('sol')?.version ?? 0)
      assert.equal(readFileSync(file, 'utf8'), text)
      assert.ok(lstatSync(active('sol.json')).isSymbolicLink())
    }
    files.archive('sol')
    assert.ok(existsSync(file))
    files.close()
  })
})
