/**
 * The files below config/ as commands change them: every change is checked first, written down as a version in
 * fleet.db, then put in place as a whole. Works with and without a control plane; one that runs sees the file.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { basename, extname, join, relative, resolve } from 'node:path'
import { parseConfiguration } from '../config/document.ts'
import { editedText, type KeyEdit } from '../config/edit-text.ts'
import type { LoadedFleetConfiguration } from '../config/fleet-configuration.ts'
import { fleetText } from '../config/fleet-difference.ts'
import {
  isInstanceFileName,
  loadInstanceFile,
  loadInstances,
  loadInstanceText,
} from '../config/instances.ts'
import { contractsOf, type ResolvedInstance } from '../config/resolved-instance.ts'
import { changedSecrets, literalSecrets, MASK, maskedText } from '../config/secrets.ts'
import { nearest } from '../config/suggestion.ts'
import { textDifference } from '../config/text-difference.ts'
import type { VenueAccess } from '../config/venue-access.ts'
import type { ConfigOrigin, ConfigStore, ConfigVersionInfo } from '../ports/config-store.ts'
import type { CreatedConfig, ShownConfig, WrittenConfig } from '../protocol/config-messages.ts'
import { modernText, resolvedDifferences } from './config-import.ts'
import { fileBehind, writeWhole } from './files.ts'
import type { Home } from './home.ts'
import { assertWritable, homeError } from './home-check.ts'

/** A change that was not made; the message is one sentence or one a line. */
export class ConfigFileError extends Error {
  override readonly name = 'ConfigFileError'
  readonly code: 'NOT_FOUND' | 'CONFLICT' | 'FAULTY' | 'VALIDATION'
  constructor(code: ConfigFileError['code'], text: string) {
    super(text)
    this.code = code
  }
}

export interface ConfigFilesParts {
  readonly home: Home
  /** config/templates/ of the package. */
  readonly templates: string
  readonly store: ConfigStore
  readonly author: string
  loadFleet(): LoadedFleetConfiguration
  wallMs(): number
}

const FLEET = 'fleet'

export class ConfigFiles {
  readonly #parts: ConfigFilesParts
  #fleet: LoadedFleetConfiguration | null = null

  constructor(parts: ConfigFilesParts) {
    this.#parts = parts
  }

  /** @throws ConfigFileError NOT_FOUND when neither a version nor a file is known */
  history(id: string): readonly ConfigVersionInfo[] {
    const versions = this.#parts.store.history(id)
    if (versions.length === 0 && id !== FLEET) this.#fileOf(id)
    return versions
  }

