/** One request to the desk on a connection of its own: what the instance port's pause, resume and stop do. */
import { connect } from 'node:net'
import type { ControlAnswer, ControlToDesk } from '../protocol/desk-messages.ts'
import { encodeLine, LineReader, localSocketPath } from '../protocol/lines.ts'
import type { BotLeg } from './bot-leg.ts'

type WithoutEnvelope<T> = T extends unknown ? Omit<T, 'type' | 'id' | 'token'> : never
export type DeskAction = WithoutEnvelope<ControlToDesk>

const ANSWER_TIMEOUT_MS = 15_000

/** @throws Error when the desk cannot be reached or does not answer within 15 s */
export function askDesk(path: string, token: string, action: DeskAction): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(localSocketPath(path, process.cwd()))
    const reader = new LineReader()
    const fail = (text: string) => {
      socket.destroy()
      reject(new Error(text))
    }
    socket.setEncoding('utf8')
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => fail('the desk did not answer in time'))
    socket.on('connect', () =>
      socket.write(encodeLine({ type: 'control', id: 1, token, ...action })),
    )
    socket.on('error', (error) => fail(`the desk cannot be reached: ${error.message}`))
    socket.on('close', () => fail('the desk closed the connection without an answer'))
    socket.on('data', (chunk: string) => {
      const answer = reader.push(chunk).find(isAnswer)
      if (answer === undefined) return
      socket.end()
      resolve(answer)
    })
  })
}

/**
 * The same of every leg of an instance, each under its own name at its own desk, all at once; the answer is that of the first
 * that refuses, else of the first leg.
 * @throws Error when one of the desks cannot be reached; the others have acted
 */
export async function askDesks(
  legs: readonly BotLeg[],
  action: DeskAction,
): Promise<ControlAnswer> {
  const asked = await Promise.allSettled(
    legs.map(({ settings: { instance }, deskSocket, deskToken }) => {
      const own = 'instance' in action ? { ...action, instance } : action
      return askDesk(deskSocket, deskToken, own)
    }),
  )
  const failed = asked.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const answer = answers.find(({ ok }) => !ok) ?? answers[0]
  if (answer === undefined) throw new Error('the instance has no leg')
  return answer
}

function isAnswer(message: unknown): message is ControlAnswer {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'answer'
  )
}
