/** Which contracts of the venues are compared. */
import { pairsOf } from '../domain/arbitrage/scan.ts'
import type { Instrument } from '../domain/instrument.ts'
import { parseSymbol } from '../domain/symbol.ts'

/**
 * The linear contracts of all venues that have a partner: named ones (a symbol as in instance files, or a base such as BTC), or
 * all. What no other venue has a contract of is left out.
 */
export function chosenContracts(
  all: readonly Instrument[],
  symbols: readonly string[],
): readonly Instrument[] {
  const wanted = symbols.map(wishOf)
  const chosen = all.filter((one) => wanted.length === 0 || wanted.some((wish) => wish(one)))
  const paired = new Set(pairsOf(chosen).flatMap(({ legs }) => legs.map(({ id }) => id)))
  return chosen.filter(({ id }) => paired.has(id))
}

function wishOf(text: string): (instrument: Instrument) => boolean {
  const name = text.trim().toUpperCase()
  try {
    const { symbol } = parseSymbol(name)
    return (one) => one.symbol.toUpperCase() === symbol.toUpperCase()
  } catch {
    return ({ base }) => base.toUpperCase() === name
  }
}
