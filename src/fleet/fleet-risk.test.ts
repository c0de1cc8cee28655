import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccountLimits } from '../domain/account-risk.ts'
import type { GrantAnswer } from '../domain/grant.ts'
import { money } from '../domain/money.ts'
import { silentLogger } from '../ports/logger.ts'
import type { FleetWord } from '../protocol/desk-messages.ts'
import { type AccountReport, FleetRisk } from './fleet-risk.ts'

const DAY = Date.parse('2026-11-21T12:00:00Z')
const limits: AccountLimits = {
  positionsMax: 0,
  capitalUtilizationMax: 1e8,
  dailyLossMax: 5_000_000,
  drawdownMax: 10_000_000,
  notionalMax: money(1000),
  onBreach: 'reduce_only',
}

function world() {
  const settings = new Map<string, string>()
  const told: { account: string; word: FleetWord }[] = []
  const accounts = new Map<string, AccountReport>()
  const join = (account: string, equity = 100_000): void => {
    accounts.set(account, {
      account,
      grant: { number: 0, amount: 0 },
      used: money(0),
      equity: money(equity),
      is_equity_known: true,
      flows: money(0),
      fleet_latch: null,
      fleet_number: 0,
    })
  }
  const change = (account: string, part: Partial<AccountReport>): void => {
    accounts.set(account, { ...(accounts.get(account) as AccountReport), ...part })
  }
  let isDeaf = false
  const open = () =>
    new FleetRisk({
      store: {
        setting: (key) => settings.get(key) ?? null,
        saveSetting: (key, value) => void settings.set(key, value),
      },
      logger: silentLogger,
      timeZone: 'UTC',
      limits: () => limits,
      tell: async (account, word): Promise<GrantAnswer> => {
        if (isDeaf) throw new Error('deaf')
        told.push({ account, word })
        const grant = word.grant ?? accounts.get(account)?.grant ?? { number: 0, amount: 0 }
        change(account, { grant, fleet_number: word.number, fleet_latch: word.latch })
        return grant
      },
    })
  const round = async (risk: FleetRisk, at = DAY): Promise<void> => {
    risk.take([...accounts.values()], () => at)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const held = () => [...accounts.values()].map(({ grant }) => grant.amount)
  const setDeaf = (value: boolean): void => {
    isDeaf = value
  }
  return { settings, told, join, change, open, round, held, setDeaf }
}

describe('limits of the fleet', () => {
  test('a limit is split among its accounts, and a new one gets its part only when the others gave it up', async () => {
    const { join, open, round, held } = world()
    const risk = open()
    join('paper-okx-a')
    for (let i = 0; i < 4; i++) await round(risk)
    assert.deepEqual(held(), [1000])
    join('paper-okx-b')
    for (let i = 0; i < 6; i++) {
      await round(risk)
      assert.ok(held().reduce((sum: number, one) => sum + (one ?? 0), 0) <= 1000)
    }
    assert.deepEqual(held(), [500, 500])
  })

  test('a control plane that dies after it has told a raise does not hand it out again', async () => {
    const { join, open, round, held, setDeaf } = world()
    join('paper-okx-a')
    join('paper-okx-b')
    const first = open()
    setDeaf(true)
    for (let i = 0; i < 3; i++) await round(first)
    setDeaf(false)
    const second = open()
    for (let i = 0; i < 6; i++) await round(second)
    assert.deepEqual(held(), [500, 500])
  })

  test('the loss of all accounts together latches, is told to each, survives the control plane, and ends by an operator', async () => {
    const { join, change, open, round, told } = world()
    join('paper-okx-a')
    join('paper-okx-b')
    await round(open())
    change('paper-okx-a', { equity: money(88_000) })
    await round(open())
    const latches = told.filter(({ word }) => word.latch !== null).map(({ account }) => account)
    assert.deepEqual(latches, ['paper-okx-a', 'paper-okx-b'])
    const later = open()
    later.release('paper')
    await round(later)
    assert.deepEqual(told.at(-1)?.word.latch, null)
  })

  test('deposits, new accounts and an account that is silent are no losses and no profits', async () => {
    const { join, change, open, round, told } = world()
    const risk = open()
    join('paper-okx-a')
    await round(risk)
    join('paper-okx-b', 900_000)
    await round(risk)
    change('paper-okx-a', { equity: money(10_000), flows: money(-90_000) })
    await round(risk)
    change('paper-okx-b', { is_equity_known: false, equity: money(0) })
    await round(risk)
    assert.equal(told.filter(({ word }) => word.latch !== null).length, 0)
  })
})
