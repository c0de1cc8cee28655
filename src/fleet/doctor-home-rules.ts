/** The doctor on what lies in a home: configuration, modes, locks, pid files, registry, databases, logs. */
import type { DoctorCheck } from '../protocol/doctor-report.ts'
import type {
  ConfigurationFacts,
  DatabaseFacts,
  DoctorFacts,
  HomeFacts,
  InstanceFacts,
  LockFacts,
  LogFacts,
  PidFileFacts,
} from './doctor-facts.ts'
import { counted, fail, ok, okWhenNone, warn } from './doctor-words.ts'

/** Of a kind of finding so many are told one by one. */
const TOLD_MAX = 50

export function configurationChecks(facts: ConfigurationFacts): DoctorCheck[] {
  const { faults, warnings, instanceCount } = facts
  const check = 'configuration'
  const told = [
    ...faults.map((text) => fail(check, text, 'correct it, then perpfleet config validate')),
    ...warnings.map((text) =>
      warn(check, text, 'change it when that is not meant; config validate tells it again'),
    ),
  ]
  const left = told.length - TOLD_MAX
  const tell = faults.length > TOLD_MAX ? fail : warn
  const rest = left > 0 ? [tell(check, `${left} more`, 'perpfleet config validate tells all')] : []
  const shown = [...told.slice(0, TOLD_MAX), ...rest]
  if (faults.length > 0) return shown
  const text = `the fleet and ${counted(instanceCount, 'instance')} are configured without a fault`
  return [ok(check, text), ...shown]
}

export function homeChecks({ root, exists, sealed, modes }: HomeFacts): readonly DoctorCheck[] {
  if (!exists) {
    const mend = 'perpfleet init makes one there, or name another with --home'
    return [fail('home', `there is no folder ${root}`, mend)]
  }
  const closed = sealed.map(({ folder, why }) =>
    fail('home', `${folder} cannot be written (${why})`, 'give this user write access, or --home'),
  )
  const open = modes
    .filter(({ mode }) => (mode & 0o077) !== 0)
    .map(({ path, mode }) => {
      const wanted = path.endsWith('/') ? '700' : '600'
      const found = `${path} can be read by others (mode ${(mode & 0o777).toString(8)})`
      return fail('modes', found, `chmod ${wanted} ${path}`)
    })
  return [
    ...okWhenNone(closed, 'home', `${root} can be written`),
    ...okWhenNone(open, 'modes', `${counted(modes.length, 'place')} with secrets closed to others`),
  ]
}

export function lockChecks(lock: LockFacts, pidFiles: readonly PidFileFacts[]): DoctorCheck[] {
  return [...lockCheck(lock), ...pidFileChecks(pidFiles)]
}

function lockCheck({ file, pid, hasControlFile }: LockFacts): DoctorCheck[] {
  if (file === 'held') {
    if (hasControlFile) return [ok('lock', `held by the control plane, pid ${pid}`)]
    const mend = `wait until it has started, or restart it: kill ${pid}, then perpfleet up`
    return [warn('lock', `pid ${pid} holds the lock, but run/control.json is missing`, mend)]
  }
  const mend = 'perpfleet up takes it over, nothing else is needed'
  if (file === 'stale')
    return [warn('lock', `run/control.lock belongs to a process that is gone, pid ${pid}`, mend)]
  if (file === 'unreadable') return [warn('lock', 'run/control.lock cannot be understood', mend)]
  if (hasControlFile) {
    const found = 'run/control.json is there, but no control plane holds the lock'
    return [warn('lock', found, 'perpfleet up writes it again')]
  }
  return [ok('lock', 'free: no control plane runs here')]
}

const PID_FILE_WORDS = {
  stale: 'names a process that is gone',
  foreign: 'names a process that is not the fleet’s',
  unreadable: 'holds no pid',
}

function pidFileChecks(pidFiles: readonly PidFileFacts[]): readonly DoctorCheck[] {
  const wrong = pidFiles.flatMap(({ path, state, pid }) => {
    if (state === 'own') return []
    const found = `${path} ${PID_FILE_WORDS[state]}${pid === null ? '' : ` (${pid})`}`
    return [warn('pid-files', found, 'nobody believes it; perpfleet cleanup removes it')]
  })
  return okWhenNone(wrong, 'pid-files', `${counted(pidFiles.length, 'file')}, all right`)
}

type RegistryFacts = Pick<
  DoctorFacts,
  'processes' | 'strays' | 'instances' | 'registryCopy' | 'control'
>

