/** Runs a control plane under the signals of a terminal or a service manager. */
import { useStrategyFiles } from '../config/strategy-file.ts'
import { ControlPlane } from './control-plane.ts'
import { type ControlOptions, type Say, StartRefused } from './control-start.ts'
import { readPlugIn } from './strategy-files.ts'
import { isOutputLogged } from './terminal.ts'

const FORCE_AFTER_MS = 1000

/**
 * Runs a control plane until it ends. Ctrl-C stops everything, a second one after a second leaves at once and lets the
 * rest run; SIGTERM (and the message `shutdown` of a process
 * manager) ends the control plane alone.
 * @param hint told to people when everything has started, with the password of the first start; `command` = how they
 *   call the program here; null = what is said here goes to a file, which may hold neither
 * @returns the exit code
 */
export async function runControl(
  options: ControlOptions,
  say: Say,
  complain: Say,
  hint: { readonly text: string; readonly command: string } | null = null,
): Promise<number> {
  useStrategyFiles(readPlugIn)
  const plane = new ControlPlane(options, say)
  let interruptedAt: number | null = null
  const onInterrupt = () => {
    const now = performance.now()
    if (interruptedAt === null) {
      interruptedAt = now
      void plane.end(true)
      // A launcher passes Ctrl-C on to a process that has received it already: that is no second one.
    } else if (now - interruptedAt >= FORCE_AFTER_MS) {
      plane.leaveAtOnce()
      process.exit(130)
    }
  }
  const onTerminate = () => void plane.end(false)
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  process.on('SIGHUP', onTerminate)
  // How PM2 asks an app to end before it uses signals (deploy/pm2).
  process.on('message', (message) => {
    if (message === 'shutdown') onTerminate()
  })
  try {
    await plane.start()
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    complain(error.message)
    return error.exitCode
  }
  if (!(await isEnded(plane))) {
    say(plane.banner())
    if (hint !== null) {
      const login = plane.takeLoginText(hint.command, isOutputLogged())
      for (const text of [login, hint.text]) if (text !== null) say(text)
    }
  }
  await plane.ended
  return 0
}

const isEnded = (plane: ControlPlane): Promise<boolean> =>
  Promise.race([plane.ended.then(() => true), Promise.resolve(false)])
