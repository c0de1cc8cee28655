/**
 * The thread between a host and the child of its plug-in: the engine waits for an answer without an event loop, and pipes
 * need one. Texts go in by the port; each answer, or the end of the child, is posted and then counted in the gate.
 */
import { spawn } from 'node:child_process'
import { workerData } from 'node:worker_threads'
import { FrameReader, frameOf } from './messages.ts'
import type { RelayData, RelayEnd } from './relay-data.ts'

const { command, args, port, gate } = workerData as RelayData
// Nothing but the two pipes: no environment, no descriptor, no folder.
const child = spawn(command, args, { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'ignore'] })
const reader = new FrameReader()
let hasEnded = false

function tell(message: string | RelayEnd): void {
  port.postMessage(message)
  Atomics.add(gate, 0, 1)
  Atomics.notify(gate, 0)
}

function end(why: RelayEnd): void {
  if (hasEnded) return
  hasEnded = true
  tell(why)
  port.close()
}

Atomics.store(gate, 1, child.pid ?? 0)
child.stdout.on('data', (piece: Buffer) => {
  try {
    for (const text of reader.push(piece)) tell(text)
  } catch (error) {
    child.kill('SIGKILL')
    end({ code: null, signal: null, text: error instanceof Error ? error.message : '' })
  }
})
child.once('exit', (code, signal) => setImmediate(end, { code, signal, text: null }))
child.once('error', (error) => end({ code: null, signal: null, text: error.message }))
child.stdin.on('error', () => {})
port.on('close', () => child.kill('SIGKILL'))
port.on('message', (text: string) => child.stdin.write(frameOf(text)))
