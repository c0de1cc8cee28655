/** The sampler of a name. */
import { GridSampler, RandomSampler, type Sampler, type SamplerName } from './sampler.ts'
import type { Space } from './space.ts'
import { TpeSampler } from './tpe.ts'

/** @throws SpaceError when a grid cannot be made of the space */
export function makeSampler(
  name: SamplerName,
  space: Space,
  trials: number,
  seed: number,
): Sampler {
  if (name === 'grid') return new GridSampler(space)
  return name === 'random'
    ? new RandomSampler(space, trials, seed)
    : new TpeSampler(space, trials, seed)
}
