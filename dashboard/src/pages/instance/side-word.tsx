import { clsx } from 'clsx'
import { useTradeWord } from '../../lib/i18n.ts'

/** Buy or sell in word and colour. */
export function SideWord({ side }: { readonly side: string }) {
  const word = useTradeWord()
  return (
    <span
      className={clsx('font-medium whitespace-nowrap', side === 'buy' ? 'text-good' : 'text-bad')}
    >
      {word(side)}
    </span>
  )
}
