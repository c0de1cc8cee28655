/**
 * Kills bots, desks and exchanges, aimed by phase, one at a time in each world, and waits until everything trades again.
 * A bot is killed again only after 60 healthy seconds; desk and exchange more often.
 */
import { Random } from '../support/random.ts'
import { delayInto, isMarksmanFree, nextFill, nextIntent, shootAtCommit } from './aim.ts'
import { type Measured, measure, type Phase, seeKill } from './phases.ts'
import type { ProgramKind, Supervised } from './supervised.ts'
import { type DeskStatus, sleep, until, type World } from './world.ts'

export interface Kill {
  readonly world: string
  readonly kind: ProgramKind
  readonly aim: Phase | null
  readonly phase: Measured
  /** From the kill until the program trades again; null = not within the limit. */
  readonly backMs: number | null
}

const RECOVERY_LIMIT_MS = 30_000
/** An order on the wire needs one way; the look at what has arrived comes after this. */
const ARRIVAL_MS = 500

/** Kills of services in one round of a world; a bot is killed once a round. */
const ROUND = { desk: 7, exchange: 4 }
/** What each kind of program is aimed at, in turn. */
const AIMS: Readonly<Record<ProgramKind, readonly Phase[]>> = {
  bot: ['accepted unseen', 'fill unseen', 'sent'],
  desk: ['intent committed', 'fill unseen', 'intent committed', 'accepted unseen', 'sent'],
  exchange: ['sent', 'accepted unseen', 'fill unseen'],
}

/** Reasons that say that an instance does not trade yet. */
const NOT_TRADING = new Set(['reconciling', 'venue_unavailable', 'bot_lost', 'basis_behind'])

export class CrashDrill {
  readonly world: World
  readonly kills: Kill[] = []
  readonly #random: Random
  readonly #turns: Record<ProgramKind, number> = { bot: 0, desk: 0, exchange: 0 }

  constructor(world: World, seed: number) {
    this.world = world
    this.#random = new Random(seed)
  }

  /** One round: every bot once, the services several times, in random order. */
  async round(): Promise<void> {
    const queue: ProgramKind[] = [...this.world.bots.keys()].map(() => 'bot')
    for (let i = 0; i < ROUND.desk; i++) queue.push('desk')
    for (let i = 0; i < ROUND.exchange; i++) queue.push('exchange')
    const left = new Set(this.world.bots.keys())
    while (queue.length > 0) {
      const ready = [...left].filter((id) => this.world.bots.get(id)?.isHealthy)
      const open = queue.filter((kind) => kind !== 'bot' || ready.length > 0)
      if (open.length === 0) {
        await sleep(200)
        continue
      }
      const kind = this.#random.pick(open)
      queue.splice(queue.indexOf(kind), 1)
      const killed = await this.#one(kind, new Set(ready))
      if (killed !== null) left.delete(killed)
      await sleep(this.#random.int(50, 400))
    }
  }

  /** One kill; returns the bot that was killed. */
  async #one(kind: ProgramKind, ready: ReadonlySet<string>): Promise<string | null> {
    const aim = this.#nextAim(kind)
    const { world } = this
    const among = kind === 'bot' ? ready : new Set(world.bots.keys())
    const pid = kind === 'bot' ? null : (this.#service(kind).pid ?? null)
    const isShot = aim === 'intent committed' && pid !== null && (await shootAtCommit(world, pid))
    const target = isShot || aim === 'intent committed' ? null : await this.#wait(aim, among)
    const instance = kind === 'bot' ? (target?.instance ?? this.#random.pick([...ready])) : null
    const program = instance === null ? this.#service(kind) : world.bots.get(instance)
    if (program === undefined) return null
    const killedAt = performance.now()
    if (isShot && pid !== null) await program.gone(pid)
    else await program.kill()
    const sight = seeKill(world, kind, instance)
    const recovered = this.#recovered(kind, program, instance, killedAt)
    await sleep(ARRIVAL_MS)
    const phase = measure(world, sight, aim)
    const backMs = await recovered
    this.kills.push({ world: world.options.name, kind, aim, phase, backMs })
    return instance
  }

  #service(kind: ProgramKind): Supervised {
    return kind === 'desk' ? this.world.desk : this.world.exchange
  }

  #nextAim(kind: ProgramKind): Phase {
    const aims = AIMS[kind]
    const aim = aims[this.#turns[kind]++ % aims.length] ?? 'sent'
    return aim === 'intent committed' && !isMarksmanFree() ? 'accepted unseen' : aim
  }

  async #wait(aim: Phase, among: ReadonlySet<string>) {
    const { world } = this
    const target = await (aim === 'fill unseen' ? nextFill : nextIntent)(world, among)
    if (target !== null) {
      await sleep(delayInto(aim, world.options.wireLatencyMs, () => this.#random.next()))
    }
    return target
  }

  /** Milliseconds from the kill until the desk and every bot that it concerns trade again. */
  async #recovered(
    kind: ProgramKind,
    program: Supervised,
    instance: string | null,
    killedAt: number,
  ): Promise<number | null> {
    const pid = () => program.pid
    const isUp = async (): Promise<boolean> => {
      if (pid() === null) return false
      if (kind === 'exchange' && (await this.world.exchangeStatus())?.state !== 'running') {
        return false
      }
      const status = await this.world.deskStatus()
      if (status === null || !isDeskTrading(status, this.world, instance)) return false
      return instance === null
        ? kind === 'exchange' || this.#areBotsUp(status)
        : this.#isBotUp(instance, status, pid())
    }
    const ms = await until(isUp, RECOVERY_LIMIT_MS, 15)
    return ms === null ? null : performance.now() - killedAt
  }

  async #areBotsUp(status: DeskStatus): Promise<boolean> {
    const ups = [...this.world.bots].map(([id, bot]) => this.#isBotUp(id, status, bot.pid))
    return (await Promise.all(ups)).every(Boolean)
  }

  /** The bot has been welcomed and has booked what the desk had handed out: its wants are with the desk. */
  async #isBotUp(id: string, status: DeskStatus, pid: number | null): Promise<boolean> {
    const bot = await this.world.botStatus(id)
    const known = status.accounts.flatMap(({ instances }) => instances)
    const desk = known.find(({ instance }) => instance === id)
    if (bot === null || desk === undefined || bot.pid !== pid) return false
    return bot.state === 'running' && (bot.last_seq ?? -1) >= desk.last_seq
  }
}

/** Every account is compared with the venue, every bot heard, and no slot waits for either. */
export function isDeskTrading(status: DeskStatus, world: World, instance: string | null): boolean {
  if (status.accounts.length < world.accounts.size) return false
  const instances = status.accounts.flatMap(({ instances: own }) => own)
  if (instances.length < world.options.instances.length) return false
  if (!status.accounts.every(({ is_reconciled }) => is_reconciled)) return false
  return instances
    .filter((one) => instance === null || one.instance === instance)
    .every(
      (one) =>
        one.is_bot_connected && !Object.values(one.reasons).some((code) => NOT_TRADING.has(code)),
    )
}
