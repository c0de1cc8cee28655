/** A home without instances: what to do first. */
import { Rocket } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Card } from '../../components/card.tsx'

const STEPS = [
  ['template', 'perpfleet config new grid_neutral my_grid'],
  ['preview', 'perpfleet grid preview my_grid'],
  ['start', 'perpfleet start my_grid'],
] as const

export function EmptyFleet() {
  const { t } = useTranslation('fleet')
  return (
    <Card>
      <div className="mx-auto max-w-xl space-y-5 py-8">
        <div className="space-y-1.5 text-center">
          <Rocket aria-hidden className="mx-auto size-6 text-accent" />
          <h1 className="text-lg font-semibold">{t('empty.title')}</h1>
          <p className="text-sm text-dim">{t('empty.text')}</p>
        </div>
        <ol className="space-y-3">
          {STEPS.map(([step, command]) => (
            <li key={step} className="space-y-1">
              <p className="text-sm">{t(`empty.${step}`)}</p>
              <code className="block overflow-x-auto rounded-md border border-line bg-raised px-3 py-2 font-mono text-xs whitespace-pre">
                {command}
              </code>
            </li>
          ))}
        </ol>
        <p className="text-center text-xs text-dim">{t('empty.appears')}</p>
      </div>
    </Card>
  )
}
