/** Whose a socket's file is to be. */
import { groupNumber } from '../posix/group.ts'
import { userNumber } from '../posix/user.ts'
import type { LocalSocket } from './definition.ts'

/** For chown(2): leave it as it is. */
const SAME = -1

/**
 * The numbers of the user and the group that own what `definition` opens.
 *
 * @throws RangeError where there is no such user or group
 */
export function ownerOf({ user, group }: LocalSocket): [uid: number, gid: number] {
  return [numberOf('user', user, userNumber), numberOf('group', group, groupNumber)]
}

function numberOf(
  what: string,
  given: string | number | undefined,
  lookUp: (name: string) => number | undefined,
): number {
  if (typeof given !== 'string') return given ?? SAME
  const number = lookUp(given)
  if (number === undefined)
    throw new RangeError(`no such ${what}: ${given}; name one of the system's, or give its number`)
  return number
}
