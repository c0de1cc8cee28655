/** A home with a real control plane for the fleet drills, and what the drills ask of it. */
import { FleetHome, type ListedInstance, until } from '../integration/fleet-home.ts'
import type { FleetFile } from './fleet-files.ts'

/** Where a drill tells what it found. */
export interface DrillReport {
  check(name: string, isPassed: boolean, detail: string): void
  /** Markdown. */
  section(text: string): void
}

/** One row of `list --json` with what isolation is about. */
export interface FleetRow extends ListedInstance {
  readonly equity: string | null
  readonly memory_mb: number | null
  readonly last_lines: readonly string[]
}

export class DrillHome extends FleetHome {
  async up(...options: string[]): Promise<void> {
    const { code, stderr } = await this.run('up', '--detach', '--port', '0', ...options)
    if (code !== 0) throw new Error(`up ended with ${code}: ${stderr}`)
  }

  async rows(): Promise<ReadonlyMap<string, FleetRow>> {
    const { url, token } = this.json('run/control.json') as { url: string; token: string }
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}/api/v1/instances`, { headers })
    const { items } = (await answer.json()) as { items: readonly FleetRow[] }
    return new Map(items.map((row) => [row.id, row]))
  }

  async row(id: string): Promise<FleetRow> {
    const row = (await this.rows()).get(id)
    if (row === undefined) throw new Error(`${id} is not listed`)
    return row
  }

  untilRunning(files: readonly FleetFile[], limitMs = 120_000): Promise<void> {
    return until(
      `${files.length} instances run`,
      async () => {
        const rows = await this.rows()
        return files.every(({ id }) => rows.get(id)?.state === 'running')
      },
      limitMs,
    )
  }

  controlPid(): number {
    return Number(this.json('run/control.json')['pid'])
  }

  servicePid(name: 'desk-paper' | 'exchange'): number {
    return Number(this.json(`run/${name}.json`)['pid'])
  }

  /** Pids by program. */
  pidsOf(program: 'bot' | 'desk' | 'exchange' | 'control' | 'cli'): number[] {
    return this.processes()
      .filter(({ command }) => command.includes(`${program}.js`))
      .map(({ pid }) => pid)
  }
}

export interface Standing {
  readonly pid: number | null
  readonly restarts: number
  readonly fills: number
}

export async function standing(home: DrillHome): Promise<ReadonlyMap<string, Standing>> {
  const rows = await home.rows()
  return new Map(
    [...rows].map(([id, { pid, restarts, fills }]) => [id, { pid, restarts, fills: fills ?? 0 }]),
  )
}

/** Instances but `except` whose process or count of restarts is another than before, or that do not run. */
export async function touched(
  home: DrillHome,
  before: ReadonlyMap<string, Standing>,
  except: readonly string[],
): Promise<string[]> {
  const rows = await home.rows()
  return [...before].flatMap(([id, was]) => {
    if (except.includes(id)) return []
    const now = rows.get(id)
    const isSame = now?.pid === was.pid && now?.restarts === was.restarts && now.state === 'running'
    return isSame ? [] : [`${id}: ${now?.state}, pid ${was.pid} → ${now?.pid}`]
  })
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))
