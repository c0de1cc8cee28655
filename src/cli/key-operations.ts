/** What the key commands do; src/main/key-files.ts brings it. */
import type { DoctorCheck } from '../protocol/doctor-report.ts'

/** One entry of the vault as it is shown; nothing of it is secret. */
export interface KeyView {
  readonly name: string
  readonly venue: string
  readonly added_at: string
  readonly fingerprint: string
  /** Last four characters of the public part. */
  readonly ending: string
  /** Ids of the instances that name it. */
  readonly used_by: readonly string[]
}

/** Every method may throw an Error with one sentence and a code. */
export interface KeyOperations {
  list(): readonly KeyView[]
  /** A vault is there. */
  readonly hasVault: boolean
  /** Its key is told by the environment or by systemd. */
  readonly hasKey: boolean
  /** @param passphrase null = that of the environment or of systemd */
  add(
    name: string,
    venue: string,
    credentials: Readonly<Record<string, string>>,
    passphrase: string | null,
  ): Promise<KeyView>
  /** Opens the account at its venue and looks; nothing is changed there. */
  test(name: string, isTestnet: boolean, passphrase: string | null): Promise<readonly DoctorCheck[]>
  remove(name: string): void
  /** @returns how many entries were encrypted anew */
  rotate(from: string | null, to: string): Promise<number>
}
