// A strategy in a file that does not do what it should is ended with one sentence; nothing wrong passes the border.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { PlugInError, type PlugInStrategy } from '../../src/adapters/plug-ins/host.ts'
import type { StrategyContext, StrategyEvent } from '../../src/domain/strategy.ts'
import { WantsRecorder } from '../../src/engine/wants-recorder.ts'
import { PlugInFolder, strategyText } from './plug-in-files.ts'

const folder = new PlugInFolder()
after(() => folder.close())

const ID = 'test:SOL/USDC:USDC'
const context = { at: 0, instruments: [{ id: ID }] } as unknown as StrategyContext
const candle = (n: number) => ({ kind: 'candle', at: n * 60_000 }) as unknown as StrategyEvent

/** The error of an event, or what it reported. */
function failureOf(strategy: PlugInStrategy): PlugInError {
  const state = strategy.start({}, context)
  const out = new WantsRecorder([])
  try {
    strategy.on(state, candle(1), out)
  } catch (error) {
    assert.ok(error instanceof PlugInError, String(error))
    assert.deepEqual(out.take().changes, [])
    return error
  }
  return assert.fail(`it was let through: ${JSON.stringify(out.take())}`)
}

const order = (fields: string) =>
  `out.rest({ slot: 'a', instrument: '${ID}', side: 'buy', price: 1, quantity: 1, isPostOnly: true, isReduceOnly: false, trigger: null, ...{ ${fields} } } as any)`
const target = (fields: string) =>
  `out.target({ instrument: '${ID}', quantity: 1, worstPrice: null, style: 'take', deadlineAt: null, isReduceOnly: false, ...{ ${fields} } } as any)`

const failures: readonly (readonly [string, string, PlugInError['code'], RegExp])[] = [
  [
    'loops for ever',
    'for (;;) {}',
    'timeout',
    /it took longer than 250 ms and was ended, in on\(\) for the candle of 1970-01-01T00:01:00\.000Z\.$/,
  ],
  [
    'throws',
    'throw new Error("boom\\nforged line")',
    'threw',
    /^trial\.ts failed: Error: boom forged line \(line \d+\), in on\(\)/,
  ],
  ['throws no error', 'throw null', 'threw', /threw null/],
  ['throws what cannot be read', 'throw { get message() { throw 1 } }', 'threw', /cannot be read/],
  ['returns a promise', 'return Promise.resolve() as any', 'threw', /a strategy is synchronous/],
  [
    'never ends its recursion',
    'const dive = (): number => dive() + 1; dive()',
    'threw',
    /RangeError/,
  ],
  ['keeps no number in its state', 'state.n = NaN', 'threw', /"n" of the state is NaN/],
  ['keeps a Map in its state', 'state.map = new Map()', 'threw', /"map" is no plain object/],
  ['keeps a function in its state', 'state.f = () => 1', 'threw', /"f" is a function/],
  [
    'wants NaN as price',
    order('price: NaN'),
    'invalid',
    /order "a": price must be a whole number from 1 to \d+, found "NaN"/,
  ],
  [
    'wants an infinite quantity',
    order('quantity: 1 / 0'),
    'invalid',
    /quantity must be a whole number .* found "Infinity"/,
  ],
  [
    'wants part of a lot',
    order('quantity: 0.5'),
    'invalid',
    /quantity must be a whole number .* found 0\.5/,
  ],
  ['wants a price below 1', order('price: 0'), 'invalid', /price must be a whole number from 1/],
  [
    'wants an unknown side',
    order('side: "hold"'),
    'invalid',
    /side must be buy or sell, found "hold"/,
  ],
  [
    'wants another instrument',
    order('instrument: "test:BTC/USDC:USDC"'),
    'invalid',
    /instrument must be an instrument of the instance \(test:SOL\/USDC:USDC\), found "test:BTC/,
  ],
  [
    'wants a text as price',
    order('price: "7"'),
    'invalid',
    /price must be a whole number .* found "7"/,
  ],
  ['wants no slot', order('slot: ""'), 'invalid', /slot must be a text/],
  [
    'wants a target of NaN',
    target('quantity: NaN'),
    'invalid',
    /target: quantity must be a whole number/,
  ],
  [
    'wants a target beyond all lots',
    target('quantity: 1e15'),
    'invalid',
    /target: quantity must be a whole number from -100000000000/,
  ],
  [
    'wakes at no time',
    `out.wake({ instrument: '${ID}', below: null, above: null, at: 0.5, by: 'last' } as any)`,
    'invalid',
    /wake: at must be/,
  ],
  [
    'finishes without a reason',
    `out.finish({ reason: '', orders: 'cancel', positions: 'keep' })`,
    'invalid',
    /finish: reason/,
  ],
  [
    'floods the log',
    'for (let i = 0; i < 500; i += 1) out.note("info", "x")',
    'invalid',
    /the notes must be a list of at most 100/,
  ],
]

