/** An operator's close goes on although the bot connects anew, whatever the mode was. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settings } from '../../test/desk/desk-simulation.ts'
import { DeskWorld } from '../../test/desk/desk-world.ts'
import { testInstrument } from '../../test/support/instruments.ts'
import { quantity } from '../domain/money.ts'

for (const before of [null, 'disarm'] as const)
  test(`close-all of an instance (${before ?? 'running'}) is finished though its bot connects anew meanwhile`, async () => {
    const world = new DeskWorld()
    await world.openDesk()
    const link = { send: () => {}, close: () => {} }
    const hello = { type: 'hello', version: 1, token: '', settings, afterSeq: 0 } as const
    const entry = await world.desk.hello(link, hello)
    await world.clock.advance(50)
    const want = {
      instrument: testInstrument.id,
      quantity: quantity(100),
      worstPrice: null,
      style: 'take',
      deadlineAt: null,
      isReduceOnly: false,
    } as const
    world.desk.wants(entry, {
      type: 'wants',
      basisSeq: entry.loop.handedSeq,
      step: null,
      replace: false,
      changes: [{ kind: 'target', want }],
      wakes: null,
      finish: null,
    })
    await world.clock.advance(500)
    assert.equal(world.books.position, 100)
    if (before !== null) await world.desk.operator.command(entry, before)
    world.desk.reconciler.reset() // the connection is just being made anew: nothing goes out
    const { faults } = world.venue
    world.venue.faults = { ...faults, lostRequest: 1 } // the first closing order is lost
    await world.desk.operator.command(entry, 'close')
    await world.clock.advance(100)
    const { override } = entry
    await world.desk.hello(link, { ...hello, afterSeq: entry.loop.handedSeq })
    world.venue.faults = faults
    for (let i = 0; i < 60; i++) {
      world.books.at += 1000
      world.venue.tick()
      await world.clock.advance(1000)
    }
    assert.equal(
      world.books.position,
      0,
      `override was ${override}, is ${entry.override}; mode ${entry.loop.risk.mode}`,
    )
  })
