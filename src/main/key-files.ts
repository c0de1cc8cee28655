/** The vault of a home, as the key commands use it. */
import { join } from 'node:path'
import { VaultFile } from '../adapters/vault/vault-file.ts'
import type { KeyOperations, KeyView } from '../cli/key-operations.ts'
import { legsOf, type ResolvedInstance } from '../config/resolved-instance.ts'
import { vaultKey } from '../config/vault-key.ts'
import { accountChecks } from '../fleet/doctor-venue-rules.ts'
import type { Home } from '../fleet/home.ts'
import { VAULT_FILE } from '../fleet/services.ts'
import type { VaultEntry, VaultKey } from '../ports/vault.ts'
import { accountFacts } from './doctor-venue.ts'

/** @param instances as configured now: which of them name an entry */
export function keyFiles(home: Home, instances: () => readonly ResolvedInstance[]): KeyOperations {
  const vault = new VaultFile(join(home.database, VAULT_FILE), () => Date.now())
  const configured = vaultKey()
  const keyOf = (passphrase: string | null): VaultKey => {
    const key =
      passphrase === null ? configured : ({ kind: 'passphrase', text: passphrase } as const)
    if (key === null) throw new Error('no key of the vault is known')
    return key
  }
  const usersOf = (name: string): string[] =>
    instances()
      .filter((instance) =>
        legsOf(instance).some(
          ({ access }) => access?.credential.kind === 'vault' && access.credential.entry === name,
        ),
      )
      .map(({ id }) => id)
  const view = ({ name, venue, addedAt, fingerprint, ending }: VaultEntry): KeyView => ({
    name,
    venue,
    added_at: addedAt,
    fingerprint,
    ending,
    used_by: usersOf(name),
  })
  return {
    list: () => vault.list().map(view),
    hasVault: vault.exists,
    hasKey: configured !== null,
    add: async (name, venue, credentials, passphrase) =>
      view(await vault.add(name, venue, credentials, keyOf(passphrase))),
    test: async (name, isTestnet, passphrase) => {
      const venue = vault.list().find((one) => one.name === name)?.venue ?? ''
      const credentials = await vault.open(name, keyOf(passphrase))
      const { testedKey } = await import('./direct-live.ts')
      return accountChecks(await accountFacts(name, () => testedKey(venue, credentials, isTestnet)))
    },
    remove: (name) => vault.remove(name),
    rotate: (from, to) => vault.rotate(keyOf(from), { kind: 'passphrase', text: to }),
  }
}
