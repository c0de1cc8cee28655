/** What a host and its relay thread share. */
import type { MessagePort } from 'node:worker_threads'

export interface RelayData {
  readonly command: string
  readonly args: readonly string[]
  readonly port: MessagePort
  /** 0: messages so far, waited for by the host; 1: process id of the child. */
  readonly gate: Int32Array
}

/** The child is gone. `text`: what went wrong with it, null = it ended. */
export interface RelayEnd {
  readonly code: number | null
  readonly signal: string | null
  readonly text: string | null
}
