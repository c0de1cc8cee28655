/** `start --config FILE`: a file becomes an instance of a home, as a copy in config/active/ or as a link to where it lies. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { CliError } from '../cli/context.ts'
import { lifecycleMessages as m } from '../cli/messages/lifecycle.ts'
import { sentence } from '../cli/speech.ts'
import { editedText } from '../config/edit-text.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import {
  isInstanceFileName,
  loadInstanceFile,
  loadInstances,
  loadInstanceText,
} from '../config/instances.ts'
import { writeWhole } from '../fleet/files.ts'
import type { Home } from '../fleet/home.ts'
import { assertWritable } from '../fleet/home-check.ts'

export interface AddRequest {
  readonly home: Home
  readonly fleetConfig: string | null
  /** As it was typed. */
  readonly file: string
  /** Goes before what the file says; null = as the file says. */
  readonly instanceId: string | null
  /** False: the file stays where it lies, and config/active/ holds a link to it. */
  readonly isCopied: boolean
}

/**
 * @returns the id of the instance; a file that is there already, with the same text, is left as it is
 * @throws CliError 1 when the file has faults, 2 and 3 when it is none, 4 when the id is another file's
 */
export function addInstance(request: AddRequest): string {
  const { home, file, isCopied } = request
  const source = resolve(file)
  if (!existsSync(source)) throw new CliError(3, sentence(m.noInstanceFile, { file }))
  if (!isInstanceFileName(basename(source)))
    throw new CliError(2, sentence(m.wrongEnding, { file }))
  const { id, text, present } = read(request, source)
  if (present !== null) {
    const isSame = isCopied
      ? readFileSync(present, 'utf8') === text
      : realpathSync(present) === realpathSync(source)
    if (isSame || resolve(present) === source) return id
    const at = relative(home.root, present)
    throw new CliError(4, sentence(m.idExists, { id, file: at }))
  }
  assertWritable(home)
  mkdirSync(home.active, { recursive: true })
  const target = join(home.active, `${id}${extname(source)}`)
  if (isCopied) writeWhole(target, text, statSync(source).mode & 0o777)
  else {
    // What is left of a link whose file is gone.
    rmSync(target, { force: true })
    symlinkSync(realpathSync(source), target)
  }
  return id
}

/** What the file makes in this home, and the file that has its id already. */
function read({ home, fleetConfig, file, instanceId, isCopied }: AddRequest, source: string) {
  const { configuration, environment } = loadFleetConfiguration({ home: home.root, fleetConfig })
  const options = { environment, home: home.root }
  const isThere = dirname(source) === resolve(home.active)
  const given = { ...options, instanceId }
  const { instance, faults } = loadInstanceFile(source, configuration, given)
  if (instance === null || faults.length > 0)
    throw new CliError(1, faults.map(({ text }) => text).join('\n'))
  const { id } = instance
  const content = readFileSync(source, 'utf8')
  const target = isThere ? source : join(home.active, `${id}${extname(source)}`)
  // Read as it will be read there: a link has no place for another id than its file says.
  const own = loadInstanceText(target, content, configuration, options).instance?.id
  if ((isThere || !isCopied) && own !== id)
    throw new CliError(4, sentence(m.idInFile, { file, id: own ?? id }))
  const edits = [{ path: ['metadata', 'instance_id'] as const, value: id }]
  const text = instanceId === null ? content : editedText(content, source, edits)
  const same = loadInstances(home.active, configuration, options).instances
  const present = same.find((one) => one.id === id)?.file ?? null
  return { id, text, present: present ?? (existsSync(target) ? target : null) }
}
