/** Bugs of two legs, as edits of the real source: each is one that somebody has made before, or that this simulation has found. */
import type { PlantedSet } from '../orders/planted.ts'
import type { PlantedBug, PlantedEdit } from '../orders/planted-bugs.ts'

const edit = (file: string, find: string, put: string): PlantedEdit => ({
  file: `src/${file}`,
  find,
  put,
})

const plan = 'domain/arbitrage/leg-plan.ts'
const watch = 'domain/arbitrage/leg-watch.ts'
const limit = 'bot/legs-limit.ts'

/** Within so many seeds. */
const SEEDS = 400

const bugs: readonly PlantedBug[] = [
  {
    name: 'hedges only when a part has filled completely',
    edits: [
      edit(
        plan,
        'const lots = matchedLots(legs, index)\n',
        'const lots = Math.abs(netDelta(legs)) < legs.clip ? pair[index].book.position : matchedLots(legs, index)\n',
      ),
    ],
  },
  {
    name: 'both legs are ordered at once',
    edits: [
      edit(
        plan,
        'lotsTowardsZero(pair[index], 0 - unitsOf(pair[otherLeg(index)]))',
        'lotsTowardsZero(pair[index], 0 - (pair[otherLeg(index)].target?.quantity ?? pair[otherLeg(index)].book.position) * pair[otherLeg(index)].unit)',
      ),
    ],
  },
  {
    name: 'no intent journal',
    edits: [edit('desk/journal-buffer.ts', 'intents: this.#intents,', 'intents: [],')],
  },
  {
    name: 'an unknown leg is sent again as a new order',
    edits: [
      edit(
        'desk/venue-gateway.ts',
        'entry.loop.onPlaced(outcome)',
        "entry.loop.onPlaced(outcome.kind === 'unknown' ? { ...outcome, kind: 'rejected' } : outcome)",
      ),
    ],
  },
  {
    name: 'the sign of funding is turned',
    edits: [
      edit(
        'domain/arbitrage/round-trip.ts',
        'const change = { funding: amount }',
        'const change = { funding: -amount }',
      ),
    ],
  },
  {
    name: 'funding of a leg is booked with the wrong sign in the ledger and in the strategy',
    edits: [
      edit('engine/leg-books.ts', 'money(this.funding + amount)', 'money(this.funding - amount)'),
      edit(
        'domain/arbitrage/round-trip.ts',
        'const change = { funding: amount }',
        'const change = { funding: -amount }',
      ),
      edit(
        'domain/arbitrage/pair-core.ts',
        'money(book.funding + amount)',
        'money(book.funding - amount)',
      ),
    ],
  },
  {
    name: 'the bot forgets that a leg is closed',
    edits: [
      edit(
        'bot/session.ts',
        '      const isOpen = reason === null\n',
        '      const isOpen = true\n',
      ),
    ],
  },
  {
    name: 'fills of a leg do not outlive a loss of power',
    edits: [
      edit(
        'bot/state-keeping.ts',
        'this.#keeper.save(this.#keeper.mustBeDurable)',
        'this.#keeper.save()',
      ),
    ],
  },
  {
    name: 'the lead moves while both legs are away',
    edits: [edit(plan, "phase === 'exiting' ? canBothReduce(legs) :", "phase === 'exiting' ||")],
  },
  {
    name: 'a time wake comes by a clock that the venue has not told',
    edits: [
      edit(
        'adapters/venues/live/live-venue.ts',
        'this.#facts === null ? Number.NEGATIVE_INFINITY : this.venueNow()',
        'this.venueNow()',
      ),
    ],
    seedsMax: 1500,
  },
  {
    name: 'wants of the second leg carry the number of the first',
    edits: [
      edit('bot/leg-channel.ts', 'keeper.lastSeqOf(this.#parts.index)', 'keeper.lastSeqOf(0)'),
    ],
  },
  {
    name: 'events of the second leg are compared with the number of the first',
    edits: [
      edit(
        'engine/instance.ts',
        'if (event.seq <= this.lastSeqOf(leg)) return false\n        this.#ledger.fill',
        'if (event.seq <= this.lastSeqOf(0)) return false\n        this.#ledger.fill',
      ),
    ],
  },
  {
    name: 'the lead goes the whole way at once',
    edits: [edit(plan, 'clamp(wanted - matched, clip)', '(wanted - matched)')],
  },
  {
    name: 'a leg is unwound to zero instead of what the other holds',
    edits: [edit(plan, 'isOneWay ? 0 : matchedLots(legs, mover)', '0')],
  },
  {
    name: 'an imbalance is never repaired',
    edits: [edit(watch, 'if (found.repairFrom === null && !isLate)', 'if (legs.at > 0)')],
  },
  {
    name: 'nothing is unwound while a venue is away',
    edits: [
      edit(
        watch,
        "due !== null && at >= due ? 'unwind' : 'none'",
        "due === -1 ? 'unwind' : 'none'",
      ),
    ],
  },
  {
    name: 'a limit on the sum is told to one leg alone',
    edits: [
      edit(
        limit,
        'this.#tell(channel)\n      //',
        'if (channel.index === 0) this.#tell(channel)\n      //',
      ),
    ],
  },
  {
    name: 'a leg that comes back is not told of a limit on the sum',
    edits: [edit(limit, 'if (!isHeld) this.#tell(channel)', 'if (isHeld) this.#tell(channel)')],
  },
  {
    name: 'a limit on the sum that is to flatten halts alone',
    edits: [
      edit(
        'desk/account-guard.ts',
        "loop.onAccountLimit(code, onBreach)\n    if (onBreach === 'flatten')",
        "loop.onAccountLimit(code, 'halt')\n    if (onBreach === null)",
      ),
    ],
  },
  {
    name: 'the dead-man switch is armed once and not again',
    edits: [
      edit(
        'desk/dead-man.ts',
        'scope.renewedAt === null || now - scope.renewedAt >= this.timeoutMs / 3',
        'scope.renewedAt === null',
      ),
    ],
  },
  {
    name: 'an adjustment is shown and not followed',
    edits: [edit('domain/arbitrage/pair-strategy.ts', '  state.settings = found.settings\n', '')],
  },
]

export const legBugs: PlantedSet = {
  hunter: 'test/simulation/legs/hunt.ts',
  bugs: bugs.map((bug) => ({ seedsMax: SEEDS, ...bug })),
  report: 'reports/simulation-legs-planted.md',
}
