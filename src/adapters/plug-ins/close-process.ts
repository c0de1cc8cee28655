/** The second wall of a plug-in's process: what Node.js offers beside the language is taken away. */
import { registerHooks } from 'node:module'

/** What stays in the outer realm: the language, and what the sandbox itself uses. */
const LANGUAGE: ReadonlySet<string | symbol> = new Set([
  ...['Object', 'Function', 'Array', 'Number', 'Boolean', 'String', 'Symbol', 'Promise', 'RegExp'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError'],
  ...['TypeError', 'URIError', 'JSON', 'Math', 'ArrayBuffer', 'Uint8Array', 'DataView', 'Map'],
  ...['Set', 'WeakMap', 'WeakSet', 'Proxy', 'Reflect', 'BigInt', 'undefined', 'NaN', 'Infinity'],
  'Buffer',
  'globalThis',
])

/**
 * No module is loaded any more, and neither `process` nor the global object leads to the network, to a process or to a
 * native binding. For good: the permission model of Node.js 24 does not know the network.
 */
export function closeProcess(): void {
  const refuse = (): never => {
    throw new Error('a strategy imports perpfleet/strategy alone')
  }
  registerHooks({ resolve: refuse, load: refuse })
  for (const holder of [process, globalThis])
    for (const key of Reflect.ownKeys(holder))
      if (!LANGUAGE.has(key)) Reflect.deleteProperty(holder, key)
}
