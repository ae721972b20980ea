/** Everything that can be asked wrongly, in one table, and what is not as it must be, in another: a row, a mistake. */
import { describe, expect, test } from 'vitest'
import { type Mistake, newPlace } from '../support/mistake.ts'
import { outcome } from '../support/outcome.ts'
import { entries, snapshot } from '../support/snapshot.ts'

const seeActivate = "see 'fifodir activate --help'"

const wrongUsage: Mistake[] = [
  ['no command', [], "no command; see 'fifodir --help'"],
  ['unknown command', ['wiat', 'event'], "unknown command 'wiat' (Did you mean wait?); see 'fifodir --help'"],
  ['make: no DIR', ['make'], "which fifodir? name at least one DIR; see 'fifodir make --help'"],
  ['make: one of the DIRs empty', ['make', 'new', ''], "DIR is empty; name a fifodir; see 'fifodir make --help'"],
  ['make: unknown option', ['make', '-x', 'new'], "unknown option '-x'; see 'fifodir make --help'"],
  [
    'make: no such group',
    ['make', '-g', 'no such', 'new', 'newer'],
    "no such group: no such; name one of the system's, or give its number",
  ],
  [
    'make: group number out of range',
    ['make', '-g', '4294967295', 'new'],
    'not the number of a group: 4294967295; give an integer from 0 to 4294967294',
  ],
  [
    'make: empty group',
    ['make', '-g', '', 'new'],
    "GROUP is empty; give a name or a number; see 'fifodir make --help'",
  ],
  [
    'make: -g without GROUP',
    ['make', '-g'],
    "option '-g, --group <GROUP>' argument missing; see 'fifodir make --help'",
  ],
  ['clean: no DIR', ['clean'], "which fifodir? name at least one DIR; see 'fifodir clean --help'"],
  ['clean: empty DIR', ['clean', ''], "DIR is empty; name a fifodir; see 'fifodir clean --help'"],
  ['notify: no operands', ['notify'], "notify takes DIR and EVENTS, not 0 operands; see 'fifodir notify --help'"],
  ['notify: no EVENTS', ['notify', 'event'], "notify takes DIR and EVENTS, not 1 operand; see 'fifodir notify --help'"],
  [
    'notify: too many operands',
    ['notify', 'event', 'U', 'd'],
    "notify takes DIR and EVENTS, not 3 operands; see 'fifodir notify --help'",
  ],
  ['notify: empty DIR', ['notify', '', 'U'], "DIR is empty; name a fifodir; see 'fifodir notify --help'"],
  ['notify: empty EVENTS', ['notify', 'event', ''], 'events must not be empty; give at least one'],
  [
    'notify: more than PIPE_BUF',
    ['notify', 'event', 'é'.repeat(2049)],
    'events are 4098 bytes, one message takes at most 4096 (PIPE_BUF); send them in parts',
  ],
  [
    'notify: unknown option',
    ['notify', '--loud', 'event', 'U'],
    "unknown option '--loud'; see 'fifodir notify --help'",
  ],
  ['wait: no operands', ['wait'], "wait for what? give DIR and PATTERN; see 'fifodir wait --help'"],
  [
    'wait: a DIR without its PATTERN',
    ['wait', 'event', 'U', 'event'],
    "DIR and PATTERN come in pairs, and 'event' has no PATTERN; a program goes after --; see 'fifodir wait --help'",
  ],
  ['wait: empty DIR', ['wait', '', 'U'], "DIR is empty; name a fifodir; see 'fifodir wait --help'"],
  ['wait: -a with -o', ['wait', '-a', '-o', 'event', 'U'], "-a and -o exclude each other; see 'fifodir wait --help'"],
  ...['5x', '-5', '', '1.5s', '5 s', 's', 'ms'].map(
    (text): Mistake => [
      `wait: '${text}' for a duration`,
      ['wait', '-t', text, 'event', 'U'],
      `not a duration: '${text}'; write 500ms, 5s or 2m; see 'fifodir wait --help'`,
    ],
  ),
  [
    'wait: too long a duration',
    ['wait', '-t', '35792m', 'event', 'U'],
    "too long a duration: '35792m'; write at most 24 days (34560m), or 0 for no limit; see 'fifodir wait --help'",
  ],
  [
    'wait: a group never closed',
    ['wait', 'event', 'u(U', '--', 'touch', 'new'],
    'cannot compile pattern: a group that is never closed at offset 1 (FIFODIR_PATTERN); add the ), or write \\( to mean the character\nu(U\n ^',
  ],
  [
    'wait: one bad pattern of two, after a character of two bytes',
    ['wait', 'event', 'U', 'event', 'éa\\b'],
    'cannot compile pattern: \\b is not supported at offset 3 (FIFODIR_PATTERN); write what stands on either side of it\n\\xc3\\xa9a\\b\n         ^',
  ],
  [
    'wait: nothing after --',
    ['wait', 'event', 'U', '--'],
    "no PROG after --; name one, or leave out the --; see 'fifodir wait --help'",
  ],
  [
    'listen: nothing after --',
    ['listen', 'event', 'U', '--'],
    "no PROG after --; name one, or leave out the --; see 'fifodir listen --help'",
  ],
  ['listen: no operands', ['listen'], "wait for what? give DIR and PATTERN; see 'fifodir listen --help'"],
  [
    'listen: -n without number',
    ['listen', 'event', '-n'],
    "option '-n, --count <N>' argument missing; see 'fifodir listen --help'",
  ],
  ...['0', '-1', 'x', '', '1e3'].map(
    (text): Mistake => [
      `listen: '${text}' for a count`,
      ['listen', '-n', text, 'event'],
      `not a count: '${text}'; write a number from 1 on; see 'fifodir listen --help'`,
    ],
  ),
  [
    'listen: -n with PROG',
    ['listen', '-n', '1', 'event', 'U', '--', 'touch', 'new'],
    "-n is for listening without PROG; see 'fifodir listen --help'",
  ],
  ...(['all', 'one', 'timeout=5s'] as const).map(
    (option): Mistake => [
      `listen: --${option} without PROG`,
      ['listen', `--${option}`, 'event', 'U'],
      `--${option.replace(/=.*/, '')} is for listening with PROG; name one after --; see 'fifodir listen --help'`,
    ],
  ),
  [
    'listen: a bad pattern, so PROG is not started',
    ['listen', 'event', 'a(', '--', 'touch', 'new'],
    'cannot compile pattern: a group that is never closed at offset 1 (FIFODIR_PATTERN); add the ), or write \\( to mean the character\na(\n ^',
  ],
  [
    'activate: no PROG',
    ['activate', '--listen', 'unix:new'],
    `no PROG; name the program that is to be run; ${seeActivate}`,
  ],
  ['activate: no socket', ['activate', 'touch', 'new'], `no sockets; give --listen SOCKET; ${seeActivate}`],
  [
    'activate: --max without --accept',
    ['activate', '--max', '3', '--listen', 'unix:new', 'true'],
    `--max is for --accept; ${seeActivate}`,
  ],
  ...['0', '-1', 'x', ''].map(
    (text): Mistake => [
      `activate: '${text}' for a count`,
      ['activate', '--accept', `--max=${text}`, '--listen', 'unix:new', 'true'],
      `not a count: '${text}'; write a number from 1 on; ${seeActivate}`,
    ],
  ),
  [
    'activate: a PROG that cannot be given a connection',
    ['activate', '--accept', '--listen', 'unix:new', './a=b'],
    `PROG has a = in its name: './a=b'; run it by a link; ${seeActivate}`,
  ],
  ...(
    [
      [
        'new',
        'it starts with none of tcp, udp, unix, unix-dgram, unix-seqpacket, fifo; write [NAME=]tcp:[HOST:]PORT or unix:PATH',
      ],
      ['a:b=unix:new', 'a name is at most 255 characters of printable ASCII, without colons'],
      ['tcp:localhost:80', 'a host is a numeric address, such as 127.0.0.1 or ::1 (as text in brackets: [::1])'],
      ['tcp:65536', 'a port is an integer from 0 to 65535'],
      [`unix:${'x'.repeat(108)}`, 'a path has 1 to 107 bytes, and no NUL in it; use a shorter one'],
      ['unix:new,mode=888', "the option mode cannot be 'mode=888'"],
      ['unix:new,colour=red', "there is no option 'colour=red'; there are backlog, mode, user, group, reuse-port"],
      ['unix:new,reuse-port', 'unix has no reusePort'],
    ] as const
  ).map(
    ([definition, reason]): Mistake => [
      `activate: a socket of two is ${definition}`,
      ['activate', '--listen', 'unix:new', '--listen', definition, 'true'],
      `cannot listen on ${definition}: ${reason}`,
    ],
  ),
  [
    'activate: no such user',
    ['activate', '--listen', 'unix:new,user=no-such', 'true'],
    "no such user: no-such; name one of the system's, or give its number",
  ],
  ['supervise: no SVC', ['supervise'], "supervise what? name the SVC; see 'fifodir supervise --help'"],
  ['supervise: empty SVC', ['supervise', ''], "SVC is empty; name a service directory; see 'fifodir supervise --help'"],
  [
    'supervise: two',
    ['supervise', 'private', 'private'],
    "supervise takes one SVC, not 2; start one for each; see 'fifodir supervise --help'",
  ],
  ['run: no PROG', ['run', '-q'], "no PROG; name the program that is to run; see 'fifodir run --help'"],
  ['run: empty SVC', ['run', '-d', '', 'true'], "SVC is empty; name a service directory; see 'fifodir run --help'"],
  [
    'run: SVC is a file',
    ['run', '-d', 'file', 'touch', 'new'],
    "not a directory: 'file'; name a service directory, or where it is to be made; see 'fifodir run --help'",
  ],
  [
    'run: unknown policy',
    ['run', '-d', 'new', '--restart', 'sometimes', 'true'],
    "no such policy: 'sometimes'; write always, on-failure, never; see 'fifodir run --help'",
  ],
  ...['FOO', '', '0', '65', '-1', 'SIG'].map(
    (signal): Mistake => [
      `run: '${signal}' for a signal`,
      ['run', '-d', 'new', `--stop-signal=${signal}`, 'true'],
      `no such signal: '${signal}'; write TERM, SIGTERM or 15; see 'fifodir run --help'`,
    ],
  ),
  ...['stop-timeout', 'ready-timeout'].map(
    (option): Mistake => [
      `run: no duration for --${option}`,
      ['run', '-d', 'new', '--ready', 'fd:3', `--${option}`, '5x', 'true'],
      "not a duration: '5x'; write 500ms, 5s or 2m; see 'fifodir run --help'",
    ],
  ),
  [
    'run: --ready-timeout without --ready',
    ['run', '-d', 'new', '--ready-timeout', '5s', 'true'],
    "--ready-timeout without --ready; say where readiness is heard of; see 'fifodir run --help'",
  ],
  [
    'run: no such source',
    ['run', '-d', 'new', '--ready', 'nope', 'true'],
    "not a source of readiness: 'nope'; write fd:N, notify, log:REGEX, ipc, tcp:[HOST:]PORT, unix:PATH, http://…, file:PATH or check:COMMAND",
  ],
  [
    'run: two sources on one descriptor',
    ['run', '-d', 'new', '--ready', 'fd:1', '--ready', 'log:x', 'true'],
    'two sources want descriptor 1: fd:1, log:x',
  ],
]

