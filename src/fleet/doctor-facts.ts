/** What the doctor looks at. Gathered by src/main/doctor.ts, judged by doctor-*-rules.ts without looking again. */

/** Null stands everywhere for: this system does not tell. */
export interface DoctorFacts {
  readonly program: ProgramFacts
  readonly configuration: ConfigurationFacts
  readonly home: HomeFacts
  readonly disks: readonly DiskFacts[]
  readonly clock: ClockFacts
  readonly ports: readonly PortFacts[]
  readonly lock: LockFacts
  readonly pidFiles: readonly PidFileFacts[]
  readonly processes: readonly ProcessFacts[]
  readonly strays: readonly StrayFacts[]
  readonly instances: readonly InstanceFacts[]
  readonly registryCopy: 'absent' | 'unreadable' | { readonly ids: readonly string[] }
  readonly databases: readonly DatabaseFacts[]
  readonly damagedJournals: readonly string[]
  readonly logs: readonly LogFacts[]
  readonly machine: MachineFacts
  readonly control: ControlFacts
}

export interface ProgramFacts {
  /** `24.21.0` */
  readonly nodeVersion: string
  /** Name of the package with the binary for this platform; null = there is none for it. */
  readonly pinnedPackage: string | null
  /** Version that is installed of it; null = it is not. */
  readonly pinnedVersion: string | null
  /** Version that package.json asks for. */
  readonly pinnedWanted: string | null
}

export interface ConfigurationFacts {
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
  /** Instances whose files are right. */
  readonly instanceCount: number
}

export interface HomeFacts {
  readonly root: string
  readonly exists: boolean
  /** Folders of the home that cannot be written, with the system's reason. */
  readonly sealed: readonly { readonly folder: string; readonly why: string }[]
  /** Files and folders with secrets, modes as numbers. */
  readonly modes: readonly { readonly path: string; readonly mode: number }[]
}

export interface DiskFacts {
  readonly folder: string
  readonly freeBytes: number
  readonly totalBytes: number
  readonly freeFiles: number
  readonly totalFiles: number
}

export interface ClockFacts {
  readonly timeZone: string
  readonly isZoneKnown: boolean
  /** By how much the clock was set since the oldest living process of the fleet began. */
  readonly jumpMs: number | null
  /** Newest time that the fleet has written down, minus now. */
  readonly aheadMs: number
  readonly isSynchronised: boolean | null
}

export interface PortFacts {
  /** `control plane`, or an instance's id. */
  readonly owner: string
  readonly port: number
  readonly isControl: boolean
  readonly isListening: boolean | null
  /** What answers there is the program that should. */
  readonly isOurs: boolean
}

export interface LockFacts {
  readonly file: 'absent' | 'unreadable' | 'stale' | 'held'
  readonly pid: number | null
  /** run/control.json is there. */
  readonly hasControlFile: boolean
}

export interface PidFileFacts {
  readonly path: string
  readonly state: 'own' | 'stale' | 'foreign' | 'unreadable'
  readonly pid: number | null
}

/** A row of the registry. */
export interface ProcessFacts {
  readonly name: string
  readonly pid: number | null
  readonly isAlive: boolean
}

/** A process of this home that the registry does not know. */
export interface StrayFacts {
  readonly pid: number
  readonly launchFile: string
}

export interface InstanceFacts {
  readonly id: string
  readonly desired: 'running' | 'paused' | 'stopped'
  readonly isAlive: boolean
  readonly hasFile: boolean
  /** Why it is kept from starting. */
  readonly hold: string | null
}

export interface DatabaseFacts {
  readonly path: string
  readonly kind: 'journal' | 'fleet' | 'exchange' | 'bot'
  /** What is wrong with it; null = nothing. */
  readonly damage: string | null
  /** Why it could not be looked at; null = it was. */
  readonly trouble: string | null
}

/** The largest log of a folder: a day's file with its turned-over part, or the output of a process. */
export interface LogFacts {
  readonly folder: string
  readonly name: string
  readonly bytes: number
  readonly maxBytes: number
}

export interface MachineFacts {
  readonly memoryTotalBytes: number
  readonly memoryFreeBytes: number
  /** Of the control plane when one runs, else of this process. */
  readonly openFilesMax: number | null
  readonly instancesWanted: number
  readonly instancesAlive: number
}

export type ControlFacts =
  | { readonly kind: 'absent' }
  | { readonly kind: 'silent'; readonly url: string; readonly why: string }
  | {
      readonly kind: 'answers'
      readonly url: string
      readonly status: string
      /** Checks that are not healthy, as `disk warning`. */
      readonly unwell: readonly string[]
    }

/** What a fleet needs that runs on its own, with real money. */
export interface ProductionFacts {
  readonly environmentName: string
  /** Bytes; null = there is none. */
  readonly jwtSecretBytes: number | null
  readonly apiHost: string
  /** `api.trust_proxy` names one. */
  readonly hasProxy: boolean
  readonly channels: readonly string[]
  readonly autostart: {
    readonly systemd: 'absent' | 'present' | 'enabled'
    /** A PM2 list that names perpfleet, and a unit that brings PM2 up. */
    readonly pm2: 'absent' | 'saved' | 'enabled'
  }
  /** `address`: the target is no folder of this machine. */
  readonly backup: 'address' | { readonly target: string; readonly newestAgeMs: number | null }
}
