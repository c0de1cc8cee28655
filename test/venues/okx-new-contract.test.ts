/** A contract that OKX lists after the connection was made: what is held and rests there is seen all the same. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { OkxDialect } from '../../src/adapters/venues/okx/dialect.ts'
import { clientIdSchemes } from '../../src/domain/client-id.ts'
import { quantity } from '../../src/domain/money.ts'
import type { OrderRequest } from '../../src/domain/order.ts'
import { createOkxFront } from '../../src/exchange/sandbox/okx/okx-front.ts'
import { dialectParts } from '../support/live-parts.ts'
import { TestSandbox, wave } from '../support/sandbox.ts'
import { sandboxVenue, Wire, type WireVenue } from '../support/wire.ts'

const SYMBOL = 'SOL/USDT:USDT'
const LIST = '/api/v5/public/instruments'

let sandbox: TestSandbox
let wire: Wire
let isListed = true

/** A venue that leaves the contract out of its list for as long as it is not listed. */
const listing = (venue: WireVenue): WireVenue => ({
  ...venue,
  http: (request) => {
    const answer = venue.http(request)
    if (isListed || request.target.split('?')[0] !== LIST) return answer
    const { data, ...rest } = JSON.parse(answer.body) as { data: { instId: string }[] }
    const others = data.filter(({ instId }) => instId !== 'SOL-USDT-SWAP')
    return { ...answer, body: JSON.stringify({ ...rest, data: others }) }
  },
})

const makeDialect = (): Promise<OkxDialect> => {
  const { apiKey = '', secretKey = '', passphrase = '' } = sandbox.account.credentials
  const credentials = { apiKey, secretKey, passphrase }
  const parts = dialectParts(wire, credentials, () => sandbox.wallMs)
  return OkxDialect.create(parts)
}

beforeEach(async () => {
  isListed = true
  const rows = { [SYMBOL]: wave(10_000, 20), 'BTC/USDT:USDT': wave(10_000, 20) }
  // ccxt signs with the machine's own time.
  const wallMs = Date.now() - 60_000
  sandbox = new TestSandbox({
    ...{ venue: 'okx', front: createOkxFront, rows, volumeShare: 100_000, wallMs },
  })
  sandbox.advance(60_000)
  wire = await Wire.open(listing(sandboxVenue(sandbox)))
})
afterEach(() => wire.close())

test('positions, orders and fills on a contract that was listed later are told', async () => {
  isListed = false
  const early = await makeDialect()
  await early.open()
  await assert.rejects(early.instrument(SYMBOL), /no perpetual contract/)
  isListed = true
  const trader = await makeDialect()
  await trader.open()
  const { instrument, price } = await trader.instrument(SYMBOL)
  await trader.setTerms(instrument, 2, 'cross')
  const common = {
    instrument: instrument.id,
    side: 'buy',
    quantity: quantity(100),
    timeInForce: 'gtc',
    isPostOnly: false,
    isReduceOnly: false,
    trigger: null,
  } as const
  const requests: readonly OrderRequest[] = [
    { ...common, kind: 'market', price: null },
    { ...common, kind: 'limit', price: (price.last * 0.9) as typeof price.last },
  ]
  const expiresAt = sandbox.wallMs + 2500
  const outcomes = await trader.place(
    requests.map((request, serial) => ({
      clientId: clientIdSchemes.text.make(1, serial),
      ...{ instrument, request, expiresAt },
    })),
  )
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['accepted', 'accepted'],
  )
  assert.deepEqual(
    (await early.positions()).map((one) => [one.instrument, one.quantity]),
    [[instrument.id, 100]],
  )
  assert.equal((await early.openOrders()).length, 1)
  const asked = wire.sent('GET', LIST).length
  const facts = await early.factsSince(0)
  assert.equal(facts.filter(({ kind }) => kind === 'fill').length, 1)
  assert.equal(wire.sent('GET', LIST).length, asked, 'what is known is not asked for again')
  await Promise.all([early.close(), trader.close()])
})
