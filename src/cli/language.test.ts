import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { runningView } from '../../test/support/instance-views.ts'
import type { FleetAccess } from '../client/fleet-access.ts'
import { type ModeCause, restraintOf } from '../domain/mode-cause.ts'
import { money } from '../domain/money.ts'
import type { ActionResult } from '../protocol/fleet-messages.ts'
import { action } from './action.ts'
import { type CliContext, CliError } from './context.ts'
import { chooseLanguage, type Language, languageOption, languages } from './language.ts'
import { phrases } from './messages/phrases.ts'
import { tableText } from './output.ts'
import { buildProgram } from './program.ts'
import { defineMessages, sentence, sentenceIn, speechIn } from './speech.ts'
import { displayWidth, padEnd, wrap } from './width.ts'

const feed = {
  feed: 'demo',
  label: 'demo market ×60, seed 7',
  speed: 60,
  pace: 'free' as const,
  market_time: '2026-01-01T00:00:00.000Z',
  state: null,
}

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const items = [
  runningView('sol'),
  runningView('eth', {
    state: 'quarantined',
    reason: '5 ends within 300 s (the last ended by SIGKILL)',
  }),
  runningView('btc', { state: 'reduce_only', reason: 'a text that no phrase book knows' }),
]

const refuse = (code: string, text: string) =>
  Promise.reject(Object.assign(new Error(text), { code }))

/** The part of a fleet that these commands ask. */
const fleet = {
  hasControlPlane: true,
  list: () => Promise.resolve({ items, next_cursor: null, feed, faults: [] }),
  act: (name: string, id: string): Promise<ActionResult> => {
    const done = { id, ok: true, state: 'running' as const, code: null }
    if (name === 'arm') return refuse('CONFLICT', `${id} is stopped: perpfleet start ${id}`)
    return Promise.resolve({ ...done, text: name === 'pause' ? 'paused' : 'newly worded' })
  },
  table: () => Promise.resolve([]),
} as unknown as FleetAccess

/** The real program in a language; its context answers with the fleet above. */
async function run(language: Language, ...words: string[]): Promise<Ran> {
  let [stdout, stderr, code] = ['', '', -1]
  const print = (text: string) => {
    stdout += text
  }
  const complain = (text: string) => {
    stderr += `${text}\n`
  }
  const open = () => Promise.resolve(fleet)
  const context = { home: '/home', columns: null, print, complain, open } as unknown as CliContext
  const exit = (given: number) => {
    code = given
  }
  const program = buildProgram({ contextOf: () => context, exit }, '1.0.0', language)
  const output = { writeOut: print, writeErr: (text: string) => complain(text.trimEnd()) }
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ ...output, getOutHelpWidth: () => 80 })
  await program.parseAsync(words, { from: 'user' }).catch((error: { exitCode?: number }) => {
    code = error.exitCode ?? 1
  })
  return { code, stdout, stderr }
}

const HAN = /\p{Script=Han}/u

