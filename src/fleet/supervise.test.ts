import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  backOffMs,
  decide,
  neverStarted,
  type Observation,
  release,
  type Supervised,
  type SupervisionAction,
  type SupervisionPolicy,
  servicePolicy,
  spawnFailed,
} from './supervise.ts'

const botPolicy: SupervisionPolicy = {
  restarts: true,
  delayMaxMs: 60_000,
  attemptsMax: 3,
  crashLoop: { exits: 5, windowMs: 300_000 },
  healthyAfterMs: 60_000,
  stopTimeoutMs: 10_000,
}

const alive: Observation = {
  isAlive: true,
  isReady: true,
  isHung: false,
  overLimit: null,
  exit: null,
  isWanted: true,
  canStart: true,
}
const gone: Observation = { ...alive, isAlive: false, isReady: false }
const ended = (code: number | null, signal: string | null = null): Observation => ({
  ...gone,
  exit: { code, signal },
})

/** Runs a supervised process through a script of observations and returns what was done, with times. */
class Run {
  state: Supervised = neverStarted
  readonly actions: { at: number; action: SupervisionAction }[] = []
  readonly policy: SupervisionPolicy
  constructor(policy: SupervisionPolicy = botPolicy) {
    this.policy = policy
  }
  look(at: number, seen: Observation): this {
    const { next, action } = decide(this.policy, this.state, seen, at)
    this.state = next
    if (action) this.actions.push({ at, action })
    return this
  }
  get kinds(): string[] {
    return this.actions.map(({ action }) => action.kind)
  }
}

/** Ends the process `count` times, each `upMs` after it was ready, and waits for each restart in steps of 1 ms. */
function crash(run: Run, count: number, upMs: number, startAt: number, isReady = true): number[] {
  const delays: number[] = []
  let now = startAt
  run.look(now, gone)
  for (let index = 0; index < count; index += 1) {
    if (isReady) run.look(now, alive)
    now += upMs
    const endedAt = now
    run.look(now, ended(1))
    while (run.state.phase.kind === 'waiting') {
      now += 1
      run.look(now, gone)
    }
    if (run.state.phase.kind === 'held') break
    delays.push(now - endedAt)
  }
  return delays
}

