/** A home for the process tests: folders, a launch file, the child process, and a client for its port. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { money } from '../../src/domain/money.ts'
import type { BotLaunch } from '../../src/protocol/launch.ts'
import { DESK_TOKEN } from './desk-double.ts'
import { parameters } from './recorded-run.ts'

export const CONTROL_TOKEN = 'token-of-the-control-plane'

export interface Exit {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
}

export interface Reply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests look at
  readonly body: any
  readonly text: string
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

export class BotHome {
  readonly dir = mkdtempSync(join(tmpdir(), 'perpfleet-bot-'))
  readonly socket = join(this.dir, 'run', 'desk.sock')
  port = 0
  child: ChildProcess | null = null
  exit: Promise<Exit> = Promise.reject(new Error('not started'))

  async prepare(): Promise<void> {
    this.exit.catch(() => {})
    mkdirSync(join(this.dir, 'run'))
    this.port = await freePort()
    this.writeControl(CONTROL_TOKEN)
  }

  writeControl(token: string): void {
    writeFileSync(join(this.dir, 'run', 'control.json'), JSON.stringify({ token }))
  }

  launch(changes: Partial<BotLaunch> = {}): BotLaunch {
    const { dir } = this
    return {
      program: 'bot',
      token: 'token-of-this-spawn',
      settings: {
        instance: 'tiny_01',
        venue: 'backpack',
        account: 'main',
        mode: 'paper',
        symbol: 'SOL/USDC:USDC',
        capital: money(10_000e8),
        leverage: 1,
        marginMode: 'isolated',
        onBotLost: 'cancel',
        limits: {
          positionSizeMax: 1e8,
          positionNotionalMax: null,
          dailyLossMax: 1e8,
          drawdownMax: 1e8,
          capitalUtilizationMax: 1e8,
          onBreach: 'reduce_only',
        },
        timeZone: 'UTC',
        paper: null,
        feed: null,
      },
      name: 'Tiny <b>grid</b>',
      strategy: 'tiny',
      parameters: { ...parameters },
      initialPosition: 'open',
      deskSocket: this.socket,
      deskToken: DESK_TOKEN,
      dbPath: join(dir, 'database', 'tiny_01.db'),
      pidFile: join(dir, 'logs', 'tiny_01', 'bot.pid'),
      web: { host: '127.0.0.1', port: this.port },
      controlFile: join(dir, 'run', 'control.json'),
      configFile: null,
      log: { dir: join(dir, 'logs', 'tiny_01'), level: 'info', format: 'text', timeZone: 'UTC' },
      ...changes,
    }
  }

  /** Starts the process; its end is awaited by `exit`. */
  start(changes: Partial<BotLaunch> = {}): ChildProcess {
    const file = join(this.dir, 'run', 'bot-tiny_01.json')
    writeFileSync(file, JSON.stringify(this.launch(changes)), { mode: 0o600 })
    const program = join(import.meta.dirname, 'tiny-bot.ts')
    const args = ['--disable-warning=ExperimentalWarning', program, '--launch', file]
    const child = spawn(process.execPath, args, {
      cwd: this.dir,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr?.on('data', (chunk) => {
      stderr += String(chunk)
    })
    this.child = child
    this.exit = new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, stderr }))
    })
    return child
  }

  log(): string {
    const folder = join(this.dir, 'logs', 'tiny_01')
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('bot.log'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('')
  }

  pid(): string {
    return readFileSync(join(this.dir, 'logs', 'tiny_01', 'bot.pid'), 'utf8')
  }

  /** One HTTP request with headers as given; fetch would set Host itself. */
  call(
    method: string,
    path: string,
    body: string | null = null,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.port, method, path, headers, agent: false }
      const call = request(options, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => {
          const isJson = response.headers['content-type']?.startsWith('application/json') === true
          resolve({
            status: response.statusCode ?? 0,
            body: isJson ? JSON.parse(text) : null,
            text,
          })
        })
      })
      call.on('error', reject)
      call.end(body ?? undefined)
    })
  }

  post(path: string, body: unknown): Promise<Reply> {
    return this.call('POST', path, JSON.stringify(body), {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${CONTROL_TOKEN}`,
    })
  }

  async end(): Promise<void> {
    if (this.child?.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL')
      await this.exit
    }
    rmSync(this.dir, { recursive: true, force: true })
  }
}
