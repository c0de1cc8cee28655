// Rules about the text of the code that a formatter or linter does not know:
// lengths, folders, and what pure code must not touch.
import { globSync, readFileSync } from 'node:fs'
import { basename, join, sep } from 'node:path'
import ts from 'typescript'
import { MAY_IMPORT, PURE } from './boundaries.ts'
import type { Violation } from './imports.ts'

const FUNCTION_LINES = 70
const FILE_LINES = 500
/** Made by a program of what others have written. */
const GENERATED = new Set(['src/client/api-types.ts'])

/** What must not appear in pure code, as it is written there. */
const BANNED_MEMBERS: Record<string, string[]> = {
  Date: ['now'],
  Math: ['random'],
  Number: ['parseFloat'],
}
const BANNED_NAMES = new Set([
  'parseFloat',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'process',
  'crypto',
  'globalThis',
])

const isTest = (file: string) => file.endsWith('.test.ts')
const folderOf = (file: string) => file.match(/^src\/([^/]+)\//)?.[1]

type Report = (rule: string, node: ts.Node, what: string) => void

/** A name used as a value: not the name of a property, a type, or something declared here. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return false
  const isDeclared =
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isMethodDeclaration(parent)
  return !isDeclared
}

/** Names that a file declares itself: a variable called `process` is not the global. */
function declaredNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isImportSpecifier(node)
    if (isDeclaration && node.name && ts.isIdentifier(node.name)) names.add(node.name.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

/** `Date.now`, `Date['now']` and `const { now } = Date`, as "Date.now". */
function memberNames(node: ts.Node): string[] {
  if (ts.isPropertyAccessExpression(node)) return [`${node.expression.getText()}.${node.name.text}`]
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return [`${node.expression.getText()}.${node.argumentExpression.text}`]
  }
  if (ts.isVariableDeclaration(node) && node.initializer && ts.isObjectBindingPattern(node.name)) {
    const object = node.initializer.getText()
    return node.name.elements.map((e) => `${object}.${(e.propertyName ?? e.name).getText()}`)
  }
  return []
}

function checkPure(node: ts.Node, declared: Set<string>, report: Report): void {
  const rule = 'banned-in-pure-code'
  for (const name of memberNames(node)) {
    const [object = '', member = ''] = name.split('.').slice(-2)
    const banned = BANNED_MEMBERS[object]
    if (banned?.includes(member)) report(rule, node, name)
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date') {
    if ((node.arguments ?? []).length === 0) report(rule, node, 'new Date()')
  }
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') {
    report(rule, node, 'Date()')
  }
  if (ts.isIdentifier(node) && BANNED_NAMES.has(node.text) && isReference(node)) {
    if (!declared.has(node.text)) report(rule, node, node.text)
  }
}

function checkEngine(node: ts.Node, report: Report): void {
  const isPromise = ts.isIdentifier(node) && node.text === 'Promise'
  const isAsync = node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)
  if (isPromise || isAsync) report('promise-in-engine', node, node.getText().slice(0, 40))
}

function checkEnvironment(node: ts.Node, report: Report): void {
  const rule = 'env-outside-config'
  for (const name of memberNames(node))
    if (/(^|\.)process\.env$/.test(name)) report(rule, node, name)
  if (ts.isImportDeclaration(node) && /^(node:)?process$/.test(moduleOf(node))) {
    const names = node.importClause?.namedBindings
    if (names && ts.isNamedImports(names)) {
      for (const { propertyName, name } of names.elements) {
        if ((propertyName ?? name).text === 'env') report(rule, node, 'env of node:process')
      }
    }
  }
}

function moduleOf(node: ts.ImportDeclaration): string {
  return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : ''
}

function checkLength(node: ts.Node, source: ts.SourceFile, report: Report): void {
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return
  const first = source.getLineAndCharacterOfPosition(node.getStart()).line
  const last = source.getLineAndCharacterOfPosition(node.getEnd()).line
  const lines = last - first + 1
  if (lines > FUNCTION_LINES) {
    report('function-too-long', node, `${lines} lines, at most ${FUNCTION_LINES}`)
  }
}

function checkNames(file: string): Violation[] {
  const found: Violation[] = []
  const add = (rule: string, detail: string) => found.push({ rule, file, detail })
  if (!file.startsWith('src/')) return found
  if (/^index\.[mc]?[jt]sx?$/.test(basename(file))) {
    add('barrel', `${file}: import from the file that declares it, not from an index`)
  }
  const folder = folderOf(file)
  if (folder === undefined || !Object.hasOwn(MAY_IMPORT, folder)) {
    add('folder-without-row', `${file}: src/${folder ?? ''} has no row in scripts/boundaries.ts`)
  }
  return found
}

function checkText(file: string, text: string): Violation[] {
  const found: Violation[] = []
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2024, true)
  const report: Report = (rule, node, what) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
    found.push({ rule, file, detail: `${file}:${line} ${what}` })
  }
  const lines = text.trimEnd().split('\n').length
  if (lines > FILE_LINES && !GENERATED.has(file)) {
    found.push({
      rule: 'file-too-long',
      file,
      detail: `${file} ${lines} lines, at most ${FILE_LINES}`,
    })
  }
  if (isTest(file)) return found
  const folder = folderOf(file) ?? ''
  const isProgram = file.startsWith('src/')
  const isPure = PURE.includes(folder)
  const declared = isPure ? declaredNames(source) : new Set<string>()
  const visit = (node: ts.Node): void => {
    checkLength(node, source, report)
    if (isPure) checkPure(node, declared, report)
    if (folder === 'engine') checkEngine(node, report)
    if (isProgram && folder !== 'config') checkEnvironment(node, report)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

export function shapeViolations(root: string): Violation[] {
  const files = globSync(
    ['{src,test,scripts,bench,dashboard}/**/*.{ts,tsx}', '{scripts,bin}/**/*.{js,mjs}'],
    {
      cwd: root,
    },
  )
  return files
    .map((file) => file.split(sep).join('/'))
    .sort()
    .flatMap((file) => [
      ...checkNames(file),
      ...checkText(file, readFileSync(join(root, file), 'utf8')),
    ])
}
