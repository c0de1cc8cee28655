import 'i18next'
import type common from '../locales/en/common.json'
import type fleet from '../locales/en/fleet.json'
import type instance from '../locales/en/instance.json'
import type lab from '../locales/en/lab.json'
import type pair from '../locales/en/pair.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: {
      common: typeof common
      fleet: typeof fleet
      instance: typeof instance
      lab: typeof lab
      pair: typeof pair
    }
  }
}
