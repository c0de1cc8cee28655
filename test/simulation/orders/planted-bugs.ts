/** Bugs of the order path, as edits of the real source: each is one that somebody has made before. */

export interface PlantedEdit {
  readonly file: string
  readonly find: string
  readonly put: string
}

export interface PlantedBug {
  readonly name: string
  readonly edits: readonly PlantedEdit[]
  /** Where the journal lies; absent = 1. */
  readonly level?: 1 | 2
  /** Within so many seeds it must be found; absent = 2000. */
  readonly seedsMax?: number
}

const edit = (file: string, find: string, put: string): PlantedEdit => ({
  file: `src/${file}`,
  find,
  put,
})

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'no intent journal',
    edits: [edit('desk/journal-buffer.ts', 'intents: this.#intents,', 'intents: [],')],
  },
  {
    name: 'no fsync',
    level: 2,
    edits: [
      edit('adapters/stores/sqlite-journal-store.ts', 'synchronous = FULL', 'synchronous = OFF'),
    ],
  },
  {
    name: 'retry with a new id',
    edits: [
      edit(
        'desk/venue-gateway.ts',
        'entry.loop.onPlaced(outcome)',
        "entry.loop.onPlaced(outcome.kind === 'unknown' ? { ...outcome, kind: 'rejected' } : outcome)",
      ),
    ],
  },
  {
    name: '"not found" means failed',
    edits: [
      edit(
        'desk/reconciler.ts',
        'const isProven = found !== null || isAbsenceProven(order.expiresAt, askedAt)',
        'const isProven = true || isAbsenceProven(order.expiresAt, askedAt)',
      ),
    ],
  },
  {
    name: 'no evidence means failed',
    edits: [
      edit(
        'desk/reconciler.ts',
        'const isProven = found !== null ||',
        'const isProven = found !== null || this.#account.venueNow() > 3000 + (order.expiresAt ?? 0) - 5000 ||',
      ),
    ],
  },
  {
    name: 'an error counts as absence',
    edits: [
      edit(
        'desk/reconciler.ts',
        'await this.#venue.lookup(entry.instrument.id, clientId)',
        'await this.#venue.lookup(entry.instrument.id, clientId).catch((error) => {\n      this.#account.onResolved(entry, clientId, null)\n      throw error\n    })',
      ),
    ],
  },
  {
    name: 'an order that the venue does not show yet is absent',
    edits: [
      edit(
        'desk/account-desk.ts',
        'return traits === undefined ? 0 : (traits.queryLagMs ?? QUERY_LAG_MS)',
        'return traits === undefined ? QUERY_LAG_MS : 0',
      ),
    ],
  },
  {
    name: 'a batch error hides accepted orders',
    edits: [
      edit(
        'adapters/venues/live/live-venue.ts',
        'return orders.map(({ clientId }) => placementFailure(error, clientId))',
        "return orders.map(({ clientId }) => orders.length > 1 ? { kind: 'rejected', clientId, reason: 'batch' } : placementFailure(error, clientId))",
      ),
    ],
  },
  {
    name: 'a cancel of a missing order crashes',
    edits: [
      edit(
        'desk/venue-gateway.ts',
        'entry.loop.onCanceled(outcome)',
        "if (outcome.kind === 'absent') throw new Error('order not found')\n      entry.loop.onCanceled(outcome)",
      ),
    ],
  },
  {
    name: 'a fill is booked again after a reconnection',
    edits: [
      edit('adapters/venues/live/fact-log.ts', 'if (this.#keys.has(fact.key)) return true', ''),
      edit(
        'adapters/venues/live/fact-log.ts',
        "return fact.kind !== 'order' && this.#isBooked(fact.key)",
        'return false',
      ),
      edit(
        'desk/event-book.ts',
        "if (event.kind !== 'order' && this.#isRepeated(event)) return",
        "if (event.kind !== 'order') this.#isRepeated(event)",
      ),
    ],
  },
  {
    name: 'quotes on after the stream was lost',
    edits: [
      edit(
        'desk/account-desk.ts',
        'this.#reconciler.reset()\n    this.#barrier.reset()\n    for (const entry of this.#instances.all()) entry.loop.setReconciled(false)',
        'this.#barrier.reset()',
      ),
    ],
  },
  {
    name: 'ids of reconciliation are not deterministic',
    edits: [
      edit(
        'desk/event-book.ts',
        'afterSeq,\n      lots,',
        'afterSeq: afterSeq + Math.random(),\n      lots,',
      ),
    ],
  },
  {
    name: 'ids begin anew with each start',
    edits: [
      edit('desk/client-ids.ts', 'this.scheme.make(this.#source.epoch,', 'this.scheme.make(0,'),
    ],
  },
  {
    name: 'the kill switch is not latched',
    edits: [
      edit(
        'engine/instance-risk.ts',
        'this.#mode = state.mode\n',
        "this.#mode = state.mode === 'killed' ? 'running' : state.mode\n",
      ),
    ],
  },
  {
    name: 'an arm undoes a later kill',
    edits: [
      edit('desk/operator.ts', 'if (this.#commands.get(entry) !== number)', 'if (number < 0)'),
    ],
  },
  {
    name: 'a command is acknowledged that is not durable',
    edits: [
      edit(
        'desk/operator.ts',
        "if (!this.#parts.commit())\n      throw new CommandError(\n        'SERVICE_UNAVAILABLE',\n        `${instance} is",
        "if (!this.#parts.commit() && number < 0)\n      throw new CommandError(\n        'SERVICE_UNAVAILABLE',\n        `${instance} is",
      ),
    ],
  },
  {
    name: 'exposure is not reserved',
    edits: [edit('engine/working-orders.ts', 'if (!order.isReserved) return', 'return')],
  },
  {
    name: 'the limiter starves cancels',
    edits: [
      edit(
        'domain/request-pool.ts',
        'this.#lines[request.priority].push(request)',
        'this.#lines.data.push(request)',
      ),
      edit(
        'domain/request-pool.ts',
        "priority === 'cancel' || priority === 'reduce'",
        "priority === 'reduce' && priority === 'reduce'",
      ),
    ],
  },
  {
    name: 'stale wants are accepted after a restart',
    edits: [
      edit(
        'engine/order-loop.ts',
        'return this.#basisSeq < this.#handedSeq',
        'return this.#basisSeq < 0',
      ),
    ],
  },
  {
    name: 'a late fill is dropped',
    edits: [
      edit(
        'desk/event-book.ts',
        "if (event.kind === 'fill') this.#checkOrder(entry, event)",
        "if (event.kind === 'fill' && event.fill.clientId !== null && !entry.loop.hasOrder(event.fill.clientId)) return",
      ),
    ],
  },
  {
    name: 'orders are forgotten at a restart',
    edits: [
      edit(
        'desk/instances.ts',
        'journal.unsettled(settings.instance)',
        'journal.unsettled(settings.instance).slice(1)',
      ),
    ],
  },
  {
    name: 'a final order leaves before its fills are booked',
    edits: [
      edit(
        'engine/working-orders.ts',
        'if (order.filledFinal === null || order.booked < order.filledFinal) return',
        'if (order.filledFinal === null) return',
      ),
    ],
  },
  {
    name: '"no such order" of a cancel is believed',
    edits: [
      edit(
        'engine/working-orders.ts',
        "if (outcome.kind === 'final') this.#finish(order, outcome.quantityFilled)",
        "if (outcome.kind === 'absent') this.#finish(order, order.booked)\n    else if (outcome.kind === 'final') this.#finish(order, outcome.quantityFilled)",
      ),
    ],
  },
  {
    name: 'a bot sees events before they are durable',
    edits: [
      edit(
        'desk/journal-buffer.ts',
        'const events = this.#events\n',
        'const events = this.#events\n    this.#onCommitted(events)\n',
      ),
    ],
  },
  {
    name: 'a jump of our clock proves an absence',
    edits: [
      edit(
        'desk/venue-clock.ts',
        'return this.#parts.clock.monotonicMs() + this.#lead',
        'return this.#parts.clock.wallMs() + this.#offsetMs',
      ),
      edit('desk/venue-clock.ts', '  #isAsking = false', '  #offsetMs = 0\n  #isAsking = false'),
      edit(
        'desk/venue-clock.ts',
        'this.#lead = after + offsetMs',
        'this.#lead = after + offsetMs\n      this.#offsetMs = offsetMs',
      ),
    ],
  },
  {
    name: 'a desk sends that does not own the journal any more',
    level: 2,
    edits: [
      edit(
        'adapters/stores/sqlite-journal-store.ts',
        'if (epoch === this.epoch) return',
        'if (epoch > 0) return',
      ),
    ],
  },
  {
    name: 'a closing order may turn the position',
    edits: [
      edit(
        'engine/working-order.ts',
        'const isReduceOnly = want.isReduceOnly || isCloser(position, want.quantity)',
        'const isReduceOnly = want.isReduceOnly && isCloser(position, want.quantity) && missing === 0',
      ),
    ],
  },
  {
    name: 'what was filled before a restart is reserved and forgotten',
    edits: [
      edit(
        'engine/working-orders.ts',
        'order.booked = quantityFilled\n',
        'order.booked = quantity(0)\n',
      ),
    ],
  },
]
