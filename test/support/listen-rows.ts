/** Environments that a service may find, and what is to come of them with descriptors 3, 4 and 5 open and 6 closed. */

/** The value of a variable: `SELF` is the process's pid, `PIDFD` its pidfd's inode. */
export type Variables = Readonly<Partial<Record<'PID' | 'PIDFDID' | 'FDS' | 'FDNAMES', string>>>

/** How many descriptors are taken, and their names where that is not what was said; or the errno that is said instead. */
export type Row = readonly [title: string, variables: Variables, result: readonly string[] | 'EINVAL' | 'EBADF']

const three = ['unknown', 'unknown', 'unknown']
const name255 = 'n'.repeat(255)
const name256 = 'n'.repeat(256)

/** What libsystemd does, too. */
export const ROWS: readonly Row[] = [
  ['nothing at all', {}, []],
  ['no pid', { FDS: '3' }, []],
  ['no pid, and junk', { FDS: 'x', FDNAMES: 'a' }, []],
  ['another pid', { PID: '1', FDS: '3' }, []],
  ['another pid, and junk', { PID: '1', FDS: 'x' }, []],
  ['no count', { PID: 'SELF' }, []],
  ['no count, names', { PID: 'SELF', FDNAMES: 'a:b' }, []],
  ['one', { PID: 'SELF', FDS: '1' }, ['unknown']],
  ['all', { PID: 'SELF', FDS: '3' }, three],
  ['all with names', { PID: 'SELF', FDS: '3', FDNAMES: 'a:b:c' }, ['a', 'b', 'c']],
  ['names that are the same', { PID: 'SELF', FDS: '2', FDNAMES: 'a:a' }, ['a', 'a']],
  ['empty names', { PID: 'SELF', FDS: '2', FDNAMES: ':' }, ['', '']],
  ['an empty name last', { PID: 'SELF', FDS: '2', FDNAMES: 'a:' }, ['a', '']],
  ['an empty name first', { PID: 'SELF', FDS: '2', FDNAMES: ':b' }, ['', 'b']],
  ['an empty name alone', { PID: 'SELF', FDS: '1', FDNAMES: '' }, ['']],
  ['an empty value for two names', { PID: 'SELF', FDS: '2', FDNAMES: '' }, 'EINVAL'],
  ['a name of 255 characters', { PID: 'SELF', FDS: '1', FDNAMES: name255 }, [name255]],
  ['a name that is too long', { PID: 'SELF', FDS: '1', FDNAMES: name256 }, [name256]],
  ['a name with control characters', { PID: 'SELF', FDS: '1', FDNAMES: 'a\n\u001b[1m' }, ['a\n\u001b[1m']],
  ['a name with spaces and quotes', { PID: 'SELF', FDS: '1', FDNAMES: ' "a\' b ' }, [' "a\' b ']],
  ['a name that is not ASCII', { PID: 'SELF', FDS: '1', FDNAMES: 'é' }, ['é']],
  ['fewer names', { PID: 'SELF', FDS: '3', FDNAMES: 'a:b' }, 'EINVAL'],
  ['more names', { PID: 'SELF', FDS: '3', FDNAMES: 'a:b:c:d' }, 'EINVAL'],
  ['none', { PID: 'SELF', FDS: '0' }, 'EINVAL'],
  ['a negative count', { PID: 'SELF', FDS: '-1' }, 'EINVAL'],
  ['an empty count', { PID: 'SELF', FDS: '' }, 'EINVAL'],
  ['a count that is junk', { PID: 'SELF', FDS: 'three' }, 'EINVAL'],
  ['a count with junk behind', { PID: 'SELF', FDS: '3 ' }, 'EINVAL'],
  ['a count with a fraction', { PID: 'SELF', FDS: '1.0' }, 'EINVAL'],
  ['more than are numbers', { PID: 'SELF', FDS: '2147483645' }, 'EINVAL'],
  ['an empty pid', { PID: '', FDS: '3' }, 'EINVAL'],
  ['a pid that is junk', { PID: 'me', FDS: '3' }, 'EINVAL'],
  ['a closed descriptor', { PID: 'SELF', FDS: '4' }, 'EBADF'],
  ['a closed descriptor, wrong names', { PID: 'SELF', FDS: '4', FDNAMES: 'a' }, 'EBADF'],
  ['the largest count', { PID: 'SELF', FDS: '2147483644' }, 'EBADF'],
]

/** Where we are stricter, or newer, than libsystemd 252. */
export const OUR_ROWS: readonly Row[] = [
  ['a count in octal digits', { PID: 'SELF', FDS: '01' }, 'EINVAL'],
  ['a count in hexadecimal digits', { PID: 'SELF', FDS: '0x1' }, 'EINVAL'],
  ['a count with a sign', { PID: 'SELF', FDS: '+1' }, 'EINVAL'],
  ['a count with a space before', { PID: 'SELF', FDS: ' 1' }, 'EINVAL'],
  ['a backslash in a name', { PID: 'SELF', FDS: '2', FDNAMES: 'a\\:b\\c' }, ['a\\', 'b\\c']],
  ['its own pidfd', { PID: 'SELF', PIDFDID: 'PIDFD', FDS: '1' }, ['unknown']],
  ["another process's pidfd", { PID: 'SELF', PIDFDID: '1', FDS: '1' }, []],
  ["another process's pidfd, and junk", { PID: 'SELF', PIDFDID: '1', FDS: 'x' }, []],
  ['a pidfd that is junk', { PID: 'SELF', PIDFDID: 'x', FDS: '1' }, 'EINVAL'],
  ['a pidfd that is 0', { PID: 'SELF', PIDFDID: '0', FDS: '1' }, 'EINVAL'],
]
