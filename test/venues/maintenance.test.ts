/** What each venue says of its own maintenance, over real sockets, while nothing of the account is answered. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import { LiveVenue } from '../../src/adapters/venues/live/live-venue.ts'
import { credentialsOf, dialectOf } from '../../src/main/live-desk.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import { VenueError, type VenueListener } from '../../src/ports/venue.ts'
import { type SandboxVenue, sandboxVenues } from '../../src/protocol/sandbox-messages.ts'
import { RunningSandbox } from '../support/running-sandbox.ts'

/** Whether the word alone closes the account; null = the venue has no such question. */
const SAID: Readonly<Record<SandboxVenue, { text: RegExp; isDown: boolean } | null>> = {
  okx: { text: /^it is in maintenance until 20.*Z \(Trading system maintenance\)$/, isDown: true },
  hyperliquid: { text: /^its state is a special one$/, isDown: false },
  backpack: { text: /^it is in maintenance$/, isDown: true },
  aster: null,
}

const deaf: VenueListener = {
  ...{ onAccount: () => {}, onMarket: () => {}, onStep: () => {}, onGap: () => {} },
  onReady: () => {},
}

async function opened(sandbox: RunningSandbox, venue: SandboxVenue): Promise<LiveVenue> {
  const { rest_url: restUrl, ws_url: wsUrl, accounts } = sandbox.keys(venue)
  const parts = { clock: new SystemClock(), random: Math.random }
  const dialect = await dialectOf(venue, {
    ...parts,
    ...{ restUrl, wsUrl, isTestnet: false, acceptsMainKey: true, acceptsUnverified: false },
    credentials: credentialsOf({ ...accounts['main'] }),
    logger: silentLogger,
    budget: { async take() {}, block() {}, used() {} },
  })
  const live = new LiveVenue({
    ...{ ...parts, dialect, logger: silentLogger, account: `sandbox/${venue}/main` },
    ...{ lastVenueSeq: 0, isBooked: () => false, stampsRunAhead: true },
    ...{ eventsFrom: null, journalFrom: null, fingerprint: null },
  })
  await live.connect(deaf)
  return live
}

describe('maintenance', { timeout: 60_000 }, () => {
  let sandbox: RunningSandbox
  before(async () => {
    sandbox = await RunningSandbox.start(sandboxVenues)
  })
  after(async () => {
    await sandbox.stop()
    assert.deepEqual(sandbox.errors, [])
  })

  for (const name of sandboxVenues)
    test(`${name}: its own word, and questions without an answer behind sockets that stand`, async () => {
      const venue = await opened(sandbox, name)
      const said = SAID[name]
      try {
        // OKX answers one such question in 5 s.
        if (name !== 'okx') assert.equal((await venue.word?.()) ?? null, null)
        sandbox.setFault({ kind: 'maintenance', venue: name })
        const isUnavailable = (error: unknown) =>
          error instanceof VenueError && error.kind === 'unavailable'
        for (let question = 0; question < 6; question++)
          await assert.rejects(venue.positions(), isUnavailable)
        const word = (await venue.word?.()) ?? null
        assert.equal(word?.isDown, said?.isDown)
        if (said !== null) assert.match(word?.text ?? '', said.text)
        assert.equal(venue.link().isOpen, true)
      } finally {
        sandbox.clearFaults()
        await venue.close()
      }
    })
})