  /** `version` null: the file as it is now, faulty or not. */
  show(id: string, version: number | null): ShownConfig {
    const { file, content } = this.#text(id, version)
    const before = this.#parts.store.newest(id)?.content ?? null
    return { file: this.#shown(file), version, content: maskedText(content, file, before) }
  }

  /**
   * Everything that holds for an instance, defaults filled in; variables of its process and credentials are not shown.
   * @throws ConfigFileError when the file has faults
   */
  effective(id: string): ResolvedInstance {
    const instance = this.#checked(this.#fileOf(id), this.#text(id, null).content, null)
    return {
      ...instance,
      environment: masked(instance.environment),
      access: shownAccess(instance.access),
      legs: instance.legs.map((leg) => ({ ...leg, access: shownAccess(leg.access) })),
    }
  }

  /** Lines as of `diff -u`; secrets masked, one that differs is named. `b` null: the file as it is now. */
  difference(id: string, a: number, b: number | null): readonly string[] {
    const [before, after] = [this.#text(id, a), this.#text(id, b)]
    const texts = [before, after].map(({ content, file }) => maskedText(content, file))
    const lines = textDifference(texts[0] ?? '', texts[1] ?? '')
    const secrets = changedSecrets(before.content, after.content, after.file)
    const told = secrets.map((key) => `# ${key} differs; secrets are not shown`)
    if (lines.length + told.length === 0) return []
    const name = ({ file }: { file: string }, version: number | null) =>
      `${this.#shown(file)} ${version === null ? 'now' : `version ${version}`}`
    return [`--- ${name(before, a)}`, `+++ ${name(after, b)}`, ...lines, ...told]
  }

  #text(id: string, version: number | null): { readonly file: string; readonly content: string } {
    const { store, home } = this.#parts
    if (version === null && id === FLEET) {
      const file = join(home.root, 'config', 'local.yml')
      return { file, content: fleetText(this.#loadedFleet().configuration) }
    }
    if (version === null) {
      const file = this.#fileOf(id)
      return { file, content: readFileSync(file, 'utf8') }
    }
    const found = store.version(id, version)
    if (found !== null) return { file: resolve(home.root, found.file), content: found.content }
    const newest = store.newest(id)?.version ?? null
    if (newest === null && id !== FLEET) this.#fileOf(id)
    const known = newest === null ? 'none yet' : newest === 1 ? '1' : `1 to ${newest}`
    throw new ConfigFileError('NOT_FOUND', `${id} has no version ${version}; known: ${known}`)
  }

  /** Brings an earlier version back as a new one. */
  rollback(id: string, version: number): WrittenConfig {
    if (id === FLEET) {
      const text =
        'the fleet’s configuration comes from several layers: change config/local.yml back yourself (config diff fleet shows what differs)'
      throw new ConfigFileError('CONFLICT', text)
    }
    const { content, file } = this.#text(id, version)
    const present = this.#find(id)
    const target = present ?? join(this.#parts.home.active, basename(file))
    if (extname(target) !== extname(file)) {
      const text = `version ${version} of ${id} was ${this.#shown(file)}, the file is ${this.#shown(target)} now: move that one away first`
      throw new ConfigFileError('CONFLICT', text)
    }
    return this.#write(id, target, content, 'rollback')
  }

  /** A file of a template, under another id. */
  create(template: string, id: string): CreatedConfig {
    const source = this.#template(template)
    const target = this.#newFile(id, extname(source))
    const edits: KeyEdit[] = [
      { path: ['metadata', 'instance_id'], value: id },
      { path: ['metadata', 'name'], value: id },
      // Two instances with one port would only be told so.
      { path: ['daemon_config', 'web_port'], value: undefined },
    ]
    const text = editedText(readFileSync(source, 'utf8'), source, edits)
    const own = this.#onOwnAccount(target, text, id)
    const written = this.#write(id, target, own ?? text, 'new')
    return { ...this.#created(target, written), own_account: own === null ? null : id }
  }

  /** Paper accounts cost nothing: a new instance gets one of its own where its contract is taken. Null = it is free. */
  #onOwnAccount(target: string, text: string, id: string): string | null {
    const made = this.#checked(target, text, null)
    const isTaken = this.#sameContract(made).length > 0
    if (made.settings.mode !== 'paper' || !isTaken) return null
    return editedText(text, target, [{ path: ['exchange_config', 'account'], value: id }])
  }

  /** An older file in today's form; the instance it makes is the same. */
  import(path: string, instanceId: string | null): CreatedConfig {
    const source = resolve(path)
    if (!existsSync(source)) throw new ConfigFileError('NOT_FOUND', `there is no file ${path}`)
    const { configuration } = this.#loadedFleet()
    const { instance, faults } = loadInstanceFile(source, configuration, {
      ...this.#options(),
      instanceId,
    })
    if (instance === null) throw faulty(faults)
    const { id } = instance
    const target = this.#newFile(id, extname(source))
    const modern = modernText(readFileSync(source, 'utf8'), source)
    const edits: KeyEdit[] =
      instanceId === null ? [] : [{ path: ['metadata', 'instance_id'], value: instanceId }]
    const text = editedText(modern, source, edits)
    const differences = resolvedDifferences(instance, this.#checked(target, text, id))
    if (differences.length > 0) {
      const keys = differences.join(', ')
      throw new ConfigFileError(
        'FAULTY',
        `${path} would change its meaning (${keys}): nothing is written`,
      )
    }
    return this.#created(target, this.#write(id, target, text, 'import'))
  }

  #created(target: string, written: WrittenConfig): CreatedConfig {
    const own = this.#checked(target, readFileSync(target, 'utf8'), null)
    const same = this.#sameContract(own)
    return { ...written, autostart: own.isAutostart, same_contract: same, own_account: null }
  }

  /** Ids of the others in config/active/ with its contract on its account. */
  #sameContract(own: ResolvedInstance): readonly string[] {
    const { configuration } = this.#loadedFleet()
    const { instances } = loadInstances(this.#parts.home.active, configuration, this.#options())
    const same = instances.filter((one) => one.id !== own.id && hasSameContract(one, own))
    return same.map(({ id }) => id)
  }

  close(): void {
    this.#parts.store.close()
  }

  /** Moves the file of an instance to config/archived/; @returns where it lies now. */
  archive(id: string): string {
    const file = this.#fileOf(id)
    const { home, store, author, wallMs } = this.#parts
    const folder = join(home.root, 'config', 'archived')
    assertWritable(home)
    mkdirSync(folder, { recursive: true })
    const day = new Date(wallMs()).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
    const plain = join(folder, basename(file))
    const target = existsSync(plain)
      ? join(folder, `${basename(file, extname(file))}.${day}${extname(file)}`)
      : plain
    const content = readFileSync(file, 'utf8')
    const entry = { instance: id, at: wallMs(), author, file: this.#shown(file), content }
    store.add({ ...entry, origin: 'archived' })
    renameSync(file, target)
    return this.#shown(target)
  }

  /** Names of the templates, the home's own before the shipped ones. */
  templates(): readonly string[] {
    const names = this.#templateFolders().flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder).filter(isInstanceFileName) : [],
    )
    return [...new Set(names.map((name) => basename(name, extname(name))))].sort()
  }

  #templateFolders(): string[] {
    return [join(this.#parts.home.root, 'config', 'templates'), this.#parts.templates]
  }

  #template(name: string): string {
    for (const folder of this.#templateFolders()) {
      const names = existsSync(folder) ? readdirSync(folder).filter(isInstanceFileName) : []
      const found = names.find((one) => one === name || basename(one, extname(one)) === name)
      if (found !== undefined) return join(folder, found)
    }
    const known = this.templates().join(', ')
    throw new ConfigFileError('NOT_FOUND', `there is no template ${name}; known: ${known}`)
  }

  #newFile(id: string, ending: string): string {
    const present = this.#find(id)
    if (present === null) return join(this.#parts.home.active, `${id}${ending}`)
    const text = `${id} exists already (${this.#shown(present)}): change it there, archive it, or choose another id`
    throw new ConfigFileError('CONFLICT', text)
  }

  /** Checks the text, writes the version down, then the file. */
  #write(id: string, target: string, content: string, origin: ConfigOrigin): WrittenConfig {
    const instance = this.#checked(target, content, null)
    if (instance.id !== id) {
      const text = `the text is that of ${instance.id}, not of ${id}: nothing is written`
      throw new ConfigFileError('FAULTY', text)
    }
    const { store, author, wallMs } = this.#parts
    const file = this.#shown(target)
    const before = store.newest(id)?.version ?? 0
    const version = store.add({ instance: id, at: wallMs(), author, origin, file, content })
    try {
      writeWhole(fileBehind(target), content, modeOf(target, content))
    } catch (error) {
      if (version > before) store.removeNewest(id, version)
      throw error
    }
    return { id, file, version }
  }

  #checked(file: string, text: string, instanceId: string | null): ResolvedInstance {
    const { configuration } = this.#loadedFleet()
    const options = { ...this.#options(), instanceId }
    const { instance, faults } = loadInstanceText(file, text, configuration, options)
    if (instance === null) throw faulty(faults)
    return instance
  }

  #loadedFleet(): LoadedFleetConfiguration {
    this.#fleet ??= this.#parts.loadFleet()
    if (this.#fleet.faults.length > 0) throw faulty(this.#fleet.faults)
    return this.#fleet
  }

  #options() {
    return { environment: this.#loadedFleet().environment, home: this.#parts.home.root }
  }

  #shown(file: string): string {
    return relative(this.#parts.home.root, file)
  }

  #fileOf(id: string): string {
    const found = this.#find(id)
    if (found !== null) return found
    const { store, home } = this.#parts
    const newest = store.newest(id)
    if (newest !== null) {
      const back = `perpfleet config rollback ${id} ${newest.version} brings the last one back`
      throw new ConfigFileError('NOT_FOUND', `there is no file of ${id} in config/active/: ${back}`)
    }
    const files = existsSync(home.active) ? readdirSync(home.active).filter(isInstanceFileName) : []
    const names = files.map((name) => basename(name, extname(name)))
    const meant = nearest(id, new Set([...names, ...store.newestHashes().keys()]))
    const text =
      meant === null
        ? `there is no file of ${id} in config/active/`
        : `there is no file of ${id} in config/active/ (did you mean ${meant}?)`
    throw new ConfigFileError('NOT_FOUND', `${text}; known: ${names.join(', ') || 'none'}`)
  }

  /** The file of an instance: by its name when that fits, else by looking into all of them. */
  #find(id: string): string | null {
    const { active, root } = this.#parts.home
    const names = existsSync(active) ? readdirSync(active).filter(isInstanceFileName) : []
    const load = (path: string) =>
      loadInstanceFile(path, this.#loadedFleet().configuration, this.#options()).instance
    const likely = names.filter((name) => basename(name, extname(name)) === id)
    const last = this.#parts.store.newest(id)?.file
    if (last !== undefined && names.includes(basename(last))) likely.push(basename(last))
    for (const name of likely) {
      const path = join(active, name)
      const instance = load(path)
      if (instance === null || instance.id === id) return path
    }
    const options = { ...this.#options(), home: root }
    const all = loadInstances(active, this.#loadedFleet().configuration, options).instances
    return all.find((one) => one.id === id)?.file ?? null
  }
}

/** That of the file it replaces; a new one with secrets in it is for its owner alone. */
function modeOf(target: string, content: string): number {
  const present = statSync(target, { throwIfNoEntry: false })
  if (present !== undefined) return present.mode & 0o777
  const hasSecrets = literalSecrets(parseConfiguration(content, target).root).length > 0
  return hasSecrets ? 0o600 : 0o644
}

/** The desk lets one instance trade a contract of an account. */
const masked = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.keys(values).map((name) => [name, MASK]))

/** Which credentials are given, and none of them; addresses without the password that may stand in them. */
function shownAccess(access: VenueAccess | null): VenueAccess | null {
  if (access === null) return null
  const { credential, restUrl, wsUrl, proxy } = access
  const address = (text: string | null) => text?.replace(/:\/\/[^\s/@]*@/, `://${MASK}@`) ?? null
  return {
    ...access,
    restUrl: address(restUrl),
    wsUrl: address(wsUrl),
    proxy: address(proxy),
    credential:
      credential.kind === 'given'
        ? { kind: 'given', values: masked(credential.values) }
        : credential,
  }
}

/** One that some leg of both trades. */
function hasSameContract(a: ResolvedInstance, b: ResolvedInstance): boolean {
  const keys = ['mode', 'venue', 'account', 'symbol'] as const
  const others = contractsOf(b)
  return contractsOf(a).some((one) =>
    others.some((two) => keys.every((key) => one[key] === two[key])),
  )
}

const faulty = (faults: readonly { readonly text: string }[]): ConfigFileError =>
  new ConfigFileError('FAULTY', faults.map(({ text }) => text).join('\n'))

const LOCAL = `# What differs on this machine from config/base.yml; not in git. All keys with unit and meaning:
# docs/reference/configuration.md. Check with: perpfleet config validate

# api:
#   port: 8080
# trading:
#   max_daily_loss: 0.05       # a share: 0.05 is five percent
`

/**
 * Makes what a home needs and is not there yet; nothing is replaced.
 * @param packageRoot where the shipped templates and .env.example lie
 * @returns what was made
 */
export function initHome(home: Home, packageRoot: string, withDemo: boolean): string[] {
  const made: string[] = []
  const folders = [
    'config/active',
    'config/archived',
    'config/templates',
    'database',
    'logs',
    'run',
  ]
  for (const name of folders) {
    const path = join(home.root, name)
    if (existsSync(path)) continue
    makeFolder(home, path, name === 'run' ? 0o700 : 0o777)
    made.push(`${name}/`)
  }
  const shipped = join(packageRoot, 'config', 'templates')
  const templates = existsSync(shipped) ? readdirSync(shipped).filter(isInstanceFileName) : []
  const copies = templates.map((name): [string, string] => [
    join(shipped, name),
    `config/templates/${name}`,
  ])
  const demos = templates.filter((name) => withDemo && name.startsWith('demo_'))
  for (const name of demos) copies.push([join(shipped, name), `config/active/${name}`])
  for (const [from, name] of copies) {
    const to = join(home.root, name)
    if (existsSync(to) || resolve(from) === to) continue
    writeWhole(to, readFileSync(from, 'utf8'), statSync(from).mode & 0o777)
    made.push(name)
  }
  const example = join(packageRoot, '.env.example')
  const files: [string, string, number][] = [['config/local.yml', LOCAL, 0o600]]
  if (existsSync(example)) files.push(['.env', readFileSync(example, 'utf8'), 0o600])
  for (const [name, text, mode] of files) {
    const path = join(home.root, name)
    if (existsSync(path)) continue
    writeWhole(path, text, mode)
    made.push(name)
  }
  return made
}

function makeFolder(home: Home, path: string, mode: number): void {
  try {
    mkdirSync(path, { recursive: true, mode })
  } catch (error) {
    throw homeError(home.root, error)
  }
}
