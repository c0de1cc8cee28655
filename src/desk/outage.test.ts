/** A venue that is away behind connections that stand. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settings } from '../../test/desk/desk-simulation.ts'
import { DeskWorld } from '../../test/desk/desk-world.ts'
import { fullTraits } from '../../test/support/venue-traits.ts'
import { VenueError, type VenueWord } from '../ports/venue.ts'
import type { DeskToBot } from '../protocol/desk-messages.ts'
import { accountStatus } from './status.ts'

/** A desk with an attached bot at a venue that can be told to leave every question about the account unanswered. */
async function opened(hasWord: boolean) {
  const world = new DeskWorld()
  const state = { isAnswering: true, word: null as VenueWord | null, asked: 0, words: 0 }
  world.venueParts = { traits: fullTraits }
  await world.openDesk()
  const { venue } = world
  const positions = venue.positions.bind(venue)
  venue.positions = () => {
    state.asked++
    if (state.isAnswering) return positions()
    return Promise.reject(new VenueError('unavailable', '50001', 'okx: temporarily unavailable.'))
  }
  if (hasWord)
    Object.assign(venue, {
      word: async () => {
        state.words++
        return state.word
      },
    })
  const heard: DeskToBot[] = []
  const link = { send: (message: DeskToBot) => void heard.push(message), close: () => {} }
  const hello = { type: 'hello', version: 1, token: '', settings, afterSeq: 0 } as const
  await world.desk.hello(link, hello)
  await world.clock.advance(1000)
  /** The market speaks all the time. */
  const pass = async (ms: number) => {
    for (let at = 0; at < ms; at += 1000) {
      world.venue.tick()
      await world.clock.advance(1000)
    }
  }
  const reasons = () => heard.flatMap((one) => (one.type === 'open' ? [one.reason] : []))
  const away = () => accountStatus(world.desk, 1).away
  return { world, state, pass, reasons, away }
}

describe('a venue that is away while its market goes on', () => {
  test('is noticed by questions without an answer, though nobody places anything; its return too', async () => {
    const { world, state, pass, reasons, away } = await opened(false)
    state.isAnswering = false
    await pass(45_000)
    const said = 'the venue does not answer (okx: temporarily unavailable)'
    assert.equal(away(), said)
    assert.equal(world.desk.reconciler.isDone, false)
    assert.equal(reasons().at(-1), `the venue is away: ${said}`)
    assert.equal(world.entry().loop.risk.mode, 'running', 'nobody has to resume it')
    const asked = state.asked
    await pass(60_000)
    assert.ok(state.asked - asked <= 13, 'it is asked each 5 s')
    const lines = world.log.filter(({ text }) => /could not compare|is away/.test(text))
    assert.ok(lines.length <= 8, 'told once, not at each question')
    state.isAnswering = true
    await pass(7000)
    assert.equal(away(), null)
    assert.equal(world.desk.reconciler.isDone, true)
    assert.equal(reasons().at(-1), null)
  })

  test('one comparison that fails is no outage', async () => {
    const { state, pass, away } = await opened(false)
    await pass(27_000)
    state.isAnswering = false
    const { asked } = state
    while (state.asked === asked) await pass(1000)
    state.isAnswering = true
    await pass(20_000)
    assert.equal(away(), null)
  })

  test('is told by the venue itself, before any question has failed, until it says otherwise', async () => {
    const { world, state, pass, reasons, away } = await opened(true)
    state.word = { text: 'it is in maintenance until noon', isDown: true }
    await pass(16_000)
    assert.equal(away(), 'the venue says it is in maintenance until noon')
    assert.equal(
      reasons().at(-1),
      'the venue is away: the venue says it is in maintenance until noon',
    )
    await pass(30_000)
    assert.equal(world.desk.reconciler.isDone, false, 'answers alone do not end it')
    state.word = null
    await pass(22_000)
    assert.equal(away(), null)
    assert.equal(world.desk.reconciler.isDone, true)
  })

  test('says what the venue answered, not that it is not asked any more', async () => {
    const { world, state, pass, away } = await opened(false)
    state.isAnswering = false
    await pass(32_000)
    const text = 'test is not asked for positions.'
    world.venue.positions = () =>
      Promise.reject(new VenueError('unavailable', 'circuit_open', text))
    await pass(20_000)
    assert.equal(away(), 'the venue does not answer (okx: temporarily unavailable)')
  })

  test('a word that stops nothing only explains', async () => {
    const { state, pass, away } = await opened(true)
    state.word = { text: 'its state is a special one', isDown: false }
    await pass(20_000)
    assert.equal(away(), null)
    state.isAnswering = false
    await pass(45_000)
    assert.match(
      away() ?? '',
      /^the venue says its state is a special one; it does not answer \(okx/,
    )
  })

  test('a word that is not said again holds for a minute', async () => {
    const { world, state, pass, away } = await opened(true)
    state.word = { text: 'it is in maintenance', isDown: true }
    await pass(16_000)
    const word = () => Promise.reject(new VenueError('unavailable', 'x', 'No.'))
    Object.assign(world.venue, { word })
    await pass(40_000)
    assert.notEqual(away(), null)
    await pass(50_000)
    assert.equal(away(), null)
  })
})
