// Documentation and code compared in both directions. To add a comparison: append a row to COMPARISONS.
// A comparison answers undefined while there is no page to compare.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Difference {
  onlyInDocs: string[]
  onlyInCode: string[]
}

interface Comparison {
  name: string
  compare(root: string): Promise<Difference | undefined> | Difference | undefined
}

export function difference(docs: Iterable<string>, code: Iterable<string>): Difference {
  const inDocs = new Set(docs)
  const inCode = new Set(code)
  return {
    onlyInDocs: [...inDocs].filter((name) => !inCode.has(name)).sort(),
    onlyInCode: [...inCode].filter((name) => !inDocs.has(name)).sort(),
  }
}

function readPage(root: string, page: string): string | undefined {
  const file = join(root, page)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** What stands in backticks in the first cell of every table row that begins with a backtick. */
export function firstCells(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const cell = /^\|\s*(`(?:\\.|[^|\\])*)\|/.exec(line)?.[1] ?? ''
    return [...cell.matchAll(/`([^`]+)`/g)].map((match) => (match[1] ?? '').replaceAll('\\|', '|'))
  })
}

/** Loads an export of a source file; undefined when the file does not exist. */
async function load(root: string, file: string, names: string[]): Promise<unknown> {
  const path = join(root, file)
  if (!existsSync(path)) return undefined
  const module: Record<string, unknown> = await import(pathToFileURL(path).href)
  const name = names.find((candidate) => module[candidate] !== undefined)
  if (name === undefined) throw new Error(`${file} exports none of ${names.join(', ')}`)
  const value = module[name]
  return typeof value === 'function' ? value() : value
}

function namesIn(value: unknown): string[] {
  if (value === undefined) return []
  if (Array.isArray(value) || value instanceof Set) return [...value].map(String)
  return Object.keys(value as object)
}

/** A page whose tables name something, against a list exported by the code. */
function table(name: string, page: string, file: string, exported: string[]): Comparison {
  return {
    name,
    async compare(root) {
      const text = readPage(root, page)
      if (text === undefined) return undefined
      return difference(firstCells(text), namesIn(await load(root, file, exported)))
    },
  }
}

// --- commands -----------------------------------------------------------------------------------

/** `keys add | list`, `grid show ID`, `start | stop [ID…]` and `user …` as names of commands. */
export function commandsIn(cell: string): string[] {
  const words: string[] = []
  for (const word of cell.replace(/^perpfleet\s+/, '').split(/\s+/)) {
    if (!/^([a-z][a-z-]*|\||…)$/.test(word)) break
    words.push(word)
  }
  const alternatives = words.join(' ').split(' | ')
  const prefix = (alternatives[0] ?? '').split(' ').slice(0, -1).join(' ')
  return alternatives
    .map((name, at) => (at === 0 || prefix === '' ? name : `${prefix} ${name}`))
    .filter((name) => name !== '')
}

interface CommandLike {
  name(): string
  commands: readonly CommandLike[]
  _hidden?: boolean
}

function leaves(command: CommandLike, before: string[] = []): string[] {
  return command.commands
    .filter((child) => child._hidden !== true && child.name() !== 'help')
    .flatMap((child) => {
      const path = [...before, child.name()]
      return child.commands.length === 0 ? [path.join(' ')] : leaves(child, path)
    })
}

/** `user …` in the documentation stands for every command below `user`. */
function withGroups(documented: string[], code: string[]): string[] {
  return documented.flatMap((name) => {
    const group = /^(.*) …$/.exec(name)?.[1]
    if (group === undefined) return [name]
    const below = code.filter((command) => command === group || command.startsWith(`${group} `))
    return below.length === 0 ? [name] : below
  })
}

