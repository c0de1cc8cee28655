/** The log of an instance on another machine, piece by piece; what is asked for is picked out here. */
import type { LineSource } from '../cli/context.ts'
import { LineSieve, type LogFilter, timeOf } from '../cli/log-line.ts'
import type { HttpFleet } from '../client/fleet-access.ts'

const PAGE_LINES_MAX = 5000

export class RemoteLog implements LineSource {
  readonly #fleet: HttpFleet
  readonly #id: string
  readonly #stream: 'bot' | 'daemon'
  #newer: string | null = null

  constructor(fleet: HttpFleet, id: string, stream: 'bot' | 'daemon') {
    this.#fleet = fleet
    this.#id = id
    this.#stream = stream
  }

  async last(count: number, filter: LogFilter): Promise<readonly string[]> {
    const isPlain = filter.level === null && filter.pattern === null && filter.until === null
    const limit = isPlain ? Math.min(Math.max(1, count), PAGE_LINES_MAX) : PAGE_LINES_MAX
    let lines: string[] = []
    let before: string | null = null
    for (;;) {
      const page = await this.#fleet.logPage(this.#id, this.#stream, { before, limit })
      this.#newer ??= page.newer
      lines = [...sieved(page.items, filter), ...lines]
      before = page.older
      if (before === null || lines.length >= count || isBefore(page.items, filter.since)) break
    }
    return count === 0 ? [] : lines.slice(-count)
  }

  async more(filter: LogFilter): Promise<readonly string[]> {
    const lines: string[] = []
    for (let after = this.#newer; after !== null; ) {
      const page = await this.#fleet.logPage(this.#id, this.#stream, { after })
      this.#newer = page.newer
      lines.push(...sieved(page.items, filter))
      after = page.newer === after ? null : page.newer
    }
    return lines
  }
}

function sieved(lines: readonly string[], filter: LogFilter): string[] {
  const sieve = new LineSieve(filter)
  return lines.filter((line) => sieve.takes(line))
}

/** Whether nothing older can be of interest. */
function isBefore(lines: readonly string[], since: number | null): boolean {
  if (since === null) return false
  for (const line of lines) {
    const at = timeOf(line)
    if (at !== null) return at < since
  }
  return false
}
