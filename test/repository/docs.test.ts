// The comparison of documentation and code finds planted differences in both directions.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { commandsIn, documentationFaults, firstCells, npmScriptsIn } from '../../scripts/docs.ts'
import { plant } from './planted-tree.ts'

const program = `
const command = (name, commands = [], hidden = false) => ({ name: () => name, commands, _hidden: hidden })
export const createProgram = () => command('perpfleet', [
  command('start'), command('stop'), command('help'), command('secret', [], true), command('spare'),
  command('keys', [command('add'), command('list')]),
  command('user', [command('add'), command('passwd')]),
])
`

const agreeing = {
  'package.json': JSON.stringify({
    type: 'module',
    scripts: { test: '', 'test:drills': '', prepack: '' },
  }),
  'README.md':
    '# One\nRun `npm test` or `npm run test:drills`. See [keys](docs/reference/commands.md#the-keys).\n',
  'docs/reference/commands.md': `## The keys
| command | what it does |
| --- | --- |
| \`start \\| stop [ID…] [--all]\` | |
| \`spare\`, \`user …\` | |
| \`keys add \\| list\` | see \`nothing\` |
`,
  'src/cli/program.ts': program,
  'docs/reference/configuration.md': '| `api.port` | 8080 |\n| `api.host` | 127.0.0.1 |\n',
  'src/config/schema-keys.ts': `export const configurationKeys = () => ['api.port', 'api.host']\n`,
  'docs/reference/reasons.md': '| `paused` | |\n',
  'src/domain/reason.ts': `export const reasonCodes = { paused: 'the instance is paused' }\n`,
}

describe('documentation and code', () => {
  it('has nothing to say when both agree', async () => {
    assert.deepEqual(await documentationFaults(plant(agreeing)), [])
  })

  it('names what only one side has', async () => {
    const faults = await documentationFaults(
      plant({
        ...agreeing,
        'README.md':
          'Run `npm run bench`. See [this](docs/gone.md) and [that](README.md#nowhere).\n',
        'docs/reference/commands.md':
          '| `start \\| stop \\| jump` | |\n| `keys list`, `user …` | |\n',
        'docs/reference/configuration.md': '| `api.port` | |\n| `api.speed` | |\n',
        'docs/reference/reasons.md': '| `tired` | |\n',
      }),
    )
    assert.deepEqual(
      faults.map((fault) => fault.replace(/^.*: only in the/, '')),
      [
        ...[' docs: jump', ' code: keys add', ' code: spare'],
        ...[' docs: api.speed', ' code: api.host'],
        ...[' docs: tired', ' code: paused'],
        ...[' docs: bench', ' code: test', ' code: test:drills'],
        ...[' docs: README.md → README.md#nowhere', ' docs: README.md → docs/gone.md'],
      ],
    )
  })

  it('takes a page whose source file is missing as a difference, and a missing page as none', async () => {
    const { 'src/domain/reason.ts': _, 'docs/reference/commands.md': __, ...rest } = agreeing
    const faults = await documentationFaults(
      plant({ ...rest, 'README.md': '`npm test`, `npm run test:drills`' }),
    )
    assert.equal(faults.length, 1)
    assert.match(faults[0] ?? '', /reasons\.md.*only in the docs: paused/)
  })

  it('reads commands, cells and npm scripts', () => {
    assert.deepEqual(commandsIn('keys add | list | test'), ['keys add', 'keys list', 'keys test'])
    assert.deepEqual(commandsIn('grid preview ID|FILE'), ['grid preview'])
    assert.deepEqual(commandsIn('perpfleet up [--detach] [--pace free|lockstep]'), ['up'])
    assert.deepEqual(firstCells('| `a`, `b \\| c` | `d` |\n| text `e` | |'), ['a', 'b | c'])
    assert.deepEqual(npmScriptsIn('npm start -- x, npm run --silent check, npm ci'), [
      'start',
      'check',
    ])
  })
})
