// Sets the theme before anything is painted; src/lib/theme.ts takes over. A file of its own: the policy allows no inline script.
;(() => {
  let stored = null
  try {
    stored = localStorage.getItem('perpfleet.theme')
  } catch {
    // storage is closed to us: the system decides
  }
  const dark =
    stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
