import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { CliContext } from './context.ts'
import { buildProgram } from './program.ts'

/** What `config new` says of an instance without anything in its way. */
async function said(autostart: boolean, hasControlPlane: boolean): Promise<string> {
  let stdout = ''
  const written = {
    id: 'x',
    file: 'x.json',
    version: 1,
    autostart,
    same_contract: [],
    own_account: null,
  }
  const context = {
    print: (text: string) => {
      stdout += text
    },
    complain: (text: string) => assert.fail(text),
    open: () => Promise.resolve({ hasControlPlane }),
    configFiles: () => ({ create: () => written, close: () => {} }),
  } as unknown as CliContext
  const program = buildProgram({ contextOf: () => context, exit: () => {} })
  await program.parseAsync(['config', 'new', 'grid_long', 'x'], { from: 'user' })
  return stdout
}

it('a new instance starts now, with the next up, or not by itself', async () => {
  assert.equal(await said(true, true), 'wrote x.json: it starts now\n')
  assert.equal(await said(true, false), 'wrote x.json: it starts with the next perpfleet up\n')
  for (const hasControlPlane of [true, false])
    assert.equal(
      await said(false, hasControlPlane),
      'wrote x.json: it stays stopped: perpfleet start x\n',
    )
})
