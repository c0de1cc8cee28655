/** The doctor on the machine and on what runs there: program, disks, clock, ports, memory, open files, /health. */
import type { DoctorCheck } from '../protocol/doctor-report.ts'
import type {
  ClockFacts,
  ControlFacts,
  DiskFacts,
  MachineFacts,
  PortFacts,
  ProgramFacts,
} from './doctor-facts.ts'
import { counted, fail, ok, okWhenNone, warn } from './doctor-words.ts'

const NODE_MAJOR_MIN = 24
const GIBIBYTE = 1_073_741_824
const MEBIBYTE = 1_048_576

export function programChecks(facts: ProgramFacts): DoctorCheck[] {
  const { nodeVersion, pinnedPackage, pinnedVersion, pinnedWanted } = facts
  const check = 'node'
  if (Number(nodeVersion.split('.')[0]) < NODE_MAJOR_MIN) {
    const mend = `install Node.js ${NODE_MAJOR_MIN} or newer, or npm install without --omit=optional`
    return [fail(check, `this is Node.js ${nodeVersion}, ${NODE_MAJOR_MIN} is needed`, mend)]
  }
  if (pinnedPackage === null) {
    return [ok(check, `Node.js ${nodeVersion}; no binary is pinned for this platform`)]
  }
  if (pinnedVersion === null) {
    const found = `Node.js ${nodeVersion}, but the pinned binary ${pinnedPackage} is not installed`
    return [warn(check, found, 'npm install without --omit=optional brings it')]
  }
  if (pinnedWanted !== null && pinnedVersion !== pinnedWanted) {
    const found = `${pinnedPackage} ${pinnedVersion} is installed, ${pinnedWanted} is pinned`
    return [warn(check, found, 'npm install brings the pinned one')]
  }
  return [ok(check, `Node.js ${nodeVersion}, pinned binary ${pinnedVersion}`)]
}

/** As the alert DiskFull: a warning above 90 % used, critical above 97 %. */
const USED_WARN = 0.9
const USED_FAIL = 0.97

export const diskChecks = (disks: readonly DiskFacts[]): DoctorCheck[] => disks.map(diskCheck)

function diskCheck({
  folder,
  freeBytes,
  totalBytes,
  freeFiles,
  totalFiles,
}: DiskFacts): DoctorCheck {
  const used = totalBytes === 0 ? 0 : 1 - freeBytes / totalBytes
  const filesUsed = totalFiles === 0 ? 0 : 1 - freeFiles / totalFiles
  const worst = Math.max(used, filesUsed)
  const what = filesUsed > used ? 'of its files' : 'full'
  const percent = Math.floor(worst * 100)
  const found = `${folder} is ${percent} % ${what}, ${(freeBytes / GIBIBYTE).toFixed(1)} GB free`
  const mend = 'make room there, or lower logging.retention_days'
  if (worst > USED_FAIL) return fail('disk', found, mend)
  return worst > USED_WARN ? warn('disk', found, mend) : ok('disk', found)
}

/** Smaller corrections are the daily work of a time service. */
const JUMP_MS = 60_000

export function clockChecks(facts: ClockFacts): DoctorCheck[] {
  return [...zoneCheck(facts), ...jumpCheck(facts), ...synchronisedCheck(facts)]
}

function zoneCheck({ timeZone, isZoneKnown }: ClockFacts): DoctorCheck[] {
  return isZoneKnown
    ? [ok('clock', `days are counted in ${timeZone}`)]
    : [
        fail(
          'clock',
          `there is no time zone ${timeZone}`,
          'set time_zone to one like Europe/Berlin',
        ),
      ]
}

function jumpCheck({ jumpMs, aheadMs }: ClockFacts): DoctorCheck[] {
  const seconds = (ms: number) => counted(Math.round(Math.abs(ms) / 1000), 'second')
  const mend = 'let a time service keep the clock; no old log is removed for a day after a jump'
  if (aheadMs > JUMP_MS) {
    const found = `the fleet has written down a time ${seconds(aheadMs)} from now: the clock was set back`
    return [warn('clock', found, mend)]
  }
  if (jumpMs === null) return [ok('clock', 'no process runs that has seen another time')]
  const word = jumpMs > 0 ? 'forward' : 'back'
  return Math.abs(jumpMs) > JUMP_MS
    ? [warn('clock', `it was set ${word} by ${seconds(jumpMs)} while the fleet ran`, mend)]
    : [ok('clock', 'wall clock and machine time agree since the fleet began')]
}

