import type { Look, Tab } from './tab.ts'

/** Defines a test with a browser of its own; afterwards its console must be empty. */
export type BrowserTest = (name: string, work: (tab: Tab) => Promise<void>, look?: Look) => void
