/** logs/{id}/DAY/daemon.log: what the control plane does with one instance; the same lines stand in control.log. */
import type { Logger } from '../ports/logger.ts'

type Fields = Readonly<Record<string, unknown>>

/** Writes every line to two logs. */
export class TwofoldLogger implements Logger {
  readonly #first: Logger
  readonly #second: () => Logger

  /** `second` is asked for each line: its folder may be known later than this logger. */
  constructor(first: Logger, second: () => Logger) {
    this.#first = first
    this.#second = second
  }

  debug(module: string, text: string, fields?: Fields): void {
    this.#first.debug(module, text, fields)
    this.#second().debug(module, text, fields)
  }
  info(module: string, text: string, fields?: Fields): void {
    this.#first.info(module, text, fields)
    this.#second().info(module, text, fields)
  }
  warn(module: string, text: string, fields?: Fields): void {
    this.#first.warn(module, text, fields)
    this.#second().warn(module, text, fields)
  }
  error(module: string, text: string, fields?: Fields): void {
    this.#first.error(module, text, fields)
    this.#second().error(module, text, fields)
  }
  flush(): void {
    this.#first.flush()
    this.#second().flush()
  }
}
