/** The line of the start screen that tells how to log in after the first start. */
export const loginText = (password: string): string =>
  `login      admin / ${password} (shown only now; perpfleet user password admin makes another)`

/** Where the start screen goes to a log: the password that was made is told to nobody. */
export const UNTOLD_LOGIN =
  'login      admin: perpfleet user password admin makes its password (this output goes to a log)'
