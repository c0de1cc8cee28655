/** What an operator is told when the desk of an instance does not do what was asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { Commands } from './commands.ts'
import type { Fleet } from './fleet.ts'
import type { InstanceUnit } from './instance-unit.ts'
import { LegsError } from './leg-rows.ts'

class Refusal extends Error {
  readonly code: string
  constructor(code: string) {
    super('account live-okx-main is not open')
    this.code = code
  }
}

function commands(
  answer: (question: unknown) => Promise<unknown>,
  onEnd: (unit: InstanceUnit) => void = () => {},
) {
  const ordered: string[] = []
  const begun: string[] = []
  const desired: string[] = []
  const unit = {
    id: 'one',
    desired: 'running',
    unsettled: null,
    record: { hold: null },
    process: { isAlive: true, phase: { kind: 'held', hold: 'refused', reason: '' } },
    setDesired(state: string) {
      desired.push(state)
      onEnd(unit as unknown as InstanceUnit)
      if (state === 'stopped') unit.process.isAlive = false
    },
    release() {},
  }
  const fleet = {
    units: new Map([['one', unit]]),
    parts: { tools: { clock: new VirtualClock() }, orderKill: (id: string) => ordered.push(id) },
    look() {},
    askDesk: answer,
    lookAtDesks: () => Promise.reject(new Error('another desk is silent')),
    deskRow: () => null,
    deskWatch: { row: () => null },
    pauses: { begin: (id: string) => begun.push(id) },
  }
  return { commands: new Commands(fleet as unknown as Fleet), unit, ordered, begun, desired }
}

for (const code of ['NOT_FOUND', 'SERVICE_UNAVAILABLE'])
  test(`a kill that the desk did not take (${code}) is remembered, and not told as done`, async () => {
    const { commands: fleet, ordered } = commands(() => Promise.reject(new Refusal(code)))
    const killed = await fleet.kill('one')
    assert.deepEqual([ordered, killed.ok, killed.code], [['one'], false, 'SERVICE_UNAVAILABLE'])
    assert.match(killed.text, /is not killed yet, account live-okx-main .* remembered .* --direct/)
  })

test('a close is not remembered: what is closed at some later start is not what was asked', async () => {
  const { commands: fleet, ordered } = commands(() => Promise.reject(new Refusal('NOT_FOUND')))
  await assert.rejects(fleet.close('one'), { code: 'PRECONDITION' })
  assert.deepEqual(ordered, [])
})

test('a stop whose orders the desk could not settle is not told as done', async () => {
  const stop = (why: string | null) =>
    commands(
      () => Promise.resolve({}),
      (unit) => {
        unit.unsettled = why
      },
    ).commands.stop('one', { orders: 'cancel', positions: 'close' })
  const lost = await stop('its venue has not answered yet')
  assert.deepEqual([lost.ok, lost.code], [false, 'SERVICE_UNAVAILABLE'])
  assert.match(lost.text, /may still rest at the venue: its venue has not answered yet;.*--direct/)
  assert.deepEqual([(await stop(null)).ok, (await stop(null)).text], [true, 'stopped'])
})

test('a stop that closes an instance whose bot was refused asks its desks, and is not told as done without them', async () => {
  const stop = async (refusal: Refusal | null) => {
    const asked: unknown[] = []
    const world = commands((question) => {
      asked.push(question)
      return refusal === null ? Promise.resolve({}) : Promise.reject(refusal)
    })
    world.unit.process.isAlive = false
    const told = await world.commands.stop('one', { orders: 'cancel', positions: 'close' })
    return { asked, told }
  }
  const done = await stop(null)
  const question = { action: 'stop', instance: 'one', orders: 'cancel', positions: 'close' }
  assert.deepEqual([done.asked, done.told.ok], [[question], true])
  const silent = await stop(new Refusal('SERVICE_UNAVAILABLE'))
  assert.deepEqual([silent.told.ok, silent.told.code], [false, 'SERVICE_UNAVAILABLE'])
  assert.match(silent.told.text, /account live-okx-main is not open.*close-all one --direct/)
  assert.equal((await stop(new Refusal('NOT_FOUND'))).told.ok, true)
})

test('of several legs those that have not taken a kill are remembered, and named', async () => {
  const text = 'one (hyperliquid BTC/USDC:USDC): no answer'
  const silent = new LegsError('SERVICE_UNAVAILABLE', ['one.2'], text)
  const { commands: fleet, ordered } = commands(() => Promise.reject(silent))
  const killed = await fleet.kill('one')
  assert.deepEqual([ordered, killed.ok], [['one.2'], false])
  assert.match(killed.text, /one \(hyperliquid BTC\/USDC:USDC\): no answer; the kill is remembered/)
  const unknown = new LegsError('NOT_FOUND', ['one', 'one.2'], 'not known')
  const nobody = commands(() => Promise.reject(unknown))
  await nobody.commands.kill('one')
  assert.deepEqual(nobody.ordered, ['one', 'one.2'])
})

for (const code of ['NOT_FOUND', 'SERVICE_UNAVAILABLE'])
  test(`a pause that the desk did not take (${code}) stays wanted, and is not told as done`, async () => {
    const fleet = commands(() => Promise.reject(new Refusal(code)))
    const paused = await fleet.commands.pause('one')
    assert.deepEqual([fleet.desired, fleet.begun], [['paused'], ['one']])
    assert.deepEqual([paused.ok, paused.code], [false, 'SERVICE_UNAVAILABLE'])
    assert.match(paused.text, /is not paused yet, account live-okx-main .* paused when its desk/)
  })

test('a pause that is refused is no promise', async () => {
  const fleet = commands(() => Promise.reject(new Refusal('REFUSED_RISK')))
  await assert.rejects(fleet.commands.pause('one'), { code: 'REFUSED_RISK' })
})
