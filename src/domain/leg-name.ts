/**
 * An instance of several legs is one bot and, at the desks, one instance for each leg: the first has the name of the
 * instance, the others `ID.2`, `ID.3` … No id contains a dot, so every name leads back to its instance.
 */

/** @param index of the leg, from 0 */
export const legName = (instance: string, index: number): string =>
  index === 0 ? instance : `${instance}.${index + 1}`

/** The instance that a name at a desk belongs to. */
export const instanceOfLeg = (name: string): string => name.split('.', 1)[0] ?? name
