/** What a host asks a plug-in in its child process, and how both are framed. Types and pure helpers alone. */
import type { ContradictionTerms } from '../../domain/strategy.ts'

/** One request; states live in the child and are named by number. */
export type RealmRequest =
  | { readonly op: 'describe' }
  | { readonly op: 'inputs'; readonly parameters: unknown }
  | {
      readonly op: 'contradictions'
      readonly parameters: unknown
      readonly terms: ContradictionTerms
    }
  | { readonly op: 'check' | 'start'; readonly parameters: unknown; readonly context: unknown }
  | { readonly op: 'load'; readonly state: unknown }
  | { readonly op: 'migrate'; readonly state: unknown; readonly from: number }
  /** `keeps`: the state comes back with the answer. */
  | {
      readonly op: 'on'
      readonly state: number
      readonly event: unknown
      readonly keeps: boolean
    }
  /** `verify`: whether the state is plain JSON, without sending it. */
  | { readonly op: 'wanted' | 'state' | 'verify'; readonly state: number }
  | { readonly op: 'report'; readonly state: number; readonly prices: unknown }
  | { readonly op: 'forget'; readonly states: readonly number[] }

/** The first frame of a child: the strategy as checked JavaScript, and how its file is called in messages. */
export interface SandboxLoad {
  readonly name: string
  readonly source: string
  /** Ends a call that runs longer by itself, so that no orphan runs for ever; null = the host alone does. */
  readonly callTimeoutMs: number | null
}

/** Every frame: its length in bytes (4, little endian) and a text in UTF-8. */
export const FRAME_HEAD_BYTES = 4
/** Longer answers end the child. */
export const FRAME_MAX_BYTES = 16 * 1024 * 1024

export function frameOf(text: string): Buffer {
  const body = Buffer.from(text, 'utf8')
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + body.length)
  frame.writeUInt32LE(body.length, 0)
  body.copy(frame, FRAME_HEAD_BYTES)
  return frame
}

/** Puts frames together from pieces as a pipe gives them. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  /** @returns texts that are complete now. @throws RangeError when a frame is too long */
  push(piece: Buffer): readonly string[] {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    const texts: string[] = []
    for (;;) {
      const rest = this.#rest
      if (rest.length < FRAME_HEAD_BYTES) return texts
      const bytes = rest.readUInt32LE(0)
      if (bytes > FRAME_MAX_BYTES) throw new RangeError(`a frame of ${bytes} bytes is too long`)
      const end = FRAME_HEAD_BYTES + bytes
      if (rest.length < end) return texts
      texts.push(rest.toString('utf8', FRAME_HEAD_BYTES, end))
      this.#rest = rest.subarray(end)
    }
  }
}

/** The line of a file in a stack, null when it does not stand there. */
function lineIn(stack: string, name: string): string | null {
  const at = stack.indexOf(`${name}:`)
  return at < 0 ? null : (/^\d+/.exec(stack.slice(at + name.length + 1))?.[0] ?? null)
}

/** What was thrown, from the text behind the `!` of an answer: one clause with the line of the file. */
export function thrownText(json: string, name: string): string {
  const { text, stack } = JSON.parse(json) as { readonly text: string; readonly stack: string }
  const line = lineIn(stack, name)
  const place = line === null ? '' : ` (line ${line})`
  return `${text.replace(/\p{Cc}+/gu, ' ').slice(0, 500)}${place}`
}