for (const [what, on, code, sentence] of failures) {
  test(`a strategy that ${what} is ended with a sentence`, () => {
    // The state is asked for with each answer, as bots do.
    const strategy = folder.openFast({ on }, { keepsState: true })
    const error = failureOf(strategy)
    assert.equal(error.code, code, error.message)
    assert.match(error.message, sentence)
    assert.equal(error.message.includes('\n'), false)
    strategy.close()
  })
}

const impure: readonly (readonly [string, string, RegExp])[] = [
  ['NaN', 'state.n = NaN', /"n" of the state is NaN: a state holds finite numbers/],
  ['Infinity deep in it', 'state.a = { b: [1, 1 / 0] }', /"a\.b\.1" of the state is Infinity/],
  ['a Map', 'state.rows = [{ map: new Map() }]', /"rows\.0\.map" is no plain object or list/],
  ['a Date', 'state.day = new Date(0)', /"day" is no plain object or list/],
  ['undefined in a list', 'state.list = [undefined]', /"list\.0" of the state is undefined/],
  ['what writes itself', 'state.own = { toJSON: () => 1 }', /"own" has toJSON/],
  ['a BigInt', 'state.big = 1n', /"big" is a bigint/],
  ['itself', 'state.self = state', /circular/],
]

for (const [what, on, sentence] of impure) {
  test(`a state that holds ${what} ends the run at its report, though nobody keeps it`, () => {
    const strategy = folder.openFast({ on })
    const state = strategy.start({}, context)
    strategy.on(state, candle(1), new WantsRecorder([]))
    const before = /^trial\.ts failed: TypeError: .*, in its state before report\(\)\.$/
    assert.throws(
      () => strategy.report(state, []),
      ({ message }: Error) => before.test(message) && sentence.test(message),
    )
  })
}