describe('the language of a run', () => {
  it('is that of --lang, else of PERPFLEET_LANG, else Chinese when the locale is', () => {
    const none = { own: null, locale: null }
    assert.equal(chooseLanguage(null, none), 'en')
    assert.equal(chooseLanguage('zh-TW', { own: 'zh-CN', locale: 'en_US.UTF-8' }), 'zh-TW')
    assert.equal(chooseLanguage(null, { own: 'zh-CN', locale: 'zh_TW.UTF-8' }), 'zh-CN')
    const locales: Readonly<Record<string, Language>> = {
      'zh_CN.UTF-8': 'zh-CN',
      zh: 'zh-CN',
      zh_SG: 'zh-CN',
      'zh_TW.UTF-8': 'zh-TW',
      zh_HK: 'zh-TW',
      'zh-Hant': 'zh-TW',
      'de_DE.UTF-8': 'en',
      'C.UTF-8': 'en',
      zhuang: 'en',
    }
    for (const [locale, language] of Object.entries(locales))
      assert.equal(chooseLanguage(null, { own: null, locale }), language, locale)
  })
  it('is English when the environment names an unknown one: kill must work all the same', () => {
    assert.equal(chooseLanguage(null, { own: 'fr', locale: 'zh_CN.UTF-8' }), 'en')
  })
  it('is understood in every spelling that systems and browsers have for it', async () => {
    const spellings: Readonly<Record<Language, readonly string[]>> = {
      en: ['en', 'EN', 'en-GB', 'en_US.UTF-8'],
      'zh-CN': ['zh', 'ZH', 'zh-cn', 'zh-Hans', 'zh_SG', 'zh-Hans-CN'],
      'zh-TW': ['zh-TW', 'ZH-tw', 'zh_TW', 'zh-Hant', 'zh-HK', 'zh-Hant-HK', 'zh_MO'],
    }
    for (const language of languages)
      for (const word of spellings[language]) {
        const other = language === 'en' ? 'zh-TW' : 'en'
        assert.equal(chooseLanguage(word, { own: other, locale: other }), language, word)
        assert.equal((await run(language, '--lang', word, 'list')).code, 0, word)
      }
    for (const word of ['xx', 'zhuang', 'english', ''])
      assert.equal((await run('en', '--lang', word, 'list')).code, 2, word)
  })
  it('is found wherever --lang stands, the last one counts, and not behind --', () => {
    assert.equal(languageOption(['list', '--lang', 'zh-CN']), 'zh-CN')
    assert.equal(languageOption(['--lang=zh-TW', 'list', '--lang=en']), 'en')
    assert.equal(languageOption(['list', '--', '--lang', 'zh-CN']), null)
    assert.equal(languageOption(['list', '--lang']), null)
  })
  it('is refused with one sentence and exit 2 when --lang names another', async () => {
    const { code, stderr, stdout } = await run('en', '--lang', 'fr', 'list')
    assert.deepEqual([code, stdout], [2, ''])
    assert.equal(stderr, '--lang must be one of en, zh-CN, zh-TW, found fr\n')
  })
})

describe('list, status and help in three languages', () => {
  const heads = { en: /^instance +state /m, 'zh-CN': /^实例 +状态 /m, 'zh-TW': /^實例 +狀態 /m }
  for (const language of languages) {
    it(`list: the head, the state beside its stable word, columns in line (${language})`, async () => {
      const { code, stdout } = await run(language, 'list')
      assert.equal(code, 0)
      assert.match(stdout, heads[language])
      for (const { id, state } of items)
        assert.match(stdout, new RegExp(`^${id} +${state}\\b`, 'm'))
      assert.equal(HAN.test(stdout), language !== 'en')
      const lines = stdout.split('\n').slice(1, 5)
      const [head = '', ...rows] = lines
      // `pid` stands to the right: its last digit ends where its head ends, whatever stands before.
      const end = displayWidth(head.slice(0, head.indexOf('pid') + 3))
      for (const row of rows) assert.equal(displayWidth(row.slice(0, row.indexOf(' 10 ') + 3)), end)
    })
    it(`status: facts in line (${language})`, async () => {
      const { stdout } = await run(language, 'status', 'sol')
      const facts = stdout.split('\n').filter((line) => line.startsWith('  '))
      assert.ok(facts.length >= 6)
      const starts = facts.map((line) => {
        const [name = '', gap = ''] = /^ {2}(\S+)( +)/.exec(line)?.slice(1) ?? []
        return displayWidth(`${name}${gap}`)
      })
      assert.equal(new Set(starts).size, 1, stdout)
    })
    it(`help: descriptions of every command and option in one column (${language})`, async () => {
      const { code, stdout } = await run(language, '--help')
      assert.equal(code, 0)
      assert.equal(HAN.test(stdout), language !== 'en')
      for (const line of stdout.split('\n')) assert.ok(displayWidth(line) <= 80, line)
      const left = buildProgram(undefined, '1.0.0', language).commands.flatMap(described)
      const inEnglish = left.filter(
        ({ text }) => text === '' || HAN.test(text) === (language === 'en'),
      )
      assert.deepEqual(
        inEnglish.map(({ name }) => name),
        [],
      )
    })
  }
})

