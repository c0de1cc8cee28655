/** `--set key=value`: an instance file with some keys changed, as a copy; the file itself stays as it is. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { applyEdits, modify, parse as parseJson } from 'jsonc-parser'
import { parseDocument } from 'yaml'
import { JobError } from './job-command.ts'

/** Names of every object: what is set there is lost, or lands where nobody looks. */
const NO_KEYS = ['__proto__', 'constructor', 'prototype']
const SECTIONS = ['metadata', 'daemon_config', 'exchange_config', 'risk_config', 'strategy_config']

const LIKE = 'write key=value, e.g. --set grid_num=30'

export interface Override {
  readonly path: readonly string[]
  readonly value: unknown
}

/**
 * Reads `grid_num=30` (a key of strategy_config) or `exchange_config.paper.maker_bps=1`.
 * @throws JobError when it is not of that form
 */
export function parseOverride(text: string): Override {
  const at = text.indexOf('=')
  const key = text.slice(0, at).trim()
  if (at < 1 || !/^[a-z0-9_.]+$/i.test(key)) {
    throw new JobError(2, `--set "${text}" cannot be read: ${LIKE}`)
  }
  const parts = key.split('.')
  if (parts.some((part) => part === '' || NO_KEYS.includes(part)))
    throw new JobError(2, `--set "${text}" names no key of an instance file: ${LIKE}`)
  const path = SECTIONS.includes(parts[0] ?? '') ? parts : ['strategy_config', ...parts]
  return { path, value: readValue(text.slice(at + 1).trim()) }
}

/** Numbers, booleans and null as such, everything else as text. */
function readValue(text: string): unknown {
  if (/^(true|false|null|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/.test(text)) return JSON.parse(text)
  return text
}

/** Calls `use` with the path of a changed copy (or of the file itself when nothing is changed) and removes the copy. */
export function withOverrides<Result>(
  path: string,
  overrides: readonly Override[],
  use: (path: string) => Result,
): Result {
  if (overrides.length === 0) return use(path)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return use(path)
  }
  const folder = mkdtempSync(join(tmpdir(), 'perpfleet-set-'))
  try {
    const copy = join(folder, basename(path))
    writeFileSync(copy, changed(text, extname(path).toLowerCase(), overrides), { mode: 0o600 })
    return use(copy)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function changed(text: string, extension: string, overrides: readonly Override[]): string {
  if (extension === '.yml' || extension === '.yaml') {
    const document = parseDocument(text)
    for (const { path, value } of overrides) document.setIn(path, value)
    return document.toString()
  }
  let result = text
  for (const { path, value } of overrides) {
    if (typeof parseJson(result) !== 'object') break
    result = applyEdits(
      result,
      modify(result, [...path], value, { formattingOptions: { tabSize: 2, insertSpaces: true } }),
    )
  }
  return result
}
