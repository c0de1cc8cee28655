/** Which front speaks for which venue; loaded when it is switched on. */
import type { FrontFactory, SandboxVenue } from './front.ts'

export const loadFront: Readonly<Record<SandboxVenue, () => Promise<FrontFactory>>> = {
  okx: async () => (await import('./okx/okx-front.ts')).createOkxFront,
  hyperliquid: async () =>
    (await import('./hyperliquid/hyperliquid-front.ts')).createHyperliquidFront,
  backpack: async () => (await import('./backpack/backpack-front.ts')).createBackpackFront,
  aster: async () => (await import('./aster/aster-front.ts')).createAsterFront,
}
