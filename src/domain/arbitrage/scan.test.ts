import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bookOf, freeTerms, legOf, solAt } from '../../../test/support/arbitrage.ts'
import { type Instrument, instrumentId } from '../instrument.ts'
import { assess } from './opportunity.ts'
import { bookRefusal, compareFindings, type Finding, isOpportunity, pairsOf } from './scan.ts'

const sol = solAt('a', 2, 1)
const good = bookOf([[9_990, 5_000]], [[10_000, 5_000]])
const state = (at: number, book: typeof good | null = good) => ({ instrument: sol.id, book, at })

test('a book counts while the venue has updated it within its time', () => {
  assert.equal(bookRefusal(state(1_000), 1_000, 5_000), null)
  assert.equal(bookRefusal(state(1_000), 6_000, 5_000), null)
  const stale = bookRefusal(state(1_000), 6_001, 5_000)
  assert.deepEqual(stale, {
    code: 'stale',
    instrument: sol.id,
    found: 5_001,
    needed: 5_000,
    unit: 'ms',
  })
})

test('crossed, locked, empty and lost books never count', () => {
  const codeOf = (book: typeof good | null) => bookRefusal(state(0, book), 0, 5_000)?.code
  assert.equal(codeOf(bookOf([[10_001, 1]], [[10_000, 1]])), 'crossed')
  assert.equal(codeOf(bookOf([[10_000, 1]], [[10_000, 1]])), 'crossed')
  assert.equal(codeOf(bookOf([], [[10_000, 1]])), 'empty_book')
  assert.equal(codeOf(null), 'down')
})

test('pairs: one base on two venues, linear only, each once', () => {
  const quoted = (venue: string, quote: string): Instrument => {
    const symbol = `SOL/${quote}:${quote}`
    return { ...solAt(venue, 2, 1), id: instrumentId(venue, symbol), symbol, quote, settle: quote }
  }
  const inverse: Instrument = { ...quoted('d', 'USD'), kind: 'inverse' }
  const pairs = pairsOf([quoted('c', 'USDT'), sol, quoted('b', 'USDT'), inverse])
  assert.deepEqual(
    pairs.map(({ id }) => id),
    ['SOL:a+b', 'SOL:a+c', 'SOL:b+c'],
  )
  const two = pairsOf([quoted('a', 'USDT'), quoted('a', 'USDC'), quoted('b', 'USDT')])
  assert.deepEqual(
    two.map(({ id }) => id),
    ['SOL:a/USDC+b/USDT', 'SOL:a/USDT+b/USDT'],
  )
})

test('the largest edge stands first, what has none last, equal ones by name', () => {
  const finding = (venue: string, bid: number): Finding => {
    const other = solAt(venue, 2, 1)
    const dear = legOf(other, bookOf([[bid, 5_000]], [[bid + 10, 5_000]]))
    const assessment = assess(legOf(sol, good), dear, freeTerms())
    return { pair: pairsOf([sol, other])[0] as Finding['pair'], at: 0, assessment }
  }
  const lost: Finding = { ...finding('e', 1), assessment: { opportunity: null, reasons: [] } }
  const list = [lost, finding('d', 10_100), finding('b', 10_050), finding('c', 10_100)]
  assert.deepEqual(
    list.sort(compareFindings).map(({ pair }) => pair.id),
    ['SOL:a+c', 'SOL:a+d', 'SOL:a+b', 'SOL:a+e'],
  )
  assert.equal(isOpportunity(finding('b', 10_100)), true)
  assert.equal(isOpportunity(lost), false)
})