interface Described {
  readonly name: string
  readonly text: string
}

/** A command with its own commands and options; `__complete` is for shells. */
function described(command: ReturnType<typeof buildProgram>): Described[] {
  if (command.name().startsWith('__')) return []
  const options = command.options.map(({ flags, description }) => ({
    name: `${command.name()} ${flags}`,
    text: description,
  }))
  const own = { name: command.name(), text: command.description() }
  return [own, ...options, ...command.commands.flatMap(described)]
}

describe('what never depends on the language', () => {
  it('JSON and exit codes', async () => {
    for (const words of [
      ['list', '--json'],
      ['status', '--json'],
      ['pause', 'sol', '--json'],
      ['arm', 'sol', '--json'],
      ['orders', '--json'],
      ['pause'],
      ['stop', 'nobody'],
      ['nonsense'],
    ]) {
      const ran = await Promise.all(languages.map((language) => run(language, ...words)))
      const [english] = ran
      for (const { code, stdout } of ran)
        assert.deepEqual([code, stdout], [english?.code, english?.stdout], words.join(' '))
    }
  })
})

describe('the types of messages', () => {
  it('refuse what is not translated, and values that are missing or too many', () => {
    // @ts-expect-error zh-TW is missing
    const half = defineMessages({ a: { en: 'x', 'zh-CN': '甲' } })
    const { b, c } = defineMessages({
      b: { en: 'x {n}', 'zh-CN': '甲 {n}', 'zh-TW': '甲 {n}' },
      c: { en: 'y', 'zh-CN': '乙', 'zh-TW': '乙' },
    })
    // @ts-expect-error n is missing
    const without = sentence(b)
    // @ts-expect-error it asks for n
    const other = sentence(b, { m: 1 })
    // @ts-expect-error it asks for nothing
    const more = sentence(c, { n: 1 })
    assert.deepEqual([half, without, other, more].length, 4)
    assert.equal(sentenceIn('zh-TW', without), '甲 {n}')
  })
})

