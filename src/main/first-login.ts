/** The line of the start screen that tells the password of the first start. */
export const loginText = (password: string): string =>
  `login      admin / ${password} (shown only now; perpfleet user password admin makes another)`
