/** The environment of this process: the only place where it is read. */

export type Environment = Readonly<Record<string, string | undefined>>

/** Variables that steer the programs and belong to no section of the configuration. */
export const PROCESS_VARIABLES = [
  'PERPFLEET_HOME',
  'PERPFLEET_ENV',
  'PERPFLEET_CONFIG',
  'PERPFLEET_ADMIN_PASSWORD',
  'PERPFLEET_URL',
  'PERPFLEET_TOKEN',
  'PERPFLEET_LANG',
  'PERPFLEET_VAULT_KEY',
  'PERPFLEET_VAULT_PASSPHRASE',
] as const

/** The process variables by their use; absent and empty are the same. */
export interface ProcessVariables {
  readonly home: string | null
  readonly environmentName: string | null
  readonly fleetConfig: string | null
  readonly adminPassword: string | null
  readonly url: string | null
  readonly token: string | null
  readonly language: string | null
}

/** A copy of the environment, so that nobody changes that of the process. */
export function processEnvironment(): Environment {
  return { ...process.env }
}

export function processVariables(
  environment: Environment = processEnvironment(),
): ProcessVariables {
  const read = (name: (typeof PROCESS_VARIABLES)[number]) => environment[name] || null
  return {
    home: read('PERPFLEET_HOME'),
    environmentName: read('PERPFLEET_ENV'),
    fleetConfig: read('PERPFLEET_CONFIG'),
    adminPassword: read('PERPFLEET_ADMIN_PASSWORD'),
    url: read('PERPFLEET_URL'),
    token: read('PERPFLEET_TOKEN'),
    language: read('PERPFLEET_LANG'),
  }
}

const PASSED_ON = /^(PATH|HOME|USER|TZ|LANG|LC_[A-Z]+|TMPDIR|TEMP|SystemRoot|NODE_EXTRA_CA_CERTS)$/

/**
 * What a started bot, desk or exchange gets: what every program needs and `extra`; never the keys, passwords and
 * tokens that stand in the environment of the control plane.
 */
export function childEnvironment(
  extra: Environment = {},
  environment: Environment = processEnvironment(),
): Record<string, string> {
  const all = [
    ...Object.entries(environment).filter(([name]) => PASSED_ON.test(name)),
    ...Object.entries(extra),
  ]
  return Object.fromEntries(
    all.filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
