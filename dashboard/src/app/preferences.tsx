import { Languages, Moon, Sun } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../components/button.tsx'
import { Menu } from '../components/menu.tsx'
import { chooseLanguage, languageNames, languages, useLanguage } from '../lib/i18n.ts'
import { chooseTheme, themeChoices, useTheme } from '../lib/theme.ts'

export function LanguageMenu() {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <Menu
      trigger={<IconButton label={t('menu.language')} icon={<Languages className="size-4" />} />}
      items={languages.map((one) => ({
        id: one,
        label: languageNames[one],
        checked: one === language,
        onSelect: () => void chooseLanguage(one),
      }))}
    />
  )
}

export function ThemeMenu() {
  const { t } = useTranslation()
  const { choice, shown } = useTheme()
  const Icon = shown === 'dark' ? Moon : Sun
  return (
    <Menu
      trigger={<IconButton label={t('menu.theme')} icon={<Icon className="size-4" />} />}
      items={themeChoices.map((one) => ({
        id: one,
        label: t(`theme.${one}`),
        checked: one === choice,
        onSelect: () => chooseTheme(one),
      }))}
    />
  )
}
