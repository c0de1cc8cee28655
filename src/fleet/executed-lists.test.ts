import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pairStatus } from '../../test/support/taken-opportunity.ts'
import { executedOf } from './executed-lists.ts'
import type { Fleet } from './fleet.ts'

const all = { instance: null, venue: null, since: null, limit: 50 }
const config = { settings: {}, legs: [{ settings: {} }] }

const unit = (id: string, isAlive: boolean, other = {}) => ({
  ...{ id, config, process: { isAlive }, record: { webPort: 5000 }, dbPath: `${id}.db` },
  ...other,
})

/** Bots that run answer by their port, what the others saved lies in their databases. */
function fleetOf(units: readonly ReturnType<typeof unit>[], isSilent = false) {
  const asked: string[] = []
  const links = {
    getFromBot: (port: number) => {
      asked.push(`bot ${port}`)
      return isSilent ? Promise.reject(new Error('silent')) : Promise.resolve(pairStatus)
    },
    readSaved: (path: string) => {
      asked.push(path)
      if (path.startsWith('broken')) throw new Error('not a database')
      return pairStatus
    },
  }
  const fleet = { units: new Map(units.map((one) => [one.id, one])), parts: { links } }
  return { fleet: fleet as unknown as Fleet, asked }
}

test('a bot that runs is asked, of one that does not run or answer what it saved is read', async () => {
  const { fleet, asked } = fleetOf([unit('a', true), unit('b', false)])
  const rows = await executedOf(fleet, all)
  assert.deepEqual(
    rows.map(({ instance, number }) => `${instance}${number}`),
    ['a3', 'b3', 'a2', 'b2', 'a1', 'b1'],
  )
  assert.deepEqual(asked.sort(), ['b.db', 'bot 5000'])
  const silent = fleetOf([unit('a', true)], true)
  assert.equal((await executedOf(silent.fleet, all)).length, 3)
  assert.deepEqual(silent.asked, ['bot 5000', 'a.db'])
})

test('grids are not asked, and a database that cannot be read takes nothing from the others', async () => {
  const grid = unit('grid', true, { config: { settings: {}, legs: [] } })
  const lost = unit('lost', true, { config: null })
  const { fleet, asked } = fleetOf([grid, lost, unit('broken', false), unit('b', false)])
  const rows = await executedOf(fleet, { ...all, limit: 2 })
  assert.deepEqual(
    rows.map(({ instance }) => instance),
    ['b', 'b'],
  )
  assert.deepEqual(asked, ['broken.db', 'b.db'])
  assert.deepEqual(await executedOf(fleet, { ...all, instance: 'grid' }), [])
})
