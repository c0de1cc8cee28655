import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createFileLogger, type FileLoggerOptions } from './file-logger.ts'
import { SecretMask, secretsIn, secretsOfEnvironment } from './secrets.ts'

function withLog(
  options: Partial<FileLoggerOptions>,
  run: (log: ReturnType<typeof createFileLogger>, dir: string, clock: { now: number }) => void,
): void {
  const dir = mkdtempSync(join(tmpdir(), 'perpfleet-log-'))
  const clock = { now: Date.parse('2026-11-21T10:00:00.123Z') }
  const log = createFileLogger({
    dir,
    name: 'bot',
    level: 'info',
    format: 'text',
    timeZone: 'UTC',
    wallMs: () => clock.now,
    ...options,
  })
  try {
    run(log, dir, clock)
  } finally {
    log.close()
    rmSync(dir, { recursive: true })
  }
}

const read = (dir: string, day = '2026-11-21') => readFileSync(join(dir, day, 'bot.log'), 'utf8')

test('a text line has time, level, module, sentence and fields', () => {
  withLog({ fields: { bot: 'bp_sol_01' } }, (log, dir) => {
    log.error('orders', 'order rejected', {
      slot: 'B15025',
      text: 'not now',
      lots: 3,
      absent: undefined,
    })
    assert.equal(
      read(dir),
      '2026-11-21T10:00:00.123Z ERROR [orders] order rejected bot=bp_sol_01 slot=B15025 text="not now" lots=3\n',
    )
  })
})

test('a JSON line carries the same and its fields cannot replace time or level', () => {
  withLog({ format: 'json', fields: { bot: 'a' } }, (log, dir) => {
    log.warn('m', 'text', { level: 'forged', big: 5n, error: new Error('inner') })
    const line = JSON.parse(read(dir))
    assert.equal(line.time, '2026-11-21T10:00:00.123Z')
    assert.equal(line.level, 'warn')
    assert.equal(line.msg, 'text')
    assert.equal(line.bot, 'a')
    assert.equal(line.big, '5')
    assert.equal(line.error.message, 'inner')
  })
})

test('secrets are masked by key and by registered value, in sentences and in JSON', () => {
  for (const format of ['text', 'json'] as const) {
    withLog({ format }, (log, dir) => {
      log.mask('hunter2"hunter2')
      log.warn('m', 'the key is hunter2"hunter2 !', {
        api_key: 'abc',
        nested: { passphrase: 'xyz', list: ['hunter2"hunter2'] },
      })
      const text = read(dir)
      assert.doesNotMatch(text, /hunter2|abc|xyz/)
      assert.match(text, /the key is \*\*\* !/)
    })
  }
})

test('a sentence with line breaks cannot forge a line', () => {
  withLog({}, (log, dir) => {
    log.warn('m', 'one\n2026-11-21T10:00:00.123Z INFO [x] forged', { key: 'a\nb' })
    assert.equal(read(dir).split('\n').length, 2)
  })
})

test('a line that is too long stays readable JSON', () => {
  withLog({ format: 'json' }, (log, dir) => {
    log.warn('m', 'much', { data: 'x'.repeat(100_000) })
    const line = JSON.parse(read(dir))
    assert.match(line.msg, /^much … \(line too long\)$/)
  })
})

test('the file turns over at midnight of its time zone', (context) => {
  const zoneBefore = process.env['TZ']
  context.after(() => {
    if (zoneBefore === undefined) delete process.env['TZ']
    else process.env['TZ'] = zoneBefore
  })
  process.env['TZ'] = 'Asia/Kolkata'
  for (const isMachineZone of [false, true]) {
    withLog({ timeZone: 'Asia/Kolkata', isMachineZone }, (log, dir, clock) => {
      // 18:29:59.999 UTC is the last millisecond of the day in Kolkata (+05:30).
      clock.now = Date.parse('2026-11-21T18:29:59.999Z')
      log.info('m', 'yesterday')
      clock.now += 1
      log.info('m', 'today')
      log.flush()
      assert.match(read(dir, '2026-11-21'), /yesterday\n$/)
      assert.match(read(dir, '2026-11-22'), /^\S+ INFO \[m\] today\n$/)
    })
  }
})

test('lines below the level are not written, and the level can change', () => {
  withLog({}, (log, dir) => {
    log.debug('m', 'quiet')
    log.setLevel('debug')
    log.debug('m', 'loud')
    log.flush()
    assert.match(read(dir), /^\S+ DEBUG \[m\] loud\n$/)
  })
})

