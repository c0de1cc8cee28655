/**
 * From a bot's want to the order on the wire: a real desk process between a bot and an exchange that this process plays.
 * Reference: the same number of hops through a process that only echoes lines.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { price, quantity } from '../src/domain/money.ts'
import type { DeskToExchange } from '../src/protocol/exchange-messages.ts'
import type { DeskLaunch } from '../src/protocol/launch.ts'
import { encodeLine, LineReader } from '../src/protocol/lines.ts'
import { LAST, limits, paper, SOL } from './market.ts'
import { quantile, type Row, shownRatio, shownTime } from './measure.ts'

const WANTS = 1500
const WARM_UP = 200
const TOKEN = 'token-of-the-bench'
const PAUSE_MS = 1

/** Plays the exchange: accepts everything and tells when an order arrives. */
class ExchangeDouble {
  readonly #server: Server
  onOrder: () => void = () => {}

  constructor(path: string) {
    this.#server = createServer((socket) => this.#serve(socket))
    this.#server.listen(path)
  }

  #serve(socket: Socket): void {
    const reader = new LineReader()
    socket.setEncoding('utf8')
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      for (const message of reader.push(String(chunk)))
        this.#answer(socket, message as DeskToExchange)
    })
  }

  #answer(socket: Socket, message: DeskToExchange): void {
    if (!('id' in message)) return
    if (message.type === 'place') this.onOrder()
    const { id } = message
    socket.write(encodeLine({ type: 'answer', id, ok: true, result: resultOf(message) }))
  }

  close(): void {
    this.#server.close()
  }
}

function resultOf(message: Extract<DeskToExchange, { readonly id: number }>): unknown {
  const nothingFilled = { quantityFilled: 0 }
  switch (message.type) {
    case 'hello':
      return { version: 1, feed: 'demo', pace: 'free', wireLatencyMs: 0 }
    case 'attach': {
      const fees = { maker: paper.maker, taker: paper.taker }
      const known = { instrument: SOL, price: { last: LAST, mark: LAST }, at: 1_700_000_000_000 }
      return { ...known, fees, feed: 'demo', pace: 'free' }
    }
    case 'place':
      return message.orders.map(({ clientId }) => ({
        kind: 'accepted',
        clientId,
        status: 'open',
        ...nothingFilled,
      }))
    case 'cancel':
      return message.clientIds.map((clientId) => ({
        kind: 'final',
        clientId,
        status: 'canceled',
        ...nothingFilled,
      }))
    case 'time':
      return { wallMs: Date.now(), marketAt: 1_700_000_000_000 }
    case 'eventsSince':
    case 'openOrders':
    case 'positions':
      return []
    default:
      return null
  }
}

function startDesk(home: string): ChildProcess {
  const launch: DeskLaunch = {
    program: 'desk',
    token: TOKEN,
    name: 'desk-paper',
    socket: join(home, 'desk.sock'),
    pidFile: join(home, 'desk.pid'),
    databaseDir: join(home, 'database'),
    exchangeSocket: join(home, 'exchange.sock'),
    exchangeToken: TOKEN,
    log: { dir: join(home, 'logs'), level: 'info', format: 'text', timeZone: 'UTC' },
  }
  mkdirSync(launch.databaseDir)
  const file = join(home, 'desk.json')
  writeFileSync(file, JSON.stringify(launch))
  const program = join(import.meta.dirname, '..', 'dist', 'main', 'desk.js')
  const flags = ['--disable-warning=ExperimentalWarning', program, '--launch', file]
  return spawn(process.execPath, flags, { cwd: home, stdio: 'ignore' })
}

const ECHO = `require('node:net').createServer((s) => s.on('data', (d) => s.write(d))).listen(process.argv[1])`

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function connected(path: string): Promise<Socket> {
  for (let tries = 0; ; tries++) {
    const socket = connect(path)
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return socket
    if (tries > 200) throw new Error(`nobody listens on ${path}`)
    await sleep(25)
  }
}

/** Sends lines one by one; `arrived` resolves with each arrival. Returns milliseconds. */
async function measure(
  count: number,
  send: (index: number) => void,
  arrived: () => Promise<void>,
): Promise<readonly number[]> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const done = arrived()
    const started = performance.now()
    send(i)
    await done
    times.push(performance.now() - started)
    await sleep(PAUSE_MS)
  }
  return times.slice(WARM_UP)
}

function hello() {
  return {
    type: 'hello',
    version: 1,
    token: TOKEN,
    afterSeq: 0,
    settings: {
      instance: 'bench_01',
      venue: 'backpack',
      account: 'main',
      mode: 'paper',
      symbol: SOL.symbol,
      capital: paper.initialBalance,
      leverage: 1,
      marginMode: 'isolated',
      onBotLost: 'keep',
      limits,
      timeZone: 'UTC',
      paper,
      feed: null,
    },
  }
}

/** A new order each time; the one before is dropped, so that the desk's books stay small. */
function wantsOf(index: number) {
  const slot = (i: number) => `B${14_000 + (i % 900)}`
  const want = {
    slot: slot(index),
    instrument: SOL.id,
    side: 'buy',
    price: price(14_000 + (index % 900)),
    quantity: quantity(10),
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  }
  const drop = index === 0 ? [] : [{ kind: 'drop', slot: slot(index - 1) }]
  const changes = [{ kind: 'rest', want }, ...drop]
  const message = { type: 'wants', basisSeq: 0, step: null, replace: false, changes }
  return encodeLine({ ...message, wakes: null, finish: null })
}

async function throughDesk(home: string): Promise<readonly number[]> {
  const exchange = new ExchangeDouble(join(home, 'exchange.sock'))
  const desk = startDesk(home)
  try {
    const bot = await connected(join(home, 'desk.sock'))
    bot.setEncoding('utf8')
    const isWelcome = new Promise<void>((resolve) => bot.once('data', () => resolve()))
    bot.write(encodeLine(hello()))
    await isWelcome
    bot.on('data', () => {})
    await sleep(500)
    const arrived = () =>
      new Promise<void>((resolve) => {
        exchange.onOrder = resolve
      })
    const times = await measure(WANTS, (index) => void bot.write(wantsOf(index)), arrived)
    bot.destroy()
    return times
  } finally {
    desk.kill('SIGKILL')
    exchange.close()
  }
}

async function throughEcho(home: string): Promise<readonly number[]> {
  const path = join(home, 'echo.sock')
  const echo = spawn(process.execPath, ['-e', ECHO, path], { stdio: 'ignore' })
  try {
    const socket = await connected(path)
    const arrived = () => new Promise<void>((resolve) => void socket.once('data', () => resolve()))
    const times = await measure(WANTS, (index) => void socket.write(wantsOf(index)), arrived)
    socket.destroy()
    return times
  } finally {
    echo.kill('SIGKILL')
  }
}

export async function benchWire(): Promise<readonly Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'perpfleet-wire-'))
  try {
    const desk = await throughDesk(home)
    const echo = await throughEcho(home)
    const row = (name: string, share: number, note: string): Row => {
      const [own, reference] = [quantile(desk, share), quantile(echo, share)]
      return {
        what: `decision → wire through a real desk, ${name} (vs a bare socket echo)`,
        measured: shownTime(own * 1e6),
        reference: shownTime(reference * 1e6),
        ratio: shownRatio(own / reference),
        note,
      }
    }
    return [row('median', 0.5, 'target ≤ 1 ms'), row('p99', 0.99, 'target ≤ 3 ms')]
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