describe('sentences', () => {
  it('of results are translated by phrase, else by action and state; a failure keeps its reason', async () => {
    assert.match((await run('zh-TW', 'pause', 'sol')).stdout, /^sol 已暫停$/m)
    assert.match((await run('zh-CN', 'resume', 'sol')).stdout, /^sol 已恢复，现为 running 运行中$/m)
    assert.match((await run('en', 'resume', 'sol')).stdout, /^sol newly worded$/m)
    const refused = await run('zh-CN', 'arm', 'sol')
    assert.deepEqual([refused.code, refused.stderr], [4, 'sol 已停止：perpfleet start sol\n'])
    const { stdout } = await run('zh-CN', 'list')
    assert.match(stdout, /^eth：300 秒内结束 5 次（最后一次被 SIGKILL 结束）$/m)
    assert.match(stdout, /^btc：a text that no phrase book knows$/m)
  })
  it('of errors are said in the language of the run, in whatever language they are thrown', async () => {
    const unknown = await run('zh-TW', 'stop', 'nobody')
    assert.deepEqual(
      [unknown.code, unknown.stderr],
      [3, '此處沒有實例 nobody；已知實例：sol, eth, btc；未執行任何操作\n'],
    )
    assert.match((await run('zh-CN', 'nonsense')).stderr, /^错误：没有命令“nonsense”/)
    assert.match(
      (await run('zh-CN', 'list', '--wid')).stderr,
      /没有选项“--wid”（是否想输入 --wide？）/,
    )
    assert.match((await run('zh-TW', 'stop', '--orders', 'x')).stderr, /可選值為 cancel, keep$/m)
    assert.match((await run('zh-TW', 'orders', '--limit')).stderr, /缺少值$/m)
    assert.match((await run('zh-CN', 'down', 'x')).stderr, /参数过多，应为 0 个/)
    let told = ''
    const context = { complain: (text: string) => (told = text) } as unknown as CliContext
    const { twice } = defineMessages({
      twice: { en: '{a} and {b}', 'zh-CN': '{b}与{a}', 'zh-TW': '{b}及{a}' },
    })
    const word = { en: 'one', 'zh-CN': '一', 'zh-TW': '一' }
    const thrown = new CliError(1, sentence(twice, { a: word, b: 2 }))
    assert.equal(thrown.message, 'one and 2')
    const joined = { contextOf: () => context, exit: () => {}, speech: speechIn('zh-CN') }
    const fail = action(joined, () => Promise.reject(thrown))
    await fail({ optsWithGlobals: () => ({}), args: [] })
    assert.equal(told, '2与一')
  })
  it('that the phrase book knows are translated within others, and clauses one by one', () => {
    const { relay } = speechIn('zh-CN', phrases)
    assert.equal(relay('killed: it did not answer'), '被强制结束：没有应答')
    assert.equal(
      relay('ended by SIGTERM; auto_restart is off'),
      '被 SIGTERM 结束；auto_restart 已关闭',
    )
    assert.equal(relay('unknown; unheard'), 'unknown; unheard')
    assert.match(
      relay(
        'the limit max_capital_utilization would be exceeded; it would come to 510.25 USDC, 500.00 USDC are allowed',
      ),
      /；将达到 510\.25 USDC，允许 500\.00 USDC$/,
    )
    assert.equal(
      relay(
        'The risk limits cut 2 of 4 trials short (limit_drawdown 1, limit_daily_loss 1): --no-limits shows the strategy alone.',
      ),
      '风险限制中断了 4 次试验中的 2 次（limit_drawdown 1, limit_daily_loss 1）：--no-limits 只看策略本身。',
    )
    assert.equal(
      relay(
        'Out of sample the risk limits cut 1 of 2 parts short (2 limit_drawdown): a stretch without trades there is their doing.',
      ),
      '样本外有 2 段中的 1 段被风险限制中断（2 limit_drawdown）：其中没有交易的部分由此而来。',
    )
    assert.equal(
      relay('two words is stopped: perpfleet start x'),
      'two words is stopped: perpfleet start x',
    )
  })
  it('tells faults of configuration files, piece by piece', () => {
    const { relay } = speechIn('zh-CN', phrases)
    assert.equal(
      relay(
        'strategy_config.grid_num must be a whole number at least 2 and at most 1001, found -3',
      ),
      'strategy_config.grid_num 应为：2 到 1001 的整数，实际为 -3',
    )
    assert.equal(
      relay(
        'risk_config.max_drawdown must be a share above 0 and at most 1, found 6; for 6 percent write 0.06',
      ),
      'risk_config.max_drawdown 应为：大于 0 且不超过 1 的比例，实际为 6；6 % 请写作 0.06',
    )
    assert.equal(
      relay('metadata.simbol is not a known key; did you mean symbol?'),
      'metadata.simbol 不是已知的键；是否指 symbol？',
    )
    assert.equal(
      relay('strategy_config.max_position is missing: it must be given, or total_margin'),
      '缺少 strategy_config.max_position：须给出该键，或给出 total_margin',
    )
  })
  it('of the desk on what holds an instance leave no English behind, whatever its mode', () => {
    const { relay } = speechIn('zh-TW', phrases)
    const figures = { base: money(1e12), equity: money(9e11), allowed: money(5e10), share: 5e6 }
    const limits = (['limit_daily_loss', 'limit_drawdown'] as const).flatMap((code) =>
      (['instance', 'account', 'fleet'] as const).flatMap((whose) => [
        { code, whose, figures },
        { code, whose: 'instance' as const, figures: null },
      ]),
    )
    const kinds = ['pause', 'disarm', 'close', 'kill', 'kill_order', 'journal_lost'] as const
    const at = { since: 0, marketAt: 0 }
    const causes: readonly (ModeCause | null)[] = [
      null,
      ...kinds.map((kind) => ({ kind, ...at, limit: null })),
      ...limits.map((limit) => ({ kind: 'limit' as const, ...at, limit })),
    ]
    const held = ['paused', 'reduce_only', 'halted', 'killed', 'disarmed'] as const
    const told = held.flatMap((mode) =>
      causes.flatMap((cause) => {
        const { why = '', way_out: way = '' } = restraintOf('sol', mode, cause, null) ?? {}
        const stays = `sol stays ${mode.replace('_', ' ')}: ${why}; ${way}`
        return [why, way, stays].map((text) => relay(text))
      }),
    )
    const english = told.filter((text) =>
      /[a-z]{3,} [a-z]{2,} [a-z]{2,} [a-z]+/.test(text.replaceAll(/perpfleet \w+ sol/g, '')),
    )
    assert.deepEqual(english, [])
    assert.match(
      told.join('\n'),
      /已達到單日虧損限額（叢集）：權益從當日開始的 10000\.00 降至 9000\.00/,
    )
  })
  it('of a contract that is taken, and the way out of it, are translated whole', () => {
    const taken = 'SOL/USDC:USDC on account paper-backpack-main already belongs to instance sol_01'
    const said = [
      `${taken}: stop that one, or give this one another account with the key exchange_config.account`,
      `${taken}: stop that one, or give my_grid another account.`,
    ]
    for (const language of ['zh-CN', 'zh-TW'] as const)
      for (const text of said) {
        const told = speechIn(language, phrases).relay(text)
        assert.match(told, /paper-backpack-main .* SOL\/USDC:USDC .* sol_01[：:]/)
        assert.doesNotMatch(told, /[a-z]{3,} [a-z]{2,} [a-z]{2,}/)
        const way =
          'correct its file and it starts by itself, any other mend needs perpfleet start x'
        const started = speechIn(language, phrases).relay(`is refused: ${text}; ${way}`)
        assert.match(started, /^被拒[绝絕][启啟][动動]：[账帳]/)
        assert.doesNotMatch(started, /mend|belongs/)
      }
  })
  it('of any kind come through in English, and none is lost in another language', () => {
    const said = Object.values(phrases)
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...said), (value, message) => {
        const values = Object.fromEntries(
          [...message.en.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name = '']) => [name, value]),
        )
        const english = sentenceIn('en', { message, values })
        assert.equal(speechIn('en', phrases).relay(english), english)
        assert.notEqual(speechIn('zh-TW', phrases).relay(english), '')
      }),
      { numRuns: 200 },
    )
  })
})

