/** One of several, by the browser's own list: it works with keyboards and thumbs alike. */
interface ChooseProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly onChange: (value: T) => void
}

export const Choose = <T extends string>({ label, value, options, onChange }: ChooseProps<T>) => (
  <select
    aria-label={label}
    value={value}
    onChange={(event) => onChange(event.target.value as T)}
    className="h-7 min-w-0 rounded-md border border-edge bg-back px-1.5 text-xs text-ink phone:h-10 phone:flex-1 phone:text-sm"
  >
    {options.map((option) => (
      <option key={option.value} value={option.value}>
        {option.label}
      </option>
    ))}
  </select>
)