function synchronisedCheck({ isSynchronised }: ClockFacts): DoctorCheck[] {
  if (isSynchronised === true) return [ok('clock', 'synchronised by a time service')]
  if (isSynchronised === false) {
    const mend = 'timedatectl set-ntp true, or run chrony'
    return [warn('clock', 'not synchronised by a time service', mend)]
  }
  const mend = 'ask whoever runs the host of this machine; timedatectl or adjtimex would tell'
  return [warn('clock', 'cannot tell whether it is synchronised', mend)]
}

export function portChecks(ports: readonly PortFacts[]): readonly DoctorCheck[] {
  const wrong = ports.flatMap(({ owner, port, isControl, isListening, isOurs }) => {
    if (isOurs || isListening === false) return []
    if (isListening === null) {
      const mend = 'perpfleet up says it when the port is taken'
      return [warn('ports', `cannot tell whether port ${port} of ${owner} is free`, mend)]
    }
    const found = `port ${port} of the ${isControl ? owner : `instance ${owner}`} belongs to another program`
    if (isControl)
      return [fail('ports', found, 'end that program, or set api.port, or perpfleet up --port N')]
    const mend = 'the next free port is taken; daemon_config.web_port names another for good'
    return [warn('ports', found, mend)]
  })
  return okWhenNone(wrong, 'ports', `${counted(ports.length, 'port')} free or ours`)
}

/** 40 instances with control plane, desk and exchange have 1.4 GB at most. */
const INSTANCE_BYTES = 35 * MEBIBYTE
const SERVICES_BYTES = 200 * MEBIBYTE
/** Control plane: two logs and two connections for an instance; desks: one connection. */
const FILES_BASE = 256
const FILES_PER_INSTANCE = 16

export function machineChecks(facts: MachineFacts): DoctorCheck[] {
  return [memoryCheck(facts), openFilesCheck(facts)]
}

function memoryCheck(facts: MachineFacts): DoctorCheck {
  const { memoryTotalBytes, memoryFreeBytes, instancesWanted, instancesAlive } = facts
  const megabytes = (bytes: number) => `${Math.round(bytes / MEBIBYTE)} MB`
  const needed = SERVICES_BYTES + instancesWanted * INSTANCE_BYTES
  const missing =
    Math.max(0, instancesWanted - instancesAlive) * INSTANCE_BYTES +
    (instancesAlive === 0 ? SERVICES_BYTES : 0)
  const wanted = `${counted(instancesWanted, 'instance')} need about ${megabytes(needed)}`
  const mend = 'run fewer instances here, or give the machine more memory'
  if (needed > memoryTotalBytes)
    return fail('memory', `${wanted}, the machine has ${megabytes(memoryTotalBytes)}`, mend)
  if (missing > memoryFreeBytes)
    return warn('memory', `${wanted}, only ${megabytes(memoryFreeBytes)} are free`, mend)
  return ok('memory', `${wanted}, ${megabytes(memoryFreeBytes)} are free`)
}

function openFilesCheck({ openFilesMax, instancesWanted }: MachineFacts): DoctorCheck {
  const needed = FILES_BASE + instancesWanted * FILES_PER_INSTANCE
  if (openFilesMax === null)
    return ok('open-files', `${needed} are enough; this system does not tell its limit`)
  const found = `at most ${openFilesMax} open files, about ${needed} may be needed`
  const mend = 'raise it with ulimit -n, or LimitNOFILE= of the systemd unit'
  return openFilesMax < needed ? fail('open-files', found, mend) : ok('open-files', found)
}

export function controlChecks(control: ControlFacts): DoctorCheck[] {
  if (control.kind === 'absent') return [ok('health', 'no control plane runs here')]
  const { url } = control
  if (control.kind === 'silent') {
    const found = `the control plane at ${url} does not answer /health (${control.why})`
    return [fail('health', found, 'perpfleet down and up replace it; bots trade on meanwhile')]
  }
  const { status, unwell } = control
  const found = `${url}/health says ${status}${unwell.length === 0 ? '' : `: ${unwell.join(', ')}`}`
  const mend = 'perpfleet list and logs/control/ tell more'
  if (status === 'unhealthy') return [fail('health', found, mend)]
  return [status === 'healthy' ? ok('health', found) : warn('health', found, mend)]
}
