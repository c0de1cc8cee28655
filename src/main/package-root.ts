/** Where the files of this package lie, in a checkout as in an installed package. */
import { join } from 'node:path'

export const PACKAGE_ROOT = join(import.meta.dirname, '..', '..')
