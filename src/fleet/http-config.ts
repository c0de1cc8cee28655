/** The configuration files over HTTP, as the config commands of another machine use them (docs/reference/http.md). */
import { CommandError } from './commands.ts'
import type { ConfigFiles } from './config-files.ts'
import type { Fleet } from './fleet.ts'

type Body = Readonly<Record<string, unknown>>

export interface ValidationReport {
  /** One sentence each. */
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
  /** Ids of the instances that may run. */
  readonly instances: readonly string[]
}

export interface ConfigParts {
  /** The files of this home; what is changed is written down as that of `author`. */
  configFiles(author: string): ConfigFiles
  validate(): ValidationReport
}

const AUTHOR_LENGTH_MAX = 64
const READER = 'operator'

export class HttpConfig {
  readonly #fleet: Fleet
  readonly #parts: ConfigParts

  constructor(fleet: Fleet, parts: ConfigParts) {
    this.#fleet = fleet
    this.#parts = parts
  }

  validate(): ValidationReport {
    return this.#parts.validate()
  }

  show(id: string, query: URLSearchParams): unknown {
    const version = query.get('version')
    const number = version === null ? null : versionOf(version)
    return { id, ...this.#parts.configFiles(READER).show(id, number) }
  }

  effective(id: string): unknown {
    return this.#parts.configFiles(READER).effective(id)
  }

  versions(id: string): unknown {
    return { items: this.#parts.configFiles(READER).history(id), next_cursor: null }
  }

  difference(id: string, query: URLSearchParams): unknown {
    const b = query.get('b')
    const [from, to] = [versionOf(query.get('a')), b === null ? null : versionOf(b)]
    return { id, lines: this.#parts.configFiles(READER).difference(id, from, to) }
  }

  create(body: Body): unknown {
    const { template, id } = body
    if (typeof template !== 'string' || typeof id !== 'string')
      throw new CommandError('VALIDATION', 'template and id must be texts')
    return this.#changed(this.#files(body).create(template, id))
  }

  rollback(id: string, body: Body): unknown {
    return this.#changed(this.#files(body).rollback(id, versionOf(body['version'])))
  }

  archive(id: string, body: Body): unknown {
    if (this.#fleet.units.get(id)?.process.isAlive === true)
      throw new CommandError('CONFLICT', `${id} runs: perpfleet stop ${id} first`)
    return this.#changed({ id, file: this.#files(body).archive(id) })
  }

  #files({ author }: Body): ConfigFiles {
    const isNamed = typeof author === 'string' && author !== ''
    return this.#parts.configFiles(isNamed ? author.slice(0, AUTHOR_LENGTH_MAX) : READER)
  }

  /** The fleet sees a changed file by itself; whoever asks next should see it as well. */
  #changed<T>(result: T): T {
    this.#fleet.scan()
    return result
  }
}

/** @throws CommandError VALIDATION */
function versionOf(value: unknown): number {
  const text = String(value ?? 'nothing')
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new CommandError('VALIDATION', `a version is a number from 1, found ${text.slice(0, 40)}`)
}
