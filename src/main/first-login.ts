/**
 * The line of the start screen that tells how to log in after the first start.
 * @param command how people call the program here, as in the line `next`
 */
export const loginText = (password: string, command: string): string =>
  `login      admin / ${password} (shown only now; ${command} user password admin makes another)`

/** Where the start screen goes to a log: the password that was made is told to nobody. */
export const untoldLogin = (command: string): string =>
  `login      admin: ${command} user password admin makes its password (this output goes to a log)`
