/** The real stack for the browser: control plane, bots, desk and exchange of a home of their own, with users. */
import { createServer } from 'node:net'
import { DrillHome } from '../drills/fleet-home.ts'
import { until } from '../integration/fleet-home.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
}

export const admin: Credentials = { username: 'admin', password: 'Tide-Ledger-Orchard-19' }
export const viewer: Credentials = { username: 'onlooker', password: 'Copper-Lantern-Meadow-84' }

/** One that nobody listens on now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      )
    })
  })
}

export class BrowserStack extends DrillHome {
  #port = 0

  constructor() {
    super(() => ({ PERPFLEET_ADMIN_PASSWORD: admin.password }))
  }

  get url(): string {
    return `http://localhost:${this.#port}`
  }

  /** The demo, or what lies in `config/active/` already, with so many minutes of market in a minute. */
  async start(speed: number): Promise<void> {
    this.#port = await freePort()
    await this.up('--port', String(this.#port), '--speed', String(speed))
    const rows = await this.rows()
    await this.untilRunning([...rows.keys()].map((id) => ({ id, venue: '', base: '' })))
  }

  /** kill -9: the bots trade on, nobody answers at the port. */
  async killControl(): Promise<void> {
    const pid = this.controlPid()
    process.kill(pid, 'SIGKILL')
    await until('the control plane is gone', () => this.pidsOf('cli').includes(pid) === false)
  }

  /** Another control plane at the same address. */
  startControl(...options: string[]): Promise<void> {
    return this.up('--port', String(this.#port), ...options)
  }

  async addUser(user: Credentials, role: string): Promise<void> {
    await this.ask('POST', '/users', { ...user, role })
  }

  /** As the command line asks: with the token of run/control.json. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const { url, token } = this.json('run/control.json') as { url: string; token: string }
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} → ${answer.status}: ${text}`)
    return JSON.parse(text)
  }
}
