/** What the parts of a venue's key look like: what looks otherwise was not copied whole, and no venue need be asked. */

/** `base64_32`: 32 bytes; `seed`: those, or 64 bytes of which they are the first half. */
export type CredentialForm = 'text' | 'base64_32' | 'seed' | 'address' | 'private_key'

const WALLET = { wallet_address: 'address', private_key: 'private_key' } as const
const FORMS: Readonly<Record<string, Readonly<Record<string, CredentialForm>>>> = {
  backpack: { api_key: 'base64_32', secret_key: 'seed' },
  hyperliquid: WALLET,
  aster: WALLET,
}

const PATTERNS: Readonly<Record<CredentialForm, RegExp>> = {
  text: /\S/,
  base64_32: /^[A-Za-z0-9+/]{43}=$/,
  seed: /^(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/,
  address: /^0x[0-9a-f]{40}$/i,
  // Wallets write it with 0x or without; 0 is no key.
  private_key: /^(?:0x)?(?!0{64}$)[0-9a-f]{64}$/i,
}

/** @param name as exchange_config spells it, e.g. secret_key */
export const credentialForm = (venue: string, name: string): CredentialForm =>
  FORMS[venue]?.[name] ?? 'text'

export const hasForm = (form: CredentialForm, text: string): boolean => PATTERNS[form].test(text)
