import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { LogPages, readCursor } from './log-pages.ts'

const root = mkdtempSync(join(tmpdir(), 'log-pages-'))
after(() => rmSync(root, { recursive: true, force: true }))

function folder(name: string, days: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(days)) {
    const file = join(root, name, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
  }
  return join(root, name)
}

const at = (cursor: string) => readCursor(cursor)

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('')

describe('pages of a log', () => {
  it('give all lines once, from the newest back, over days and turned-over parts', () => {
    const dir = folder('back', {
      '2026-01-01/bot.log': lines(1, 5),
      '2026-01-02/bot.1.log': lines(6, 9),
      '2026-01-02/bot.log': `${lines(10, 12)}half`,
      '2026-01-02/daemon.log': 'other\n',
    })
    const pages = new LogPages(dir, 'bot')
    for (const limit of [1, 2, 5, 100]) {
      const seen: string[] = []
      let page = pages.before(null, limit)
      seen.unshift(...page.items)
      while (page.older !== null) {
        assert.ok(page.items.length <= limit)
        page = pages.before(at(page.older), limit)
        seen.unshift(...page.items)
      }
      assert.equal(seen.map((line) => `${line}\n`).join(''), lines(1, 12), `limit ${limit}`)
    }
  })
  it('give what is added behind a cursor, also when the file turns over or is gone', () => {
    const dir = folder('on', { '2026-01-01/bot.log': lines(1, 3) })
    const pages = new LogPages(dir, 'bot')
    let { newer } = pages.before(null, 1)
    assert.deepEqual(pages.after(at(newer) ?? assert.fail()).items, [])
    const file = join(dir, '2026-01-01', 'bot.log')
    appendFileSync(file, 'line 4\nlin')
    let page = pages.after(at(newer) ?? assert.fail())
    assert.deepEqual(page.items, ['line 4'])
    newer = page.newer
    appendFileSync(file, 'e 5\n')
    renameSync(file, join(dir, '2026-01-01', 'bot.1.log'))
    writeFileSync(file, 'line 6\n')
    mkdirSync(join(dir, '2026-01-02'))
    writeFileSync(join(dir, '2026-01-02', 'bot.log'), 'line 7\n')
    page = pages.after(at(newer) ?? assert.fail())
    assert.deepEqual(page.items, ['line 5', 'line 6', 'line 7'])
    rmSync(join(dir, '2026-01-01'), { recursive: true })
    assert.deepEqual(pages.after(at(newer) ?? assert.fail()).items, ['line 7'])
    assert.deepEqual(pages.before(at(newer), 5).items, [])
  })
  it('are bounded, also by a line that never ends', () => {
    const dir = folder('long', { '2026-01-01/bot.log': `${'x'.repeat(700_000)}\nlast\n` })
    const pages = new LogPages(dir, 'bot')
    let page = pages.before(null, 50)
    let length = page.items.join('').length
    assert.ok(length < 300_000)
    while (page.older !== null) {
      page = pages.before(at(page.older), 50)
      length += page.items.join('').length
    }
    assert.equal(length, 700_004)
  })
  it('know that there is nothing yet, and what is no cursor', () => {
    const pages = new LogPages(join(root, 'none'), 'bot')
    const page = pages.before(null, 10)
    assert.deepEqual(page.items, [])
    mkdirSync(join(root, 'none', '2026-01-01'), { recursive: true })
    writeFileSync(join(root, 'none', '2026-01-01', 'bot.log'), 'first\n')
    assert.deepEqual(pages.after(at(page.newer) ?? assert.fail()).items, ['first'])
    for (const text of ['', 'x', '2026-01-01/1', '../../etc@1'])
      assert.equal(readCursor(text), null)
  })
})
