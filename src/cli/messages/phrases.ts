/**
 * The phrase book: what the control plane, desks and bots say in English, for those who read another language. An entry
 * is found by its English words, so these must stay the words of the code that says them (a test looks for them there);
 * a text that is not here is shown in English. `{id}` stands for one id, `{whose}` for a text or nothing, every other
 * placeholder for a text.
 */
import { outcomePhrases, placePhrases } from './phrases-of-actions.ts'
import { addressPhrases } from './phrases-of-addresses.ts'
import { configPhrases } from './phrases-of-config.ts'
import { dataPhrases } from './phrases-of-data.ts'
import { gridPhrases } from './phrases-of-grids.ts'
import { historyPhrases } from './phrases-of-history.ts'
import { pairPhrases } from './phrases-of-pairs.ts'
import { searchPhrases } from './phrases-of-searches.ts'
import { conditionPhrases, happeningPhrases } from './phrases-of-states.ts'
import { userPhrases } from './phrases-of-users.ts'
import { reasonMessages } from './reasons.ts'

/** In the order in which they are tried: `killed: it …` of a process before `killed: …` of a mode. */
export const phrases = {
  ...reasonMessages,
  ...outcomePhrases,
  ...happeningPhrases,
  ...conditionPhrases,
  ...placePhrases,
  ...addressPhrases,
  ...dataPhrases,
  ...historyPhrases,
  ...searchPhrases,
  ...userPhrases,
  ...gridPhrases,
  ...pairPhrases,
  ...configPhrases,
}