describe('supervision', () => {
  it('starts what is wanted and leaves what is not', () => {
    assert.deepEqual(new Run().look(0, gone).kinds, ['spawn'])
    assert.deepEqual(new Run().look(0, { ...gone, isWanted: false }).kinds, [])
    assert.deepEqual(new Run().look(0, { ...gone, canStart: false }).kinds, [])
  })

  it('restarts a bot at once, then after 0.5, 1, 2, 4 … s up to the ceiling', () => {
    const run = new Run({ ...botPolicy, crashLoop: null, delayMaxMs: 5000 })
    assert.deepEqual(crash(run, 7, 10, 0), [0, 500, 1000, 2000, 4000, 5000, 5000])
    assert.equal(run.state.restarts, 7)
  })

  it('restarts desks and the exchange at once, then after 0.5, 1, 2, 2 … s and never quarantines them', () => {
    const run = new Run(servicePolicy)
    assert.deepEqual(crash(run, 7, 10, 0, false), [0, 500, 1000, 2000, 2000, 2000, 2000])
    assert.equal(run.state.phase.kind, 'starting')
  })

  it('begins the back-off anew after 60 healthy seconds, not before', () => {
    const long = new Run({ ...botPolicy, crashLoop: null })
    assert.deepEqual(crash(long, 3, 60_000, 0), [0, 0, 0])
    const short = new Run({ ...botPolicy, crashLoop: null })
    assert.deepEqual(crash(short, 3, 59_999, 0), [0, 500, 1000])
  })

  it('quarantines at the third end in a row that never reached running', () => {
    const run = new Run()
    assert.deepEqual(crash(run, 9, 10, 0, false), [0, 500])
    assert.equal(run.state.phase.kind, 'held')
    assert.match(
      run.actions.at(-1)?.action.kind === 'hold' ? JSON.stringify(run.actions.at(-1)) : '',
      /3 starts/,
    )
  })

  it('forgets failed starts as soon as running was reached', () => {
    const run = new Run({ ...botPolicy, crashLoop: null })
    run.look(0, gone).look(10, ended(1)).look(20, alive).look(30, ended(1)).look(2000, gone)
    run.look(2010, ended(1)).look(5000, gone).look(5010, ended(1))
    assert.notEqual(run.state.phase.kind, 'held')
  })

  it('never quarantines when attempts and crash loop are off', () => {
    const run = new Run({ ...botPolicy, attemptsMax: 0, crashLoop: null, delayMaxMs: 0 })
    crash(run, 100, 1, 0, false)
    assert.equal(run.state.phase.kind, 'starting')
  })

  it('quarantines a crash loop: five ends within 300 s, not five in 301 s', () => {
    const fast = new Run()
    assert.equal(crash(fast, 9, 1000, 0).length, 4)
    assert.equal(fast.state.phase.kind, 'held')
    const slow = new Run()
    assert.equal(crash(slow, 9, 75_001, 0).length, 9)
  })

  it('does not restart a quarantined process until it is released', () => {
    const run = new Run()
    crash(run, 9, 10, 0, false)
    const count = run.actions.length
    run.look(1e9, gone)
    assert.equal(run.actions.length, count)
    run.state = release(run.state)
    run.look(1e9 + 1, gone)
    assert.deepEqual(run.actions.at(-1)?.action, {
      kind: 'spawn',
      isRestart: false,
      usesNextPort: false,
    })
  })

  it('reads the exit codes of a bot', () => {
    const holdAfter = (code: number) => new Run().look(0, gone).look(1, alive).look(2, ended(code))
    assert.deepEqual(holdAfter(10).actions.at(-1)?.action, {
      kind: 'hold',
      hold: 'finished',
      reason: 'finished by its own rule',
    })
    assert.equal(holdAfter(4).state.phase.kind, 'held')
    const stopped = holdAfter(11).actions.at(-1)?.action
    assert.deepEqual(stopped?.kind === 'hold' && stopped.hold, 'stopped')
    const port = new Run().look(0, gone).look(1, ended(98))
    assert.deepEqual(port.actions.at(-1)?.action, {
      kind: 'spawn',
      isRestart: false,
      usesNextPort: true,
    })
    assert.equal(port.state.failedStarts, 0)
  })

  it('restarts after an end that nobody saw', () => {
    const run = new Run().look(0, gone).look(1, alive).look(2, gone)
    assert.deepEqual(run.kinds, ['spawn', 'spawn'])
  })

  it('ends what is no longer wanted: first politely, after the time-out by force', () => {
    const run = new Run().look(0, gone).look(1, alive)
    const unwanted = { ...alive, isWanted: false }
    run.look(10, unwanted).look(5000, unwanted).look(10_009, unwanted)
    assert.deepEqual(run.kinds, ['spawn', 'terminate'])
    run.look(10_010, unwanted).look(20_010, unwanted)
    assert.deepEqual(run.kinds, ['spawn', 'terminate', 'kill'])
    run.look(20_020, { ...gone, isWanted: false })
    assert.equal(run.state.phase.kind, 'idle')
  })

  it('restarts after a stop that was asked for without counting it', () => {
    const run = new Run()
      .look(0, gone)
      .look(1, alive)
      .look(2, { ...alive, isWanted: false })
    run.look(3, { ...gone, exit: { code: 0, signal: null } })
    run.look(4, gone)
    assert.equal(run.state.restarts, 0)
    assert.deepEqual(run.state.ends, [])
    assert.deepEqual(run.kinds, ['spawn', 'terminate', 'spawn'])
  })

  it('kills a process that hangs, also while it starts', () => {
    const hung = { ...alive, isHung: true }
    assert.deepEqual(new Run().look(0, gone).look(1, alive).look(2, hung).kinds, ['spawn', 'kill'])
    assert.deepEqual(new Run().look(0, gone).look(1, { ...hung, isReady: false }).kinds, [
      'spawn',
      'kill',
    ])
  })

  it('adopts a process that is found alive and starts no second one', () => {
    const run = new Run().look(0, alive).look(1, alive)
    assert.deepEqual(run.kinds, [])
    assert.equal(run.state.phase.kind, 'running')
  })

  it('does not restart when auto_restart is off', () => {
    const run = new Run({ ...botPolicy, restarts: false })
      .look(0, gone)
      .look(1, alive)
      .look(2, ended(1))
    assert.deepEqual(run.kinds, ['spawn', 'hold'])
  })
})