/** Neither running nor waiting to be collected. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

test('a strategy that eats memory is ended with a sentence', () => {
  const strategy = folder.openFast({
    before: 'const all: number[][] = []',
    on: 'all.push(new Array(5e5).fill(1.5))',
  })
  const state = strategy.start({}, context)
  const eat = () => {
    for (let n = 1; n <= 100; n += 1) strategy.on(state, candle(n), new WantsRecorder([]))
  }
  // A machine under load may take it for one that hangs.
  assert.throws(eat, /more than 64 MB of memory|longer than 250 ms/)
})

test('what it says for people holds nothing that a terminal obeys', () => {
  const strategy = folder.openFast({
    on: `out.note('warn', 'a\\u001b[2Jb\\nforged')`,
    report: `return { 'total': 'x\\u001b[31my\\n', more: ['\\u0007'] }`,
  })
  const state = strategy.start({}, context)
  const out = new WantsRecorder([])
  strategy.on(state, candle(1), out)
  assert.deepEqual(out.take().notes, [{ level: 'warn', text: 'a [2Jb forged' }])
  assert.deepEqual(strategy.report(state, []), { total: 'x [31my ', more: [' '] })
})

test('a machine that gives it no processor for a while is not its fault', () => {
  const strategy = folder.openFast({ on: 'state.n += 1' })
  const state = strategy.start({}, context)
  const { pid } = strategy
  // Stopped for longer than it has, and let go by another process: this one waits for the answer.
  process.kill(pid, 'SIGSTOP')
  spawn('/bin/sh', ['-c', `sleep 0.6; kill -CONT ${pid}`], { stdio: 'ignore' })
  strategy.on(state, candle(1), new WantsRecorder([]))
  assert.deepEqual(strategy.report(state, []), { n: 1 })
})

test('a failed child is gone; the next run starts a fresh one, which knows nothing of the old', async () => {
  const strategy = folder.openFast({ on: 'state.n += 1; if (state.n === 2) for (;;) {}' })
  const state = strategy.start({}, context)
  strategy.on(state, candle(1), new WantsRecorder([]))
  const { pid } = strategy
  assert.throws(() => strategy.on(state, candle(2), new WantsRecorder([])), PlugInError)
  assert.ok(await isGone(pid))
  assert.throws(() => strategy.on(state, candle(3), new WantsRecorder([])), PlugInError)
  assert.deepEqual(strategy.check({}, context), [])
  const again = strategy.start({}, context)
  strategy.on(again, candle(1), new WantsRecorder([]))
  assert.deepEqual(strategy.report(again, []), { n: 1 })
  assert.throws(() => strategy.on(state, candle(3), new WantsRecorder([])), /is gone/)
})

test('for a bot: the failure is told once, the last state and the last wants stay', () => {
  const told: string[] = []
  const on = `state.n += 1; ${order('')}; if (state.n === 2) throw new Error('enough')`
  const options = { keepsState: true, onFailure: ({ message }: PlugInError) => told.push(message) }
  const strategy = folder.openFast({ on }, options)
  const state = strategy.start({}, context)
  for (const n of [1, 2, 3]) strategy.on(state, candle(n), new WantsRecorder([]))
  assert.equal(told.length, 1)
  assert.match(told[0] ?? '', /enough/)
  assert.deepEqual(JSON.parse(JSON.stringify(state)), { n: 1 })
  assert.deepEqual(
    strategy.wanted(state).resting.map(({ slot, price }) => ({ slot, price })),
    [{ slot: 'a', price: 1 }],
  )
  assert.deepEqual(strategy.report(state, []), { failure: told[0] })
})

test('a stored state goes on in another process', () => {
  const bodies = { on: 'state.n += 1' }
  const first = folder.openFast(bodies, { keepsState: true })
  const state = first.start({}, context)
  for (const n of [1, 2]) first.on(state, candle(n), new WantsRecorder([]))
  const stored = JSON.parse(JSON.stringify({ state }))
  const second = folder.openFast(bodies, { keepsState: true })
  second.wanted(stored.state)
  second.on(stored.state, candle(3), new WantsRecorder([]))
  assert.equal(JSON.stringify(stored), '{"state":{"n":3}}')
})

test('faults of types are told with file and line, all of them', () => {
  const text = strategyText({ on: `const n: number = 'seven'; out.drop(7); n` })
  const { checked, faults } = folder.inspect('typed.ts', text)
  assert.equal(checked, null)
  assert.equal(faults.length, 2)
  assert.match(
    faults[0] ?? '',
    /^typed\.ts:\d+: Type 'string' is not assignable to type 'number'\.$/,
  )
  assert.match(faults[1] ?? '', /^typed\.ts:\d+: Argument of type 'number' is not assignable/)
})

test('where typescript is not installed a file runs unchecked by types, and that is told', () => {
  const source = join(import.meta.dirname, '..', '..', 'src', 'adapters', 'plug-ins')
  cpSync(source, join(folder.dir, 'alone', 'plug-ins'), { recursive: true })
  const inspector = join(folder.dir, 'alone', 'plug-ins', 'inspector.ts')
  const input = strategyText({ on: 'const n: number = "seven"; n' })
  const flags = ['--no-warnings', inspector, 'x.ts']
  const run = spawnSync(process.execPath, flags, { input, encoding: 'utf8', cwd: folder.dir })
  const { faults, isTyped, javascript } = JSON.parse(run.stdout)
  assert.deepEqual([faults, isTyped], [[], false])
  assert.match(javascript, /const n +=/)
})

test('a file that loops at its load is ended and told', () => {
  const text = strategyText({
    before: 'const until: () => boolean = () => false; while (!until()) {}',
  })
  const { checked, faults } = folder.inspect('loop.ts', text)
  assert.equal(checked, null)
  assert.deepEqual(faults, ['loop.ts: it cannot be evaluated: it did not come to an end.'])
})
