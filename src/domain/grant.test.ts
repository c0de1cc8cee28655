import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  divideLimit,
  type GrantAnswer,
  GrantBook,
  GrantHolder,
  type GrantOrder,
  type StoredGrants,
} from './grant.ts'

const HOLDERS = ['a', 'b', 'c']

type Message =
  | { readonly to: string; readonly order: GrantOrder }
  | { readonly from: string; readonly answer: GrantAnswer }

/** A fleet and its holders with a wire that loses, delays, doubles and reorders; both sides die and come back. */
class World {
  book = new GrantBook(null)
  readonly holders = new Map<string, GrantHolder>()
  readonly used = new Map<string, number>()
  wire: Message[] = []
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
    this.book.setLimit(limit)
    for (const name of HOLDERS) {
      this.holders.set(name, new GrantHolder(null, 0))
      this.used.set(name, 0)
    }
  }

  holder(name: string): GrantHolder {
    return this.holders.get(name) as GrantHolder
  }
  usedBy(name: string): number {
    return this.used.get(name) ?? 0
  }
  tell(name: string): void {
    const order = this.book.pending(name)
    if (order) this.wire.push({ to: name, order })
  }
  deliver(index: number, isKept: boolean): void {
    const at = index % this.wire.length
    const message = this.wire[at]
    if (!message) return
    if (!isKept) this.wire = this.wire.toSpliced(at, 1)
    if ('to' in message) {
      const answer = this.holder(message.to).take(message.order, this.usedBy(message.to))
      this.wire.push({ from: message.to, answer })
    } else this.book.answer(message.from, message.answer)
  }
  /** Uses more or less, never more than is held. */
  use(name: string, amount: number): void {
    const held = this.holder(name).amount ?? Number.POSITIVE_INFINITY
    this.used.set(name, Math.min(amount, Math.max(held, this.usedBy(name))))
  }
  report(name: string): void {
    const answer = this.holder(name).settle(this.usedBy(name))
    this.wire.push({ from: name, answer })
  }
  restart(name: string | null): void {
    if (name === null) {
      this.book = new GrantBook(JSON.parse(JSON.stringify(this.book.stored())) as StoredGrants)
    } else this.holders.set(name, new GrantHolder(this.holder(name).stored(), 0))
  }
  held(): number {
    let sum = 0
    for (const holder of this.holders.values()) sum += holder.amount ?? Number.POSITIVE_INFINITY
    return sum
  }
}