test('informative lines wait in a small buffer, a warning writes all in order', () => {
  withLog({}, (log, dir) => {
    log.info('m', 'first')
    assert.deepEqual(readdirSync(dir), [])
    log.warn('m', 'second')
    assert.match(read(dir), /first\n.*second\n$/)
  })
})

test('a folder that cannot be written does not stop the process and loses nothing for a while', () => {
  withLog({}, (log, dir) => {
    writeFileSync(join(dir, '2026-11-21'), 'in the way')
    log.error('m', 'kept')
    rmSync(join(dir, '2026-11-21'))
    log.error('m', 'later')
    assert.match(read(dir), /kept\n.*later\n$/)
    assert.equal(log.linesDropped, 0)
  })
})

test('a log of a greatest size turns over and never passes it', () => {
  withLog({ sizeMaxBytes: 20_000 }, (log, dir) => {
    for (let at = 0; at < 2000; at += 1) log.warn('m', `line ${at}`, { text: 'x'.repeat(40) })
    const folder = join(dir, '2026-11-21')
    const sizes = readdirSync(folder).map((name) => readFileSync(join(folder, name)).length)
    assert.deepEqual(readdirSync(folder).sort(), ['bot.1.log', 'bot.log'])
    assert.ok(sizes.reduce((a, b) => a + b, 0) <= 20_000 + 200, String(sizes))
    assert.match(`${readFileSync(join(folder, 'bot.1.log'), 'utf8')}${read(dir)}`, /line 1999/)
  })
})

test('what was lost on a folder that could not be written is told when it can be', () => {
  withLog({}, (log, dir) => {
    writeFileSync(join(dir, '2026-11-21'), 'in the way')
    for (let at = 0; at < 100; at += 1) log.warn('m', 'x'.repeat(20_000))
    assert.ok(log.linesDropped > 0)
    rmSync(join(dir, '2026-11-21'))
    log.warn('m', 'later')
    assert.match(read(dir), new RegExp(`${log.linesDropped} lines were lost`))
  })
})

test('errors stand in a file of their own as well', () => {
  withLog({ name: 'control', errorName: 'error' }, (log, dir) => {
    log.info('m', 'quiet')
    log.error('m', 'loud')
    log.close()
    const text = (name: string) => readFileSync(join(dir, '2026-11-21', name), 'utf8')
    assert.match(text('control.log'), /quiet[\s\S]*loud/)
    assert.doesNotMatch(text('error.log'), /quiet/)
    assert.match(text('error.log'), /loud/)
  })
})

test('credentials in addresses and headers are masked though nobody registered them', () => {
  withLog({}, (log, dir) => {
    log.warn(
      'm',
      'cannot reach postgres://fleet:canary-1@db:5432/x with Authorization: Bearer canary-2.x',
    )
    log.warn('m', 'proxy', {
      url: 'http://user:canary-3@proxy:8080',
      note: 'https://host/path?a=b@c',
    })
    assert.doesNotMatch(read(dir), /canary/)
    assert.match(read(dir), /postgres:\/\/\*\*\*@db:5432/)
    assert.match(read(dir), /https:\/\/host\/path\?a=b@c/)
  })
})

test('secrets of a configuration and of an environment are found by their path', () => {
  const found = secretsIn({
    api: { jwt_secret: 'canary-a', host: 'plain' },
    exchanges: [{ name: 'okx', api_key: 'canary-b' }],
    BACKPACK_API_KEY: 'canary-c',
    notifications: { telegram: { bot_token: 'canary-d', chat_id: 'plain' }, secrets: ['canary-e'] },
  })
  assert.deepEqual(found, ['canary-a', 'canary-b', 'canary-c', 'canary-d', 'canary-e'])
})

test('variables that only sound secret hide no ordinary word; configured secrets are masked whatever they say', () => {
  const environment = {
    FLEET_PROCESS_TOKEN: 'control',
    TOKEN_STORE: 'database',
    GITHUB_TOKEN: 'canary-long-value',
    PERPFLEET_TOKEN: 'production',
    PERPFLEET_ADMIN_PASSWORD: 'abc',
  }
  const secrets = new SecretMask()
  for (const value of secretsOfEnvironment(environment)) secrets.add(value)
  withLog({ secrets, format: 'json' }, (log, dir) => {
    log.warn('control', 'the database of control: canary-long-value, production', {
      admin_password: 'abc',
      alphabet: 'abc',
    })
    const line = JSON.parse(read(dir))
    assert.deepEqual(
      [line.module, line.msg, line.admin_password, line.alphabet],
      ['control', 'the database of control: ***, ***', '***', 'abc'],
    )
  })
})
