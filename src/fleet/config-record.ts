/** Who changed a configuration file, and the record of what was accepted. */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { relative } from 'node:path'
import type { ConfigOrigin, ConfigStore, NewConfigVersion } from '../ports/config-store.ts'
import { fileBehind, writeWhole } from './files.ts'
import type { Home } from './home.ts'

/** The user that this process works for. */
export function presentUser(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}

/** The owner of a file: whoever wrote it last by replacing it, and mostly also who edited it. */
export function ownerOf(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false })
  if (status === undefined || status.uid === process.getuid?.()) return presentUser()
  return nameOfUser(status.uid) ?? `user ${status.uid}`
}

function nameOfUser(uid: number): string | null {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
    const line = lines.find((one) => one.split(':')[2] === String(uid))
    return line?.split(':')[0] ?? null
  } catch {
    return null
  }
}

/** Writes accepted contents down, once each. */
export class ConfigRecord {
  readonly #store: ConfigStore
  readonly #home: Home
  readonly #wallMs: () => number
  /** What was accepted last, by instance. */
  readonly #hashes: Map<string, string>

  constructor(store: ConfigStore, home: Home, wallMs: () => number) {
    this.#store = store
    this.#home = home
    this.#wallMs = wallMs
    this.#hashes = new Map(store.newestHashes())
  }

  /** Whether the content is another than the one accepted last. */
  isNew(instance: string, content: string): boolean {
    return this.#hashes.get(instance) !== hashOf(content)
  }

  /** A version of a file that was found changed on disk. */
  found(instance: string, path: string, content: string): NewConfigVersion {
    const isFirst = !this.#hashes.has(instance)
    return this.version(instance, path, content, isFirst ? 'found' : 'edited', ownerOf(path))
  }

  version(
    instance: string,
    path: string,
    content: string,
    origin: ConfigOrigin,
    author: string,
  ): NewConfigVersion {
    const file = relative(this.#home.root, path)
    return { instance, at: this.#wallMs(), author, origin, file, content }
  }

  addAll(versions: readonly NewConfigVersion[]): void {
    this.#store.addAll(versions)
    for (const { instance, content } of versions) this.#hashes.set(instance, hashOf(content))
  }

  /** Writes a version down, then the file; takes the version back when the file cannot be written. */
  write(instance: string, path: string, text: string, origin: ConfigOrigin, author: string): void {
    const before = this.#store.newest(instance)?.version ?? 0
    const version = this.#store.add(this.version(instance, path, text, origin, author))
    try {
      writeWhole(fileBehind(path), text, statSync(path).mode & 0o777)
    } catch (error) {
      if (version > before) this.#store.removeNewest(instance, version)
      throw error
    }
    this.#hashes.set(instance, hashOf(text))
  }

  /** @returns the content accepted last */
  newest(instance: string): { readonly content: string; readonly version: number } | null {
    return this.#store.newest(instance)
  }
}

const hashOf = (content: string): string => createHash('sha256').update(content).digest('hex')