const holderIndex = fc.constantFrom(...HOLDERS)
const step = fc.oneof(
  fc.record({
    kind: fc.constant('aim' as const),
    targets: fc.array(fc.nat(1200), { minLength: 3, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('divide' as const) }),
  fc.record({ kind: fc.constant('tell' as const), holder: holderIndex }),
  fc.record({
    kind: fc.constant('deliver' as const),
    index: fc.nat(50),
    isKept: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('lose' as const), index: fc.nat(50) }),
  fc.record({ kind: fc.constant('use' as const), holder: holderIndex, amount: fc.nat(1000) }),
  fc.record({ kind: fc.constant('report' as const), holder: holderIndex }),
  fc.record({
    kind: fc.constant('restart' as const),
    who: fc.constantFrom(null, ...HOLDERS),
  }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function act(world: World, one: Step): void {
  if (one.kind === 'aim')
    world.book.aim(new Map(HOLDERS.map((name, i) => [name, one.targets[i] ?? 0])))
  else if (one.kind === 'divide') world.book.aim(divideLimit(world.limit, world.used))
  else if (one.kind === 'tell') world.tell(one.holder)
  else if (one.kind === 'deliver') {
    if (world.wire.length > 0) world.deliver(one.index, one.isKept)
  } else if (one.kind === 'lose') {
    if (world.wire.length > 0) world.wire = world.wire.toSpliced(one.index % world.wire.length, 1)
  } else if (one.kind === 'use') world.use(one.holder, one.amount)
  else if (one.kind === 'report') world.report(one.holder)
  else world.restart(one.who)
}

describe('grants', () => {
  test('the sum of what holders believe never passes the limit, whatever the wire does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.array(step, { minLength: 60, maxLength: 160, size: 'max' }),
        (limit, steps) => {
          const world = new World(limit)
          for (const name of HOLDERS) world.report(name)
          for (const one of steps) {
            act(world, one)
            assert.ok(
              world.held() <= limit,
              `${world.held()} of ${limit} after ${JSON.stringify(one)}`,
            )
            for (const name of HOLDERS)
              assert.ok(world.usedBy(name) <= (world.holder(name).amount ?? 0), `${name} uses more`)
          }
        },
      ),
      { numRuns: 600 },
    )
  })

  test('once messages arrive again every holder holds what it was meant to hold', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const world = new World(900)
        for (const name of HOLDERS) world.report(name)
        for (const one of steps) act(world, one)
        for (const name of HOLDERS) world.use(name, 0)
        for (let round = 0; round < 12; round++) {
          world.wire = []
          for (const name of HOLDERS) world.report(name)
          world.book.aim(divideLimit(900, world.used))
          for (const name of HOLDERS) world.tell(name)
          while (world.wire.length > 0) world.deliver(0, false)
        }
        assert.deepEqual(
          HOLDERS.map((name) => world.holder(name).amount),
          [300, 300, 300],
        )
      }),
      { numRuns: 200 },
    )
  })

  test('a raise waits until the lowering of another is confirmed', () => {
    const book = new GrantBook(null)
    book.setLimit(100)
    book.answer('a', { number: 0, amount: 100 })
    book.answer('b', { number: 0, amount: 0 })
    const half = new Map([
      ['a', 50],
      ['b', 50],
    ])
    book.aim(half)
    assert.deepEqual([book.pending('a'), book.pending('b')], [{ number: 1, amount: 50 }, null])
    book.answer('a', { number: 1, amount: 80 })
    book.aim(half)
    assert.deepEqual(book.pending('b'), { number: 1, amount: 20 })
  })

  test('a holder that the book has never heard of, or that it knew in an earlier life, is believed', () => {
    const book = new GrantBook(null)
    book.setLimit(100)
    book.answer('a', { number: 57, amount: 90 })
    book.answer('b', { number: 0, amount: 0 })
    book.aim(new Map([['b', 100]]))
    assert.deepEqual(book.pending('b'), { number: 1, amount: 10 })
    book.aim(new Map([['a', 5]]))
    assert.deepEqual(book.pending('a'), { number: 58, amount: 5 })
  })

  test('a limit that is set first lowers those without one, and then hands out', () => {
    const book = new GrantBook(null)
    for (const name of ['a', 'b']) book.answer(name, { number: 0, amount: null })
    book.setLimit(10)
    book.aim(
      new Map([
        ['a', 5],
        ['b', 5],
      ]),
    )
    assert.deepEqual([book.pending('a')?.amount, book.bound('a')], [5, null])
    book.setLimit(null)
    book.answer('a', { number: 1, amount: 5 })
    book.aim(new Map([['a', null]]))
    assert.deepEqual(book.pending('a'), { number: 2, amount: null })
  })

  test('shares of a limit never add up to more, and what is used is not taken away', () => {
    const used = fc.array(fc.nat(1e9), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.nat(4e9), used, (limit, values) => {
        const uses = new Map(values.map((value, i) => [`h${i}`, value]))
        const shares = divideLimit(limit, uses)
        const sum = [...shares.values()].reduce((total: number, share) => total + (share ?? 0), 0)
        assert.ok(sum <= limit)
        const isEnough = values.reduce((total, value) => total + value, 0) <= limit
        if (isEnough) for (const [name, own] of uses) assert.ok((shares.get(name) ?? 0) >= own)
      }),
    )
  })
})
