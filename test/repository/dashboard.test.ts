// The dashboard as it is built: how much a browser loads at first, what the policy of the server forbids, when it is built.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  buildDashboard,
  dashboardIsCurrent,
  keepDashboard,
  sharedFiles,
} from '../../scripts/dashboard.mjs'
import { plant, repository } from './planted-tree.ts'

const BUILT = join(repository, 'dist', 'dashboard')
const BYTES_MAX = 300 * 1024

interface Chunk {
  readonly file: string
  readonly src?: string
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}
type Manifest = Readonly<Record<string, Chunk>>

const read = (...path: string[]): string => readFileSync(join(...path), 'utf8')

/** A chunk with everything it needs before it runs. */
function filesOf(manifest: Manifest, start: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[start]
  assert.ok(chunk, `${start} is not in the manifest`)
  if (found.has(chunk.file)) return found
  found.add(chunk.file)
  for (const style of chunk.css ?? []) found.add(style)
  for (const name of chunk.imports ?? []) filesOf(manifest, name, found)
  return found
}

const isBuilt = existsSync(join(BUILT, '.vite', 'manifest.json'))

describe('the built dashboard', { skip: isBuilt ? false : 'dist/dashboard is not built' }, () => {
  const manifest: Manifest = isBuilt ? JSON.parse(read(BUILT, '.vite', 'manifest.json')) : {}

  for (const page of ['login/login-page.tsx', 'fleet/fleet-page.tsx', 'instance/instance-page.tsx'])
    it(`loads at most 300 kB of script, compressed, for ${page}`, () => {
      const files = filesOf(manifest, 'index.html')
      filesOf(manifest, `src/pages/${page}`, files)
      for (const name of Object.keys(manifest))
        if (name.startsWith('src/locales/zh-CN/')) filesOf(manifest, name, files)
      filesOf(manifest, '../src/cli/messages/phrases.ts', files)
      const scripts = [...files].filter((file) => file.endsWith('.js'))
      const bytes = scripts.reduce(
        (sum, file) => sum + gzipSync(readFileSync(join(BUILT, file))).length,
        0,
      )
      assert.ok(bytes <= BYTES_MAX, `${bytes} bytes in ${scripts.join(', ')}`)
      const text = scripts.map((file) => read(BUILT, file)).join('')
      assert.doesNotMatch(text, /tv-attr-logo|u-over/, 'charts are loaded when they are shown')
    })

  it('has no script or style in its page, as the policy of the server wants', () => {
    const page = read(BUILT, 'index.html')
    for (const [tag] of page.matchAll(/<script[^>]*>(?=[^<])|<style|\son\w+=|\sstyle=/g))
      assert.fail(`index.html has ${tag}`)
    for (const [, address = ''] of page.matchAll(/(?:src|href)="([^"]*)"/g)) {
      assert.match(address, /^\/[^/]/)
      assert.ok(existsSync(join(BUILT, address)), address)
    }
  })
})

describe('building the dashboard', () => {
  const checkout = (): string => {
    const root = plant({
      'package-lock.json': '{}',
      'dashboard/index.html':
        '<!doctype html><title>x</title><script type="module" src="/main.js"></script>',
      'dashboard/main.js': 'document.title = "first"\n',
      'dist/main/cli.js': '',
      'src/cli/speech.ts': '',
      'src/fleet/other.ts': '',
    })
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
    return root
  }

  it('is done when it or the words it shares have changed, and at no other change', () => {
    const root = checkout()
    assert.equal(dashboardIsCurrent(root), false)
    assert.equal(buildDashboard(root, process.execPath), true)
    assert.equal(dashboardIsCurrent(root), true)
    assert.match(read(root, 'dist', 'dashboard', 'index.html'), /<title>x<\/title>/)
    writeFileSync(join(root, 'src', 'fleet', 'other.ts'), 'export {}')
    writeFileSync(join(root, 'dashboard', 'main.test.ts'), '')
    assert.equal(dashboardIsCurrent(root), true)
    writeFileSync(join(root, 'src', 'cli', 'speech.ts'), 'export {}')
    assert.equal(dashboardIsCurrent(root), false)
    writeFileSync(join(root, 'src', 'cli', 'speech.ts'), '')
    assert.equal(dashboardIsCurrent(root), true)
    writeFileSync(join(root, 'dashboard', 'main.js'), 'document.title = "second"\n')
    assert.equal(dashboardIsCurrent(root), false)
  })

  it('leaves the earlier one when it fails, and the rest of dist/ always', () => {
    const root = checkout()
    buildDashboard(root, process.execPath)
    writeFileSync(join(root, 'dashboard', 'main.js'), 'import "./gone.js"\n')
    const script = `import { buildDashboard } from ${JSON.stringify(join(repository, 'scripts', 'dashboard.mjs'))}
process.exit(buildDashboard(${JSON.stringify(root)}, process.execPath) ? 0 : 9)`
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    assert.equal(status, 9)
    assert.match(stderr, /gone\.js/)
    assert.ok(statSync(join(root, 'dist', 'dashboard', 'index.html')).isFile())
    assert.ok(statSync(join(root, 'dist', 'main', 'cli.js')).isFile())
    assert.equal(existsSync(join(root, 'dist.dashboard')), false)
  })

  it('outlives that the rest of dist/ is replaced', () => {
    const root = checkout()
    buildDashboard(root, process.execPath)
    mkdirSync(join(root, 'dist.new'))
    keepDashboard(join(root, 'dist'), join(root, 'dist.new'))
    assert.ok(existsSync(join(root, 'dist.new', 'dashboard', 'index.html')))
  })

  it('knows every file of src/ that it is made of', () => {
    const shared = sharedFiles(repository).map((file: string) => relative(repository, file))
    assert.ok(shared.length > 5)
    for (const file of shared)
      for (const [, name = ''] of read(repository, file).matchAll(
        /^import (?!type\b).*'(\..*)'/gm,
      )) {
        const target = relative(repository, join(repository, dirname(file), name))
        assert.ok(shared.includes(target.split(sep).join('/')), `${file} takes ${target}`)
      }
  })
})
