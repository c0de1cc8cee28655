/**
 * Newline-delimited JSON, the framing of every local socket: one message a line, UTF-8.
 * Pure: works on chunks, knows no socket. See docs/concepts/exchange.md.
 */

/** A line may hold this many UTF-16 units of text (8 Mi) unless the reader is told otherwise. */
export const LINE_LENGTH_MAX = 8 * 1024 * 1024

/** The other side sent what is no line of JSON, or a line that is too long: close the connection. */
export class LineError extends Error {
  override readonly name = 'LineError'
}

/** One message as a line of JSON, with its newline. JSON.stringify never writes a raw newline. */
export function encodeLine(message: unknown): string {
  return `${JSON.stringify(message)}\n`
}

/**
 * Cuts a stream of text into messages. Feed it decoded text (`socket.setEncoding('utf8')`), so that no
 * character is split between two chunks.
 */
export class LineReader {
  readonly #lengthMax: number
  #parts: string[] = []
  #length = 0

  constructor(lengthMax: number = LINE_LENGTH_MAX) {
    this.#lengthMax = lengthMax
  }

  /**
   * Takes the next chunk and returns the messages that it completes, in order. Empty lines are skipped.
   * @throws LineError when a line is longer than allowed or no JSON; the reader is of no use afterwards
   */
  push(chunk: string): unknown[] {
    const messages: unknown[] = []
    let from = 0
    let end = chunk.indexOf('\n')
    while (end !== -1) {
      this.#keep(chunk.slice(from, end))
      const line = this.#parts.length === 1 ? (this.#parts[0] ?? '') : this.#parts.join('')
      this.#parts = []
      this.#length = 0
      if (line !== '') messages.push(parse(line))
      from = end + 1
      end = chunk.indexOf('\n', from)
    }
    if (from < chunk.length) this.#keep(chunk.slice(from))
    return messages
  }

  /** Whether a line has begun and not ended; at the end of a stream this is a message that was cut off. */
  get isInsideLine(): boolean {
    return this.#length > 0
  }

  #keep(part: string): void {
    this.#length += part.length
    if (this.#length > this.#lengthMax) {
      throw new LineError(
        `A line of more than ${this.#lengthMax} characters came over a local socket; the connection is closed.`,
      )
    }
    this.#parts.push(part)
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    const start = line.slice(0, 40)
    throw new LineError(
      `A line over a local socket is no JSON ("${start}…"); the connection is closed.`,
      { cause },
    )
  }
}

/** The operating system takes about 107 bytes of a socket's path. */
const SOCKET_PATH_MAX = 100

/**
 * A path that the operating system takes for a local socket: long ones are written relative to the folder that the
 * process works in, which is the home.
 */
export function localSocketPath(path: string, workingDir: string): string {
  const prefix = workingDir.endsWith('/') ? workingDir : `${workingDir}/`
  if (path.length <= SOCKET_PATH_MAX || !path.startsWith(prefix)) return path
  return path.slice(prefix.length)
}
