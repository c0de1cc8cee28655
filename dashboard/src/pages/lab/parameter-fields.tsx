/** The parameters of a strategy as fields, by its own description. What is left empty stays as the strategy has it. */
import { useTranslation } from 'react-i18next'
import { Field } from '../../components/field.tsx'
import { Choice } from './choice.tsx'
import { isRequired } from './wish.ts'

interface Described {
  readonly type?: unknown
  readonly doc?: unknown
  readonly unit?: unknown
  readonly default?: unknown
  readonly values?: unknown
}

interface ParameterFieldsProps {
  readonly parameters: Readonly<Record<string, unknown>>
  /** Keys that most strategies have: they stand behind the strategy's own. */
  readonly shared: ReadonlySet<string>
  readonly values: Readonly<Record<string, string>>
  readonly onChange: (key: string, value: string) => void
}

const NUMBERS = ['number', 'integer', 'decimal']

const shown = (value: unknown): string =>
  value === undefined || value === null ? '' : String(value)

export function ParameterFields({ parameters, shared, values, onChange }: ParameterFieldsProps) {
  const { t } = useTranslation('lab')
  const all = Object.entries(parameters)
  const own = all.filter(([key]) => !shared.has(key))
  const others = all.filter(([key]) => shared.has(key))
  return [
    { title: t('form.own'), fields: own },
    { title: t('form.shared'), fields: others },
  ]
    .filter(({ fields }) => fields.length > 0)
    .map(({ title, fields }) => (
      <fieldset key={title} className="min-w-0">
        <legend className="mb-2 text-xs font-semibold text-ink">{title}</legend>
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
          {fields.map(([key, described]) => (
            <ParameterField
              key={key}
              name={key}
              described={described as Described}
              value={values[key] ?? ''}
              onChange={(value) => onChange(key, value)}
            />
          ))}
        </div>
      </fieldset>
    ))
}

interface ParameterFieldProps {
  readonly name: string
  readonly described: Described
  readonly value: string
  readonly onChange: (value: string) => void
}

function ParameterField({ name, described, value, onChange }: ParameterFieldProps) {
  const { t } = useTranslation('lab')
  const { type, doc, unit } = described
  const choices = choicesOf(described)
  const byItself = shown(described.default)
  const must = isRequired(described)
  const hint = must ? t('form.required', { doc: shown(doc) }) : shown(doc)
  if (choices !== null) {
    const first = byItself === '' ? t('form.default') : `${byItself} (${t('form.default')})`
    return (
      <Choice
        label={name}
        value={value}
        onChange={onChange}
        hint={hint}
        options={[
          { value: '', label: first },
          ...choices.map((one) => ({ value: one, label: one })),
        ]}
      />
    )
  }
  return (
    <Field
      label={name}
      value={value}
      placeholder={byItself}
      hint={hint}
      aria-required={must}
      onChange={(event) => onChange(event.target.value)}
      {...(NUMBERS.includes(String(type)) && { inputMode: 'decimal' as const })}
      {...(typeof unit === 'string' && unit.length < 8 && { unit })}
    />
  )
}

function choicesOf({ type, values }: Described): readonly string[] | null {
  if (type === 'boolean') return ['true', 'false']
  return type === 'enum' && Array.isArray(values) ? values.map(String) : null
}
