/** Schemas of the configuration files as /api/v1/config tells them; secrets are masked. */
import { z } from 'zod'
import type {
  ConfigValidation,
  ConfigVersionRow,
  CreatedConfig,
  ShownConfig,
  WrittenConfig,
} from '../../protocol/config-messages.ts'
import { as, idParams } from './common.ts'

const author = z.string().optional().describe('whom the new version names')
const version = z.int().min(1)
/** An id of an instance, or `fleet`. */
export const configParams = idParams

export const shownConfig = as(
  'ShownConfig',
  z.strictObject({
    id: z.string(),
    file: z.string(),
    version: version.nullable().describe('null: the file as it is now'),
    content: z.string(),
  }),
) satisfies z.ZodType<ShownConfig>

/** Everything that holds, in the units of the core. */
export const effectiveConfig = z.looseObject({ id: z.string() })

export const configVersions = z.strictObject({
  items: z.array(
    as(
      'ConfigVersion',
      z.strictObject({
        instance: z.string(),
        version,
        at: z.number().describe('ms since 1970 UTC'),
        author: z.string(),
        origin: z.string(),
        hash: z.string(),
        file: z.string(),
      }),
    ) satisfies z.ZodType<ConfigVersionRow>,
  ),
  next_cursor: z.null(),
})

export const configDifference = z.strictObject({
  id: z.string(),
  lines: z.array(z.string()).describe('as of diff -u'),
})

export const writtenConfig = as(
  'WrittenConfig',
  z.strictObject({ id: z.string(), file: z.string(), version }),
) satisfies z.ZodType<WrittenConfig>

export const createdConfig = as(
  'CreatedConfig',
  z.strictObject({
    id: z.string(),
    file: z.string(),
    version,
    autostart: z.boolean(),
    same_contract: z.array(z.string()).describe('others with the same contract on the account'),
    own_account: z.string().nullable().describe('the paper account that it was given'),
  }),
) satisfies z.ZodType<CreatedConfig>

export const archivedConfig = z.strictObject({ id: z.string(), file: z.string() })

export const validation = as(
  'Validation',
  z.strictObject({
    faults: z.array(z.string()),
    warnings: z.array(z.string()),
    instances: z.array(z.string()).describe('that may run'),
  }),
) satisfies z.ZodType<ConfigValidation>

const TEXTS = 'template and id must be texts'

export const createBody = z.object({
  template: z.string(TEXTS),
  id: z.string(TEXTS),
  author,
})
export const rollbackBody = z.object({ version: z.unknown(), author })
export const authorBody = z.object({ author })
