/** Ids of every scheme: never twice, over restarts and lost journals. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'
import { Disk, MemoryJournal } from '../../test/support/memory-journal.ts'
import { fullTraits } from '../../test/support/venue-traits.ts'
import { clientIdSchemes } from '../domain/client-id.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { ClientIds } from './client-ids.ts'

/** From now on no block can be reserved, until the answer is called. */
function fillDisk({ journal }: DeskWorld): { readonly tries: () => number; empty(): void } {
  const { reserveIds } = journal
  let tries = 0
  journal.reserveIds = () => {
    tries++
    throw new Error('ENOSPC: no space left on device')
  }
  return {
    tries: () => tries,
    empty() {
      journal.reserveIds = reserveIds
    },
  }
}

describe('a disk on which no block of ids can be reserved', () => {
  test('refuses what is to be placed, is asked again each second, and lets it go when there is room', async () => {
    const world = new DeskWorld()
    await world.openDesk()
    const disk = fillDisk(world)
    await world.openBot()
    await world.clock.advance(5000)
    assert.deepEqual(world.open(), [])
    assert.deepEqual(new Set(Object.values(world.bot.reasons)), new Set(['journal_unavailable']))
    assert.ok(disk.tries() >= 4 && disk.tries() <= 7, `${disk.tries()} tries`)
    assert.ok(world.said(/the journal of paper-test-main cannot be written.*ENOSPC/))
    disk.empty()
    await world.clock.advance(1500)
    assert.equal(world.open().length, 6)
  })

  test('lets cancels go on, and a position is closed when there is room', async () => {
    const world = await deskWorld()
    world.random.chance = () => false
    world.books.move(14_890, world.random)
    await world.clock.advance(2000)
    assert.equal(world.entry().loop.position, 100)
    world.killDesk()
    await world.openDesk()
    const disk = fillDisk(world)
    await world.openBot()
    await world.desk.operator.command(world.entry(), 'kill')
    await world.clock.advance(5000)
    assert.deepEqual([world.open(), world.books.position], [[], 100])
    disk.empty()
    await world.clock.advance(2000)
    assert.deepEqual([world.books.position, world.entry().loop.position], [0, 0])
  })
})

describe('client ids of a desk', () => {
  test('are never handed out twice, however often the desk is started', () => {
    for (const scheme of Object.values(clientIdSchemes)) {
      const disk = new Disk()
      const seen = new Set<ClientOrderId>()
      for (let start = 0; start < 5; start++) {
        const ids = new ClientIds(new MemoryJournal(disk), scheme)
        for (let i = 0; i < 1100; i++) seen.add(ids.next() as ClientOrderId)
      }
      assert.equal(seen.size, 5500, scheme.name)
    }
  })

  test('look as the venue wants them, over a restart too', async () => {
    for (const [idScheme, form] of [
      ['text', /^pf[0-9a-z]{12}$/],
      ['hex128', /^0x70657266[0-9a-f]{24}$/],
      ['uint32', /^[1-9][0-9]{0,9}$/],
    ] as const) {
      const world = await deskWorld({}, { traits: { ...fullTraits, idScheme } })
      assert.equal(world.open().length, 6)
      assert.ok(
        world.open().every((id) => form.test(id)),
        idScheme,
      )
      world.killDesk()
      await world.openDesk()
      assert.ok(world.desk.entries.get('bot_01'))
      assert.equal(world.desk.differences.foreign.length, 0, 'the journal knows its own')
    }
  })

  test('of a lost journal are withdrawn where they can be told from those of others, else left alone', async () => {
    for (const [idScheme, left] of [
      ['hex128', 0],
      ['uint32', 6],
    ] as const) {
      const world = await deskWorld({}, { traits: { ...fullTraits, idScheme } })
      const before = world.open()
      world.killDesk()
      world.loseJournal()
      await world.openDesk()
      await world.openBot()
      await world.clock.advance(10_000)
      const stillOpen = before.filter((id) => world.open().includes(id))
      assert.equal(stillOpen.length, left, idScheme)
    }
  })
})