describe('columns with wide characters', () => {
  it('count two for a Chinese character, one for a letter, none for a colour', () => {
    assert.equal(displayWidth('强平价 abc'), 10)
    assert.equal(displayWidth('，（）：…–×→│'), 4 * 2 + 5)
    assert.equal(displayWidth('\u001b[31m红\u001b[0m'), 2)
    assert.equal(padEnd('状态', 6), '状态  ')
  })
  it('stand in line in tables', () => {
    const text = tableText('实例|状态|数', [
      ['甲', 'running 运行中', 1],
      ['long-name', 'x', 22],
    ])
    const ends = text.trimEnd().split('\n').map(displayWidth)
    assert.equal(new Set(ends).size, 1, text)
  })
  it('wrap between characters, never before a closing mark, and lose nothing', () => {
    const text = '撤销会增加风险的挂单，且不再下此类单（PERPFLEET_LANG）。'
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 60 }), (width) => {
        const lines = wrap(text, width).split('\n')
        assert.equal(lines.join(''), text)
        for (const line of lines) assert.doesNotMatch(line, /^[，。）]/)
        for (const line of lines)
          assert.ok(displayWidth(line) <= Math.max(width, 22), `${width}: ${line}`)
      }),
    )
    assert.equal(wrap('one two  three', 8), 'one two\nthree')
  })
})
