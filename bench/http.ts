/**
 * The HTTP server of a real control plane with the demo's two instances, beside a bare node:http server that answers the
 * same number of bytes: in turns, asked by a process of its own over connections that are kept.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DrillHome } from '../test/drills/fleet-home.ts'
import type { HttpFigures, HttpLoad } from './http-load.ts'
import { median, type Row, shownRatio } from './measure.ts'

const TURNS = 5
const SECONDS = 2
const CONNECTIONS = 32
const PASSWORD = 'Harbour-Window-Bench-27'

/** Answers whatever it is asked with the bytes of a file; says its port. */
const BARE = `
const body = require('node:fs').readFileSync(process.argv[1])
const head = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length }
const server = require('node:http').createServer((request, response) => {
  response.writeHead(200, head)
  response.end(body)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

/** A control plane with users, at market pace: what it does besides answering is small. */
export class BenchHome extends DrillHome {
  constructor() {
    super(() => ({
      PERPFLEET_ADMIN_PASSWORD: PASSWORD,
      // a bench asks more often than anybody may
      PERPFLEET_API_RATE_LIMIT_SESSION_POINTS: '10000000',
      PERPFLEET_API_RATE_LIMIT_POINTS: '10000000',
    }))
  }

  get url(): string {
    return String(this.json('run/control.json')['url'])
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** The access token of a session, as a browser has it. */
  async logIn(): Promise<string> {
    const answer = await fetch(`${this.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: PASSWORD }),
    })
    if (!answer.ok) throw new Error(`login: ${answer.status} ${await answer.text()}`)
    return ((await answer.json()) as { access_token: string }).access_token
  }
}

/** Runs a script of this folder, which reads its load from standard input and prints its figures; both are JSON. */
export const loaded = <T>(script: string, load: unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    const file = join(import.meta.dirname, script)
    const args = ['--disable-warning=ExperimentalWarning', file]
    const child = execFile(process.execPath, args, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as T)
      else reject(new Error(`${script}: ${stderr}`))
    })
    child.stdin?.end(JSON.stringify(load))
  })

async function bareServer(file: string): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, ['-e', BARE, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(Number(text)))
    child.once('error', reject)
    child.once('exit', () => reject(new Error('the bare server has ended')))
  })
  return { child, port }
}

interface Compared {
  readonly own: readonly HttpFigures[]
  readonly bare: readonly HttpFigures[]
  readonly bytes: number
}

async function compare(
  home: BenchHome,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Compared> {
  const answer = await fetch(`${home.url}${path}`, { headers })
  const body = Buffer.from(await answer.arrayBuffer())
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body}`)
  const file = join(home.dir, 'bare-answer')
  writeFileSync(file, body)
  const bare = await bareServer(file)
  try {
    const ask = (port: number, seconds: number): Promise<HttpFigures> => {
      const load: HttpLoad = { port, path, headers, connections: CONNECTIONS, seconds }
      return loaded('http-load.ts', load)
    }
    // both warm
    await ask(home.port, 1)
    await ask(bare.port, 1)
    const found: { own: HttpFigures[]; bare: HttpFigures[] } = { own: [], bare: [] }
    for (let turn = 0; turn < TURNS; turn++) {
      found.own.push(await ask(home.port, SECONDS))
      found.bare.push(await ask(bare.port, SECONDS))
    }
    return { ...found, bytes: body.length }
  } finally {
    bare.child.kill('SIGKILL')
  }
}

const shown = (figures: readonly HttpFigures[]): string =>
  `${median(figures.map(({ perSecond }) => perSecond)).toFixed(0)}/s, p99 ${median(figures.map(({ p99Ms }) => p99Ms)).toFixed(1)} ms`

function row(what: string, { own, bare, bytes }: Compared, target: string): Row {
  // turn by turn: what else the machine does meets both
  const ratios = own.map((one, index) => one.perSecond / (bare[index]?.perSecond ?? Number.NaN))
  return {
    what: `${what}, ${CONNECTIONS} connections (vs bare node:http, ${bytes} bytes as well)`,
    measured: shown(own),
    reference: shown(bare),
    ratio: shownRatio(median(ratios)),
    note: target,
  }
}

export async function benchHttp(): Promise<readonly Row[]> {
  const home = new BenchHome()
  try {
    await home.up('--speed', '1')
    const headers = { authorization: `Bearer ${await home.logIn()}` }
    return [
      row('GET /health', await compare(home, '/health', {}), 'target: ratio ≥ 0.9'),
      row(
        'GET /api/v1/instances with JWT',
        await compare(home, '/api/v1/instances', headers),
        'target ≥ 10,000/s',
      ),
    ]
  } finally {
    await home.close()
  }
}
