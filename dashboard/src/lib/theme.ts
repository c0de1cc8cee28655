/** Dark or light: the system's choice until somebody makes another. public/theme.js sets it before the first paint. */
import { createStore, useStore } from './store.ts'

const KEY = 'perpfleet.theme'
export const themeChoices = ['system', 'light', 'dark'] as const
export type ThemeChoice = (typeof themeChoices)[number]

interface Theme {
  readonly choice: ThemeChoice
  /** What is shown. */
  readonly shown: 'light' | 'dark'
}

const system = matchMedia('(prefers-color-scheme: dark)')

function stored(): ThemeChoice {
  try {
    const word = localStorage.getItem(KEY)
    return word === 'light' || word === 'dark' ? word : 'system'
  } catch {
    return 'system'
  }
}

function themeOf(choice: ThemeChoice): Theme {
  if (choice !== 'system') return { choice, shown: choice }
  return { choice, shown: system.matches ? 'dark' : 'light' }
}

const store = createStore<Theme>(themeOf(stored()))

function show(choice: ThemeChoice): void {
  const theme = themeOf(choice)
  document.documentElement.dataset['theme'] = theme.shown
  store.set(theme)
}

export function chooseTheme(choice: ThemeChoice): void {
  try {
    if (choice === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, choice)
  } catch {
    // not kept: it holds for this tab
  }
  show(choice)
}

system.addEventListener('change', () => show(store.get().choice))
addEventListener('storage', ({ key }) => {
  if (key === KEY) show(stored())
})

export const useTheme = (): Theme => useStore(store)

/** The value of a colour variable of styles/main.css (`good`, `line`) as it is now: for canvases. */
export const themeColour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--c-${name}`).trim()
