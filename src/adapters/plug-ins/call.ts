/** Calls into the child of a plug-in, one at a time, each waited for with a limit: synchronous for the engine. */
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { HEAP_MAX_MB, sandboxArguments } from './command-line.ts'
import { type RealmRequest, type SandboxLoad, thrownText } from './messages.ts'
import type { RelayData, RelayEnd } from './relay-data.ts'

/** Starting a process on a busy machine takes its time; nothing waits for a market then. */
const START_TIMEOUT_MS = 15_000
/** For one call. */
export const CALL_TIMEOUT_MS = 250
/** On a machine that gives the child no processor a call may last so long. */
const STARVED_TIMEOUT_MS = 5_000
/** Most calls are over long before: only then it is looked what the child uses. */
const LOOK_AFTER_MS = 50
/** An orphan that loops ends itself after this. */
const ORPHAN_TIMEOUT_MS = 10_000

/** Why a plug-in does not go on: one clause, without its file. */
export class CallFault extends Error {
  override readonly name = 'CallFault'
  readonly code: 'timeout' | 'threw' | 'ended'
  constructor(code: CallFault['code'], text: string) {
    super(text)
    this.code = code
  }
}

export class PlugInCall {
  readonly #port: MessagePort
  readonly #gate: Int32Array
  readonly #name: string
  #ended: CallFault | null = null

  /**
   * Starts the child.
   * @param isGuarded a bot: the child looks after itself when its bot is killed in the middle of a call
   * @throws CallFault when the file cannot be evaluated
   */
  constructor(
    name: string,
    javascript: string,
    isGuarded: boolean,
    onEnd: (fault: CallFault) => void,
  ) {
    this.#name = name
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#gate = new Int32Array(new SharedArrayBuffer(8))
    const workerData: RelayData = {
      command: process.execPath,
      args: sandboxArguments(),
      port: port2,
      gate: this.#gate,
    }
    const relay = new URL(`./relay${extname(import.meta.filename)}`, import.meta.url)
    const worker = new Worker(relay, {
      workerData,
      transferList: [port2],
      // Nothing of ours is inherited: no environment, no flags of the program.
      env: {},
      execArgv: ['--no-warnings'],
    })
    worker.unref()
    // Between calls: the child ended by itself.
    this.#port.on('message', (message: string | RelayEnd) => {
      if (typeof message !== 'string') onEnd(this.#end(endText(message)))
    })
    this.#port.unref()
    const load: SandboxLoad = {
      name,
      source: javascript,
      callTimeoutMs: isGuarded ? ORPHAN_TIMEOUT_MS : null,
    }
    this.#ask(JSON.stringify(load), START_TIMEOUT_MS)
  }

  /** Process id of the child, 0 before it runs. */
  get pid(): number {
    return Atomics.load(this.#gate, 1)
  }

  /** @throws CallFault; after the first every call throws it again */
  call(request: RealmRequest): unknown {
    return this.#ask(JSON.stringify(request), CALL_TIMEOUT_MS)
  }

  /** Ends the child. */
  close(): void {
    this.#end('it was closed')
  }

  #ask(text: string, limitMs: number): unknown {
    if (this.#ended !== null) throw this.#ended
    this.#port.postMessage(text)
    const answer = this.#wait(limitMs)
    if (typeof answer !== 'string') throw this.#end(endText(answer))
    if (answer.startsWith('=')) return JSON.parse(answer.slice(1))
    throw new CallFault('threw', thrownText(answer.slice(1), this.#name))
  }

  #wait(limitMs: number): string | RelayEnd {
    const watch = new ChildWatch(this, limitMs)
    for (;;) {
      const seen = Atomics.load(this.#gate, 0)
      const found = receiveMessageOnPort(this.#port)
      if (found !== undefined) return found.message as string | RelayEnd
      const leftMs = watch.leftMs()
      if (leftMs <= 0) throw this.#end(`it took longer than ${limitMs} ms and was ended`, 'timeout')
      Atomics.wait(this.#gate, 0, seen, leftMs)
    }
  }

  #end(text: string, code: CallFault['code'] = 'ended'): CallFault {
    if (this.#ended !== null) return this.#ended
    this.#ended = new CallFault(code, text)
    const { pid } = this
    if (pid > 0) tryKill(pid)
    // The relay sees the end of its child and then ends by itself: nobody else would take it out of the process table.
    this.#port.close()
    return this.#ended
  }
}

/**
 * How long a call may still last. Time in which a busy machine lets others run is not the strategy's: where the system
 * tells what a process has used, that counts.
 */
class ChildWatch {
  readonly #child: { readonly pid: number }
  readonly #limitMs: number
  readonly #since = performance.now()
  #usedBefore: number | null = null

  constructor(child: { readonly pid: number }, limitMs: number) {
    this.#child = child
    this.#limitMs = limitMs
  }

  /** 0 or less: it is over. */
  leftMs(): number {
    const passedMs = performance.now() - this.#since
    if (passedMs < LOOK_AFTER_MS) return LOOK_AFTER_MS - passedMs
    const usedMs = processorMs(this.#child.pid)
    this.#usedBefore ??= usedMs
    if (usedMs === null || this.#usedBefore === null) return this.#limitMs - passedMs
    const ownMs = LOOK_AFTER_MS + usedMs - this.#usedBefore
    return Math.min(this.#limitMs - ownMs, Math.max(this.#limitMs, STARVED_TIMEOUT_MS) - passedMs)
  }
}

/** Linux counts in USER_HZ, 100 everywhere. */
const TICK_MS = 10

/** Processor time that a process has used; null where there is no /proc, and when it is gone. */
function processorMs(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Behind the name of the command: state is the first field, user and system time are the 12th and 13th.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS
  } catch {
    return null
  }
}

function endText({ code, signal, text }: RelayEnd): string {
  if (text !== null) return `its process failed: ${text}`
  if (signal === 'SIGABRT' || signal === 'SIGTRAP' || code === 134)
    return `its process ended: it needed more than ${HEAP_MAX_MB} MB of memory`
  return `its process ended (${signal ?? `exit code ${code}`})`
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
