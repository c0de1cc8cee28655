/** The machine's processes as the fleet needs them: start, recognise, signal, measure. */

/**
 * Which process is meant. A pid alone proves nothing: it is used again after an end or a reboot.
 * `startTime` is the system's own record of the start (on Linux clock ticks since boot), `bootId` names the boot.
 */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTime: string
  readonly bootId: string
}

/** How a process ended; both null = it was not our child, so nobody told us. */
export interface ProcessExit {
  readonly code: number | null
  readonly signal: string | null
}

export interface SpawnRequest {
  /** Program file run by the present Node.js. */
  readonly program: string
  readonly args: readonly string[]
  /** Working folder of the new process. */
  readonly folder: string
  readonly stdoutFile: string
  readonly stderrFile: string
  /** Added to the environment of this process. */
  readonly environment: Readonly<Record<string, string>>
  /** It answers many at once: more memory for what lives for a moment only, where a bot is to be small. */
  readonly isServer?: boolean
  /** Random; the host can read it back from the running process, so that adoption has a proof. */
  readonly token: string
}

export interface ProcessUsage {
  readonly memoryBytes: number
  /** Processor time used since the start, seconds. */
  readonly cpuSeconds: number
}

/** Every method answers for the present moment; a process that is gone is never an error. */
export interface ProcessHost {
  /** This process itself. */
  self(): ProcessIdentity
  /**
   * Starts a process in a session of its own that outlives this one; `onExit` is called once, on its end.
   * @throws Error when the system starts no process
   */
  spawn(request: SpawnRequest, onExit: (exit: ProcessExit) => void): ProcessIdentity
  /** The process that has this pid now; null = none, or only its remains that nobody collected yet. */
  identify(pid: number): ProcessIdentity | null
  /** Whether exactly this process runs: pid, start time and boot agree. */
  isAlive(identity: ProcessIdentity): boolean
  /** Whether the running process was given this token at its start. */
  hasToken(identity: ProcessIdentity, token: string): boolean
  /** Sends a signal to exactly this process; false = it is gone. */
  signal(identity: ProcessIdentity, name: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): boolean
  usage(identity: ProcessIdentity): ProcessUsage | null
  /** TCP ports of this machine on which somebody listens; null = this system does not tell. */
  listeningPorts(): ReadonlySet<number> | null
  /** Real paths below a folder that some process of this user holds open; null = this system does not tell. */
  openFiles(folder: string): ReadonlySet<string> | null
}
