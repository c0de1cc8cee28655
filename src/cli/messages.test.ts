import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { languages } from './language.ts'
import { phrases } from './messages/phrases.ts'
import { conditionPhrases } from './messages/phrases-of-states.ts'
import type { Message } from './speech.ts'

const SOURCE = join(import.meta.dirname, '..')
const FOLDER = join(import.meta.dirname, 'messages')

interface Named {
  readonly name: string
  readonly message: Message
}

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && 'en' in value

/** Every message of every table in src/cli/messages/, whoever wrote it. */
async function allMessages(): Promise<readonly Named[]> {
  const found: Named[] = []
  for (const file of globSync('*.ts', { cwd: FOLDER }).sort()) {
    const module: object = await import(pathToFileURL(join(FOLDER, file)).href)
    const tables = Object.entries(module).filter(([, value]) => typeof value === 'object')
    for (const [table, messages] of tables)
      for (const [key, message] of Object.entries(messages as object))
        if (isMessage(message)) found.push({ name: `${file} ${table}.${key}`, message })
  }
  return found
}

const messages = await allMessages()
const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name)
const namesIn = (text: string): string => [...new Set(placeholders(text))].sort().join(' ')
const faulty = (isFaulty: (message: Message) => boolean): readonly string[] =>
  messages.filter(({ message }) => isFaulty(message)).map(({ name }) => name)

describe('the messages of the command line', () => {
  it('are found, hundreds of them', () => {
    assert.ok(messages.length > 300, String(messages.length))
  })
  it('exist in every language and in no other', () => {
    const own = [...languages].sort().join(' ')
    assert.deepEqual(
      faulty((message) => Object.keys(message).sort().join(' ') !== own),
      [],
    )
    assert.deepEqual(
      faulty((message) => languages.some((language) => message[language].trim() === '')),
      [],
    )
  })
  it('have the same placeholders in every language, named by letters', () => {
    const differs = (message: Message) =>
      languages.some((language) => namesIn(message[language]) !== namesIn(message.en))
    assert.deepEqual(faulty(differs), [])
    const isOdd = ({ en }: Message) => placeholders(en).some((name) => !/^[A-Za-z]+$/.test(name))
    assert.deepEqual(faulty(isOdd), [])
  })
  it('have the same number of columns', () => {
    const columns = (text: string) => text.split('|').length
    const differs = (message: Message) =>
      languages.some((language) => columns(message[language]) !== columns(message.en))
    assert.deepEqual(faulty(differs), [])
  })
  it('are not left in English', () => {
    // Words that stay as they are in every language.
    const everywhere = new Set(['pid', 'id', 'CPU', 'PnL'])
    const isLeft = ({ en, ...others }: Message) => {
      const words = en.replaceAll(/\{[A-Za-z]+\}/g, ' ').match(/[A-Za-z]+/g) ?? []
      const isTold = (text: string) => /\p{Script=Han}/u.test(text)
      return words.some((word) => !everywhere.has(word)) && !Object.values(others).every(isTold)
    }
    assert.deepEqual(faulty(isLeft), [])
    assert.deepEqual(
      faulty(({ en }) => /\p{Script=Han}/u.test(en)),
      [],
    )
  })
  it('are written in the characters of each script', () => {
    const simplified =
      /[实状态设损执进仓单约对账户据库关开动启时间网络览应认错误询问确从个样项将没过这们会来说证价资强额亏报类级别备护径复变处发点连线称总结终续给计记读写无机条权标转输还远选释销键长门闭队险随页顺须题风验买卖内达涨币当难]/u
    const traditional =
      /[實狀態設損執進倉單約對帳戶據庫關開動啟時間網絡覽應認錯誤詢問確從個樣項將沒過這們會來說證價資強額虧報類級別備護徑復變處發點連線稱總結終續給計記讀寫無機條權標轉輸還遠選釋銷鍵長門閉隊險隨頁順須題風驗買賣內達漲幣當難]/u
    assert.deepEqual(
      faulty((message) => simplified.test(message['zh-TW'])),
      [],
    )
    assert.deepEqual(
      faulty((message) => traditional.test(message['zh-CN'])),
      [],
    )
  })
  it('are written in the words of each place, one word for one thing', () => {
    const mainland =
      /執行個體|設置|數據|信息|默認|文件|內存|端口|配置|運行|(?<!處理)程序|止損|止盈/u
    assert.deepEqual(
      faulty((message) => mainland.test(message['zh-TW'])),
      [],
    )
    const island = /设定|资料|程式|伺服器|预设|资讯|停损|停利|叢集|丛集/u
    assert.deepEqual(
      faulty((message) => island.test(message['zh-CN'])),
      [],
    )
  })
})

describe('the phrase book', () => {
  const outside = globSync(
    '{adapters,api,backtest,bot,client,config,desk,domain,engine,exchange,fleet,main,strategies}/**/*.ts',
    {
      cwd: SOURCE,
      exclude: (name) => name.endsWith('.test.ts'),
    },
  )
    .map((file) => readFileSync(join(SOURCE, file), 'utf8'))
    .join('\n')

  const composed = new Set<string>([
    '{id} is exited: {why}',
    'reduce only: {why}',
    conditionPhrases.mismatch.en,
  ])

  it('holds the words of the code that says them', () => {
    // The longest piece between two placeholders; it may be broken where the code puts it together.
    const longest = (en: string): string =>
      en
        .split(/\{[A-Za-z]+\}/)
        .flatMap((piece) => piece.split(/; |, (?=which|or|lockstep|and|seed)|: /))
        .reduce((best, piece) => (piece.length > best.length ? piece : best), '')
        .trim()
    // Put together of pieces too small to be found; language.test.ts hears the sentences themselves.
    const isComposed = (en: string) => en.includes('{whose}') || composed.has(en)
    const lost = Object.values<Message>(phrases)
      .map(({ en }) => en)
      .filter((en) => !isComposed(en) && !outside.includes(longest(en)))
    assert.deepEqual(lost, [])
  })
})
