/** Runs the local commands in this process and catches what they print. */
import { Command } from 'commander'
import { registerLocalJobs } from '../../src/main/jobs-local.ts'

export interface JobRun {
  readonly code: number
  readonly output: string
  readonly errors: string
}

export async function runJobs(args: readonly string[]): Promise<JobRun> {
  const program = new Command('perpfleet')
    .option('--home <directory>')
    .option('--verbose')
    .exitOverride()
  registerLocalJobs(program)
  const [output, errors]: [string[], string[]] = [[], []]
  const restore = [catchWrites(process.stdout, output), catchWrites(process.stderr, errors)]
  const before = process.exitCode
  try {
    await program.parseAsync([...args], { from: 'user' })
    return { code: Number(process.exitCode ?? 0), output: output.join(''), errors: errors.join('') }
  } finally {
    for (const undo of restore) undo()
    process.exitCode = before ?? 0
  }
}

/** Commands write texts; what the test runner writes of its own are bytes, which go on. */
function catchWrites(stream: NodeJS.WriteStream, into: string[]): () => void {
  const { write } = stream
  stream.write = (chunk: string | Uint8Array, ...rest: never[]) => {
    if (typeof chunk !== 'string') return write.call(stream, chunk, ...rest)
    into.push(chunk)
    return true
  }
  return () => {
    stream.write = write
  }
}