export function registryChecks(facts: RegistryFacts): DoctorCheck[] {
  const { processes, strays, instances } = facts
  const isControlled = facts.control.kind !== 'absent'
  const unknown = strays.map(({ pid, launchFile }) => {
    const found = `pid ${pid} runs with ${launchFile}, the registry does not know it`
    return fail('registry', found, `end it with kill ${pid}: two of a kind must not trade`)
  })
  const gone = isControlled
    ? []
    : processes
        .filter(({ isAlive }) => !isAlive)
        .map(({ name }) => {
          const mend = 'perpfleet up starts what is desired, perpfleet cleanup forgets it'
          return warn('registry', `${name} is registered and does not run`, mend)
        })
  const wrong = [...unknown, ...gone, ...instances.flatMap((one) => lateOf(one, isControlled))]
  const alive = processes.filter(({ isAlive }) => isAlive).length
  const text = `${counted(alive, 'process', 'processes')} registered, all of them run`
  return [...okWhenNone(wrong, 'registry', text), ...copyChecks(facts)]
}

function lateOf({ id, desired, isAlive, hasFile, hold }: InstanceFacts, isControlled: boolean) {
  if (isAlive && !hasFile) {
    const mend = `bring its file back to config/active/, or perpfleet stop ${id}`
    return [warn('registry', `${id} runs without a file`, mend)]
  }
  if (!isControlled || isAlive || desired === 'stopped' || !hasFile) return []
  const why = hold === null ? '' : ` (${hold})`
  const mend = `perpfleet status ${id} tells why, perpfleet start ${id} tries again`
  return [warn('registry', `${id} should be ${desired} and does not run${why}`, mend)]
}

function copyChecks({ registryCopy, instances }: RegistryFacts): DoctorCheck[] {
  const path = 'logs/instances.json'
  const mend = 'a control plane writes it again; nothing reads it as truth'
  if (registryCopy === 'absent') return []
  if (registryCopy === 'unreadable') return [warn('registry', `${path} cannot be read`, mend)]
  const known = new Set(instances.map(({ id }) => id))
  const others = registryCopy.ids.filter((id) => !known.has(id))
  return others.length === 0
    ? []
    : [warn('registry', `${path} names ${others.join(', ')}, the registry does not`, mend)]
}

const DATABASE_MENDS: Readonly<Record<DatabaseFacts['kind'], string>> = {
  journal:
    'its desk keeps it aside at the next start and its instances are disarmed: look at the venue, then perpfleet arm',
  fleet:
    'perpfleet down --stop-bots, move the file away, perpfleet up: desired states and ports are made anew',
  exchange:
    'put a copy of before back, or begin with another --home: paper accounts are lost with it',
  bot: 'perpfleet stop, remove the file, perpfleet start: the bot fetches it again from its desk',
}

export function databaseChecks(
  databases: readonly DatabaseFacts[],
  damagedJournals: readonly string[],
): DoctorCheck[] {
  const wrong = databases.flatMap(({ path, kind, damage, trouble }) => {
    const check = kind === 'journal' ? 'journals' : 'databases'
    if (damage !== null)
      return [fail(check, `${path} is damaged (${damage})`, DATABASE_MENDS[kind])]
    if (trouble === null) return []
    const mend = 'see that this user may read and write it, then try again'
    return [fail(check, `${path} cannot be checked (${trouble})`, mend)]
  })
  const aside = damagedJournals.map((path) =>
    warn(
      'journals',
      `${path} was found damaged and kept aside`,
      'compare orders and fills with the venue, then move the file out of database/',
    ),
  )
  const count = (isJournal: boolean) =>
    databases.filter(({ kind }) => (kind === 'journal') === isJournal).length
  const of = (check: string) => [...wrong, ...aside].filter((one) => one.check === check)
  return [
    ...okWhenNone(of('journals'), 'journals', `${counted(count(true), 'journal')} whole`),
    ...okWhenNone(of('databases'), 'databases', `${counted(count(false), 'database')} whole`),
  ]
}

const MEBIBYTE = 1_048_576

export function logChecks(logs: readonly LogFacts[]): readonly DoctorCheck[] {
  const megabytes = (bytes: number) => Math.ceil(bytes / MEBIBYTE)
  const large = logs
    .filter(({ bytes, maxBytes }) => bytes > maxBytes)
    .map(({ folder, name, bytes, maxBytes }) => {
      const found = `${folder}: ${name} has ${megabytes(bytes)} MB, logging.max_size_mb is ${megabytes(maxBytes)}`
      return warn('logs', found, 'the control plane keeps sizes while it runs: perpfleet up')
    })
  return okWhenNone(large, 'logs', `${counted(logs.length, 'log folder')} within their size`)
}
