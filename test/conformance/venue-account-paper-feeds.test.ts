import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { AttachRequest, VenueAccount, VenueError } from '../../src/ports/venue.ts'
import { paperTerms, Recorder } from './venue-account-harness.ts'
import { ExchangeProcess } from './venue-account-paper.ts'

let exchange: ExchangeProcess
let open: VenueAccount[] = []

afterEach(async () => {
  for (const venue of open) await venue.close()
  open = []
  await exchange.close()
})

const request: AttachRequest = {
  instance: 'a',
  symbol: 'SOL/USDC:USDC',
  leverage: 10,
  marginMode: 'isolated',
  paper: paperTerms,
  feed: null,
}

async function connect(account: string): Promise<VenueAccount> {
  const venue = await exchange.connect(account, new Recorder())
  open.push(venue)
  return venue
}

async function refusal(work: Promise<unknown>): Promise<{ code: string; text: string }> {
  const error = await work.then(
    () => assert.fail('nothing was refused'),
    (thrown: VenueError) => thrown,
  )
  assert.equal(error.name, 'VenueError')
  assert.equal(error.kind, 'rejected')
  return { code: error.code, text: error.message }
}

test('the demo market offers ten and more bases on any venue, and says what it offers', async () => {
  exchange = new ExchangeProcess()
  exchange.start()
  const venue = await connect('anywhere/main')
  for (const base of ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'BNB', 'ADA', 'AVAX', 'LINK', 'SUI']) {
    const symbol = `${base}/USDT:USDT`
    const attached = await venue.attach({ ...request, instance: base.toLowerCase(), symbol })
    assert.equal(attached.instrument.id, `anywhere:${symbol}`)
    assert.equal(attached.feed, 'demo')
  }
  const { code, text } = await refusal(venue.attach({ ...request, symbol: 'PEPE/USDC:USDC' }))
  assert.equal(code, 'unknown_symbol')
  assert.match(text, /^PEPE\/USDC:USDC on anywhere .*demo market.*SOL.*\.$/)
})

test('a feed that is not the running one is refused with a sentence that names --home', async () => {
  exchange = new ExchangeProcess()
  exchange.start()
  const venue = await connect('backpack/main')
  const feed = 'replay:hyperliquid/SOL_USDC_PERP/5m'
  const { code, text } = await refusal(venue.attach({ ...request, feed }))
  assert.equal(code, 'feed_mismatch')
  assert.ok(text.includes(feed) && text.includes('demo') && text.includes('--home'), text)
})

test('one instance per instrument; one without a living connection gives way', async () => {
  exchange = new ExchangeProcess()
  exchange.start()
  const first = await connect('backpack/main')
  await first.attach(request)
  const second = await connect('backpack/main')
  const { code, text } = await refusal(second.attach({ ...request, instance: 'b' }))
  assert.equal(code, 'instrument_taken')
  assert.match(text, /instance a/)
  await first.close()
  let isAttached = false
  for (let i = 0; i < 50 && !isAttached; i++) {
    isAttached = await second.attach({ ...request, instance: 'b' }).then(
      () => true,
      () => false,
    )
  }
  assert.ok(isAttached)
})

test('terms that cannot be are refused by name', async () => {
  exchange = new ExchangeProcess()
  exchange.start()
  const venue = await connect('backpack/main')
  const { code, text } = await refusal(venue.attach({ ...request, leverage: 500 }))
  assert.equal(code, 'bad_terms')
  assert.match(text, /leverage 500 .* at most 50/)
  assert.equal((await refusal(venue.attach({ ...request, paper: null }))).code, 'bad_terms')
})

test('live prices at another speed and unreadable feeds end the process with code 4 and one sentence', async () => {
  exchange = new ExchangeProcess({ speed: 60 })
  for (const feed of ['live', 'nonsense', 'replay:x', 'replay:hyperliquid/SOL_USDC_PERP/5m']) {
    exchange.stderr = ''
    exchange.start({ feed })
    assert.equal(await exchange.ended(), 4, feed)
    assert.equal(exchange.stderr.trim().split('\n').length, 1, exchange.stderr)
    assert.match(exchange.stderr, /\w/)
  }
})

test('two exchanges never serve one socket', async () => {
  exchange = new ExchangeProcess()
  const first = exchange.start()
  await connect('backpack/main')
  exchange.start()
  assert.equal(await exchange.ended(), 4)
  assert.match(exchange.stderr, /already serves/)
  assert.equal(first.exitCode, null)
  first.kill('SIGTERM')
  const code = await new Promise((resolve) => first.once('exit', resolve))
  assert.equal(code, 0, 'SIGTERM is a clean end')
})

test('a wrong token is refused, and the connection never opens', async () => {
  exchange = new ExchangeProcess()
  exchange.start()
  await connect('backpack/main')
  const stranger = new ExchangeProcess({ socket: exchange.launch.socket, token: 'another' })
  const venue = stranger.venue('backpack/main')
  open.push(venue)
  let isOpen = false
  void venue.connect(new Recorder()).then(() => {
    isOpen = true
  })
  await new Promise((resolve) => setTimeout(resolve, 400))
  assert.equal(isOpen, false)
  await stranger.close()
})
