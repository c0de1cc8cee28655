/** Structured log lines; the fields of a line are plain data, secrets never among them. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface Logger {
  debug(module: string, text: string, fields?: Readonly<Record<string, unknown>>): void
  info(module: string, text: string, fields?: Readonly<Record<string, unknown>>): void
  warn(module: string, text: string, fields?: Readonly<Record<string, unknown>>): void
  error(module: string, text: string, fields?: Readonly<Record<string, unknown>>): void
  /** Writes what is buffered; called before the process ends. */
  flush(): void
}

/** Keeps nothing: for who has nobody to tell. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {}, flush() {} }