describe('wrong usage exits 100 with one line, before anything is touched', () => {
  test.each(wrongUsage)('%s', async (_, args, message) => {
    const place = newPlace()
    const before = snapshot(place)
    expect(await outcome(args, { cwd: place })).toEqual({ ended: 100, out: '', err: `fifodir: ${message}\n` })
    expect(snapshot(place)).toEqual(before)
  })
})

const subscribeHint = "make it first, with 'fifodir make', or wait for it with --appear"

const refused: Mistake[] = [
  [
    'make: no parent directory',
    ['make', 'none/event'],
    'cannot make none/event: no such file or directory (ENOENT); make its parent directory first',
  ],
  [
    'make: a file stands there',
    ['make', 'file'],
    'cannot make file: not a directory (ENOTDIR); remove what stands there, or choose another name',
  ],
  [
    'notify: no such fifodir',
    ['notify', 'none', 'U'],
    "cannot notify none: no such file or directory (ENOENT); make it first, with 'fifodir make'",
  ],
  [
    'notify: not a directory',
    ['notify', 'file', 'U'],
    'cannot notify file: not a directory (ENOTDIR); name the fifodir itself',
  ],
  [
    'clean: no such fifodir',
    ['clean', 'none'],
    "cannot clean none: no such file or directory (ENOENT); make it first, with 'fifodir make'",
  ],
  [
    'clean: not a directory',
    ['clean', 'file'],
    'cannot clean file: not a directory (ENOTDIR); name the fifodir itself',
  ],
  [
    'wait: no such fifodir',
    ['wait', 'none', 'U', '--', 'touch', 'new'],
    `cannot subscribe to none: no such file or directory (ENOENT); ${subscribeHint}`,
  ],
  [
    'wait: the second of two does not exist',
    ['wait', 'event', 'U', 'none', 'U'],
    `cannot subscribe to none: no such file or directory (ENOENT); ${subscribeHint}`,
  ],
  [
    'wait: not a directory',
    ['wait', 'file', 'U'],
    'cannot subscribe to file: not a directory (ENOTDIR); name the fifodir itself',
  ],
  [
    'listen: no such fifodir, so PROG is not started',
    ['listen', 'none', 'U', '--', 'touch', 'new'],
    `cannot subscribe to none: no such file or directory (ENOENT); ${subscribeHint}`,
  ],
  [
    'listen: not a directory',
    ['listen', 'file'],
    'cannot subscribe to file: not a directory (ENOTDIR); name the fifodir itself',
  ],
  [
    'activate: a file where the second of two sockets is to be',
    ['activate', '--listen', 'unix:new', '--listen', 'unix:file', 'touch', 'newer'],
    'cannot listen on unix:file: address already in use (EADDRINUSE); stop what has it, or choose another',
  ],
  [
    'activate: no directory for the second of two sockets',
    ['activate', '--listen', 'fifo:new', '--listen', 'unix:none/socket', 'true'],
    'cannot listen on unix:none/socket: no such file or directory (ENOENT); make its directory first',
  ],
  [
    'activate: a FIFO where a file is',
    ['activate', '--accept', '--listen', 'unix:new', '--listen', 'fifo:file', 'true'],
    'cannot listen on fifo:file: file already exists (EEXIST); remove what stands there, or choose another path',
  ],
  [
    'supervise: no such service directory',
    ['supervise', 'none'],
    'cannot supervise none: no such file or directory (ENOENT); make the service directory first',
  ],
  [
    'supervise: not a directory',
    ['supervise', 'file'],
    'cannot supervise file: not a directory (ENOTDIR); name the service directory itself',
  ],
  [
    'run: SVC can not be made',
    ['run', '-d', 'none/web', 'touch', 'new'],
    'cannot make none/web: no such file or directory (ENOENT); make its parent directory first',
  ],
]

describe('what the system refuses exits 111 with one line, and leaves nothing behind', () => {
  test.each(refused)('%s', async (_, args, message) => {
    const place = newPlace()
    const before = entries(place)
    expect(await outcome(args, { cwd: place })).toEqual({ ended: 111, out: '', err: `fifodir: ${message}\n` })
    expect(entries(place)).toEqual(before)
  })
})
