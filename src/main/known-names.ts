/** Names for the completion of a shell: from files alone, nothing is opened that somebody could be waiting for. */
import { join } from 'node:path'
import { HistoryFolder } from '../adapters/history/history-folder.ts'
import type { NameKind } from '../cli/completion.ts'
import { parseSymbol, venueSpelling } from '../domain/symbol.ts'
import type { Home } from '../fleet/home.ts'
import { instanceNames, templateNames } from '../fleet/known-names.ts'

export function knownNames(home: Home, packageRoot: string, kind: NameKind): readonly string[] {
  switch (kind) {
    case 'instance':
      return instanceNames(home).ids
    case 'tag':
      return instanceNames(home).tags
    case 'template':
      return templateNames(
        [home.root, packageRoot].map((root) => join(root, 'config', 'templates')),
      )
    case 'set':
      return setNames(home.history)
  }
}

const setNames = (folder: string): string[] =>
  new HistoryFolder(folder)
    .list()
    .filter(({ kind }) => kind === 'candles')
    .map(
      ({ venue, symbol, timeframe }) =>
        `${venue}/${venueSpelling(parseSymbol(symbol))}/${timeframe}`,
    )
