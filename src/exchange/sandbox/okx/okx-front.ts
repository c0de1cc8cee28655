import type { FrontFactory } from '../front.ts'
export const createOkxFront: FrontFactory = () => { throw new RangeError('not yet') }
