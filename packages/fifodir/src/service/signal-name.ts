/** Signals as users write them. */
import { constants } from 'node:os'

/** `TERM`, `SIGTERM`, `sigterm` or `15`; a number that has no name is taken as it is. Undefined where it is no signal. */
export function signalCalled(text: string): NodeJS.Signals | number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text) > 0 && Number(text) < 65 ? Number(text) : undefined
  const name = text.toUpperCase()
  return [name, `SIG${name}`].find((known): known is NodeJS.Signals => Object.hasOwn(constants.signals, known))
}
