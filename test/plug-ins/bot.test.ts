// Paper bots whose strategies lie in files, with the real programs: dist/ must be current (npm test builds it).
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { FleetHome, until } from '../integration/fleet-home.ts'
import { strategyText } from './plug-in-files.ts'

const CANARY = 'canary-9c22-the-key-of-the-account'
const ID = 'backpack:SOL/USDC:USDC'

/**
 * Rests one order far below the market, buys something, and does what it is told when that is filled. It says so at every
 * event: who attaches anew asks for the whole of its wants, and it remembers only the price of the order.
 */
const resting = (then: string) => `
  if (event.kind === 'fill') { ${then} }
  if (event.kind !== 'candle' && event.kind !== 'price') return
  if (state.n === 0) state.n = Math.round(event.price.last * 0.95)
  const instrument = '${ID}' as never
  out.rest({ instrument, slot: 'low', side: 'buy', quantity: quantity(100), price: price(state.n), isPostOnly: true, isReduceOnly: false, trigger: null })
  out.target({ instrument, quantity: quantity(10), worstPrice: null, style: 'take', deadlineAt: null, isReduceOnly: false })`

/** What a strategy does that wants the keys of the account. */
const thief = `
  state.n += 1
  const g: any = globalThis
  const found: string[] = []
  for (const run of [
    () => g.process.env.SECRET_KEY, () => g.require('node:fs').readFileSync('secret.key', 'utf8'),
    () => g.process.getBuiltinModule('fs').readFileSync('secret.key', 'utf8'),
    () => (defineStrategy as any).constructor('return process.env.SECRET_KEY')(),
  ]) try { found.push(String(run())) } catch (error) { found.push('nothing') }
  if (state.n % 5 === 0) out.note('info', 'event ' + state.n + ' found ' + found.join())`

describe('paper bots with strategies in files', () => {
  const home = new FleetHome(() => ({ SECRET_KEY: CANARY }))
  after(() => home.close())

  const write = (path: string, text: string) => {
    mkdirSync(join(home.dir, path, '..'), { recursive: true })
    writeFileSync(join(home.dir, path), text)
  }
  const instance = (id: string, symbol: string, strategy: string) => {
    const metadata = { instance_id: id, exchange: 'backpack', symbol, strategy }
    write(`config/active/${id}.json`, JSON.stringify({ metadata }))
  }
  const byId = async (id: string) => (await home.list()).find((one) => one.id === id)
  const logs = (id: string): string =>
    readdirSync(join(home.dir, 'logs', id), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.log$/.test(name))
      .map((name) => readFileSync(join(home.dir, 'logs', id, name), 'utf8'))
      .join('')
  const ordersOf = async (id: string): Promise<readonly { slot: string; state: string }[]> => {
    const { items } = JSON.parse((await home.run('orders', '--json')).stdout)
    return items.filter((one: { readonly instance: string }) => one.instance === id)
  }

  it('the one that loops for ever is ended, its instance halted and its order withdrawn', async () => {
    write('secret.key', CANARY)
    write('strategies/loop.ts', strategyText({ id: 'loop', on: resting('for (;;) {}') }))
    write('strategies/thief.ts', strategyText({ id: 'thief', on: thief }))
    instance('loop_01', 'SOL_USDC_PERP', 'strategies/loop.ts')
    instance('thief_01', 'ETH_USDC_PERP', 'strategies/thief.ts')
    const up = await home.run('up', '--detach', '--port', '0', '--speed', '60')
    assert.equal(up.code, 0, up.stderr + up.stdout)
    await until('it is halted', async () => (await byId('loop_01'))?.state === 'halted')
    const { reason, restarts } = (await byId('loop_01')) ?? {}
    assert.match(
      String(reason),
      /its strategy failed: loop\.ts failed: it took longer than 250 ms and was ended, in on\(\) for the fill/,
    )
    assert.equal(restarts, 0)
    assert.match(logs('loop_01'), /"alert":"StrategyFailed"/)
    const low = async () => (await ordersOf('loop_01')).find(({ slot }) => slot === 'low')
    await until('its order is withdrawn', async () => (await low())?.state === 'canceled')
    assert.equal((await byId('thief_01'))?.state, 'running')
  })

  it('the one that wants the keys finds nothing, and its canary stands in no output', async () => {
    await until('it has tried', () => /event 5 found /.test(logs('thief_01')))
    const found = logs('thief_01').match(/event \d+ found [^"]*/g) ?? []
    for (const text of found) assert.match(text, /found nothing,nothing,nothing,nothing$/)
    const own = readdirSync(home.dir, { recursive: true, encoding: 'utf8' })
      .filter((name) => /^(logs|run|database|reports)\b.*\.\w+$/.test(name))
      .filter((name) => readSafely(join(home.dir, name)).includes(CANARY))
    assert.deepEqual(own, [])
  })

  it('nothing is stored after the failure: the next process hears what this one could not be told', async () => {
    const storedAt = () => {
      const database = new DatabaseSync(join(home.dir, 'database', 'loop_01.db'), {
        readOnly: true,
      })
      const row = database.prepare('SELECT record FROM instance').get() as { record: string }
      database.close()
      const { instance: stored } = JSON.parse(row.record)
      return { at: stored.lastAt, n: stored.state.n }
    }
    const before = storedAt()
    assert.ok(before.n > 0)
    // Longer than a bot waits before it stores; market time goes on meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 6000))
    assert.deepEqual(storedAt(), before)
  })

  it('a faulty edit of the file is told and the old one goes on; a good one replaces the process', async () => {
    const before = await byId('thief_01')
    write('strategies/thief.ts', strategyText({ id: 'thief', on: 'out.drop(7)' }))
    const control = () => logs('control')
    await until('it is told', () => /thief\.ts:11: Argument of type 'number'/.test(control()))
    assert.equal((await byId('thief_01'))?.pid, before?.pid)
    write('strategies/thief.ts', strategyText({ id: 'thief', on: thief, before: '// as before' }))
    await until('it runs anew', async () => {
      const now = await byId('thief_01')
      return now?.state === 'running' && now.pid !== before?.pid
    })
    assert.equal(logs('thief_01').match(/event 5 found /g)?.length, 1)
  })

  it('a bot that was killed starts a fresh child with the stored state', async () => {
    const before = await byId('thief_01')
    await until('its state is stored', () => /event 15 found /.test(logs('thief_01')))
    process.kill(Number(before?.pid), 'SIGKILL')
    await until('it runs again', async () => {
      const now = await byId('thief_01')
      return now?.state === 'running' && now.pid !== before?.pid
    })
    const count = () => logs('thief_01').match(/event \d+ found /g)?.length ?? 0
    const seen = count()
    await until('it goes on', () => count() > seen + 2)
    assert.equal(logs('thief_01').match(/event 5 found /g)?.length, 1)
  })

  it('an operator resumes it: it starts anew from its stored state, and is halted again', async () => {
    const { code, stderr } = await home.run('resume', 'loop_01')
    assert.equal(code, 0, stderr)
    await until('it is halted again', async () => {
      const now = await byId('loop_01')
      return now?.state === 'halted' && now.restarts === 1
    })
  })
})

/** Sockets and files that go away while they are read hold nothing. */
function readSafely(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
