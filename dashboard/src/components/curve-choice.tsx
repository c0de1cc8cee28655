import { useTranslation } from 'react-i18next'
import type { EquityCurve } from './chart-types.ts'
import { Segments } from './tabs.tsx'

interface CurveChoiceProps {
  readonly value: EquityCurve
  readonly onChange: (curve: EquityCurve) => void
}

/** `PnL | Equity` above an EquityChart. */
export function CurveChoice({ value, onChange }: CurveChoiceProps) {
  const { t } = useTranslation()
  const options = [
    { value: 'pnl', label: t('chart.pnl') },
    { value: 'equity', label: t('chart.equity') },
  ] as const
  return <Segments label={t('chart.curve')} options={options} value={value} onChange={onChange} />
}
