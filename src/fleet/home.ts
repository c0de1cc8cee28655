/** Where everything lies below a home (docs/reference/files.md). */
import { join } from 'node:path'

export class Home {
  readonly root: string

  /** `root`: absolute path. */
  constructor(root: string) {
    this.root = root
  }

  get active(): string {
    return join(this.root, 'config', 'active')
  }
  get run(): string {
    return join(this.root, 'run')
  }
  get database(): string {
    return join(this.root, 'database')
  }
  get history(): string {
    return join(this.root, 'history')
  }
  get fleetDatabase(): string {
    return join(this.database, 'fleet.db')
  }
  get equityDatabase(): string {
    return join(this.database, 'equity.db')
  }
  get controlFile(): string {
    return join(this.run, 'control.json')
  }
  get controlLock(): string {
    return join(this.run, 'control.lock')
  }
  get registry(): string {
    return join(this.root, 'logs', 'instances.json')
  }

  logs(name: string): string {
    return join(this.root, 'logs', name)
  }
  /** run/{desk-…,exchange}.json */
  serviceFile(name: string): string {
    return join(this.run, `${name}.json`)
  }
  socket(name: string): string {
    return join(this.run, `${name}.sock`)
  }
  /** Bots: run/bot-ID.json; desks and the exchange: run/NAME.launch.json. */
  launchFile(name: string): string {
    return join(this.run, name.startsWith('bot-') ? `${name}.json` : `${name}.launch.json`)
  }
}

/** `YYYY-MM-DD` of a wall time in a time zone: the name of a day's log folder. */
export function dayName(wallMs: number, timeZone: string): string {
  const parts = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const
  return new Intl.DateTimeFormat('en-CA', parts).format(wallMs)
}
