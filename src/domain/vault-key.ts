/** What unlocks a vault: 32 bytes, or a passphrase from which they are derived. */
export type VaultKey =
  | { readonly kind: 'key'; readonly bytes: Uint8Array }
  | { readonly kind: 'passphrase'; readonly text: string }