const observation = fc.record({
  isAlive: fc.boolean(),
  isReady: fc.boolean(),
  isHung: fc.boolean(),
  overLimit: fc.constantFrom(null, 'used too much'),
  exit: fc.option(
    fc.record({
      code: fc.option(fc.constantFrom(0, 1, 4, 10, 98)),
      signal: fc.constantFrom(null, 'SIGKILL'),
    }),
  ),
  isWanted: fc.boolean(),
  canStart: fc.boolean(),
})
const script = fc.array(fc.tuple(fc.integer({ min: 0, max: 90_000 }), observation), {
  maxLength: 60,
})

describe('supervision, any course of events', () => {
  const walk = (
    policy: SupervisionPolicy,
    steps: [number, Observation][],
    check: (w: Walk) => void,
  ) => {
    let state = neverStarted
    let now = 0
    for (const [pause, seen] of steps) {
      now += pause
      const { next, action } = decide(policy, state, seen, now)
      check({ before: state, seen, next, action, now })
      state = next
    }
  }
  interface Walk {
    before: Supervised
    seen: Observation
    next: Supervised
    action: SupervisionAction | null
    now: number
  }

  it('never starts a second process, never one that is not wanted, never one that is held', () => {
    fc.assert(
      fc.property(script, (steps) =>
        walk(botPolicy, steps, ({ before, seen, action }) => {
          if (action?.kind !== 'spawn') return
          assert.equal(seen.isAlive, false)
          assert.equal(seen.isWanted && seen.canStart, true)
          assert.notEqual(before.phase.kind, 'held')
        }),
      ),
    )
  })

  it('never signals a process that is gone', () => {
    fc.assert(
      fc.property(script, (steps) =>
        walk(botPolicy, steps, ({ seen, action }) => {
          if (action?.kind === 'kill' || action?.kind === 'terminate')
            assert.equal(seen.isAlive, true)
        }),
      ),
    )
  })

  it('waits as long as the back-off says, at most the ceiling', () => {
    fc.assert(
      fc.property(script, fc.constantFrom(botPolicy, servicePolicy), (steps, policy) =>
        walk(policy, steps, ({ next, now }) => {
          if (next.phase.kind === 'waiting') assert.ok(next.phase.until - now <= policy.delayMaxMs)
        }),
      ),
    )
    assert.equal(backOffMs(1000, 60_000), 60_000)
  })

  it('never holds desks or the exchange for their crashes', () => {
    const ordinary = script.map((steps) =>
      steps.map(([pause, seen]): [number, Observation] => [
        pause,
        { ...seen, exit: seen.exit && { ...seen.exit, code: 1 } },
      ]),
    )
    fc.assert(
      fc.property(ordinary, (steps) =>
        walk(servicePolicy, steps, ({ next }) => assert.notEqual(next.phase.kind, 'held')),
      ),
    )
  })
})

describe('limits and machines without room', () => {
  const over = { ...alive, overLimit: 'used 300 MB of memory for 5 s, memory_limit_mb is 256' }

  it('kills what passes a limit, restarts it at once, and counts', () => {
    const run = new Run().look(0, gone).look(1, alive).look(2, over)
    assert.deepEqual(run.kinds, ['spawn', 'kill'])
    run.look(3, ended(null, 'SIGKILL'))
    assert.deepEqual(run.kinds, ['spawn', 'kill', 'spawn'])
    assert.equal(run.state.restarts, 1)
    assert.equal(run.state.ends.length, 1)
  })

  it('tells the limit as the reason of back-off and quarantine', () => {
    const run = new Run({ ...botPolicy, crashLoop: { exits: 3, windowMs: 300_000 } })
    run.look(0, gone)
    for (const at of [10_000, 20_000, 30_000]) {
      run.look(at, alive).look(at + 1, over)
      run.look(at + 2, ended(null, 'SIGKILL'))
      if (run.state.phase.kind === 'waiting') run.look(at + 5000, gone)
    }
    const { phase } = run.state
    assert.equal(phase.kind, 'held')
    if (phase.kind === 'held')
      assert.match(phase.reason, /3 ends .*killed: it used 300 MB of memory/)
  })

  it('tries a start again that the machine did not carry out, and never quarantines for it', () => {
    let state: Supervised = { ...neverStarted, phase: { kind: 'starting', since: 0 } }
    for (const expected of [500, 1000, 2000, 4000, 8000]) {
      state = spawnFailed(botPolicy, state, 'no space left on device', 10)
      assert.equal(state.phase.kind === 'waiting' && state.phase.until - 10, expected)
      assert.equal(state.failedStarts, 0)
    }
  })
})