const commands: Comparison = {
  name: 'docs/reference/commands.md and the commands of src/cli/program.ts',
  async compare(root) {
    const text = readPage(root, 'docs/reference/commands.md')
    if (text === undefined) return undefined
    const exported = ['program', 'createProgram', 'buildProgram']
    const program = (await load(root, 'src/cli/program.ts', exported)) as CommandLike | undefined
    const code = program === undefined ? [] : leaves(program)
    return difference(withGroups(firstCells(text).flatMap(commandsIn), code), code)
  },
}

// --- npm scripts --------------------------------------------------------------------------------

const LIFECYCLE = new Set(['prepack'])
const NPM = /\bnpm (?:run (?:--silent )?)?(start|test|(?<=run (?:--silent )?)[\w:-]+)(?![\w:-])/g

export function npmScriptsIn(text: string): string[] {
  return [...text.matchAll(NPM)].map((match) => match[1] ?? '')
}

const npmScripts: Comparison = {
  name: 'npm scripts in README.md and CONTRIBUTING.md and in package.json',
  compare(root) {
    const pages = ['README.md', 'CONTRIBUTING.md'].map((page) => readPage(root, page))
    const texts = pages.filter((text) => text !== undefined)
    if (texts.length === 0) return undefined
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const scripts = Object.keys(manifest.scripts ?? {}).filter((name) => !LIFECYCLE.has(name))
    return difference(texts.flatMap(npmScriptsIn), scripts)
  },
}

// --- links --------------------------------------------------------------------------------------

function withoutCode(text: string): string {
  return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '')
}

function headingIds(text: string): Set<string> {
  const ids = new Map<string, number>()
  const found = new Set<string>()
  for (const [, title = ''] of text
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .matchAll(/^#+\s+(.*)$/gm)) {
    const plain = title
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    const id = plain.replace(/\s/g, '-')
    const times = ids.get(id) ?? 0
    ids.set(id, times + 1)
    found.add(times === 0 ? id : `${id}-${times}`)
  }
  return found
}

function isBroken(root: string, page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : normalize(join(dirname(page), decodeURI(path)))
  if (!existsSync(join(root, target))) return true
  if (anchor === undefined || anchor === '' || !target.endsWith('.md')) return false
  return !headingIds(readFileSync(join(root, target), 'utf8')).has(anchor)
}

const links: Comparison = {
  name: 'links between pages',
  compare(root) {
    const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: root })
    const broken = pages.flatMap((name) => {
      const page = name.split(sep).join('/')
      const text = withoutCode(readFileSync(join(root, page), 'utf8'))
      return [...text.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^[a-z][a-z+.-]*:/i.test(link) && isBroken(root, page, link))
        .map((link) => `${page} → ${link}`)
    })
    return { onlyInDocs: broken.sort(), onlyInCode: [] }
  },
}

// ------------------------------------------------------------------------------------------------

const COMPARISONS: Comparison[] = [
  commands,
  table(
    'docs/reference/configuration.md and the keys of src/config/schema-keys.ts',
    'docs/reference/configuration.md',
    'src/config/schema-keys.ts',
    ['configurationKeys'],
  ),
  table(
    'docs/reference/reasons.md and the codes of src/domain/reason.ts',
    'docs/reference/reasons.md',
    'src/domain/reason.ts',
    ['reasonCodes'],
  ),
  table(
    'docs/reference/metrics.md and the catalogue of src/api/metrics/catalogue.ts',
    'docs/reference/metrics.md',
    'src/api/metrics/catalogue.ts',
    ['metricNames'],
  ),
  npmScripts,
  links,
]

/** One line for every difference. */
export async function documentationFaults(root: string): Promise<string[]> {
  const faults: string[] = []
  for (const { name, compare } of COMPARISONS) {
    let found: Difference | undefined
    try {
      found = await compare(root)
    } catch (error) {
      faults.push(`${name}: cannot be compared: ${error instanceof Error ? error.message : error}`)
    }
    for (const item of found?.onlyInDocs ?? []) faults.push(`${name}: only in the docs: ${item}`)
    for (const item of found?.onlyInCode ?? []) faults.push(`${name}: only in the code: ${item}`)
  }
  return faults
}
