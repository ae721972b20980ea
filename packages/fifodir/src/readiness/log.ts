/** Programs that say that they are ready in what they print. */
import { concat, defer, filter, map, merge, type Observable, take, tap, throwError } from 'rxjs'
import { LineSearch } from '../line-search.ts'
import { Pattern } from '../pattern/pattern.ts'
import { LastLines } from './last-lines.ts'
import { NeverReadyError } from './never-ready.ts'
import type { Source } from './when-ready.ts'

/**
 * Ready when a line of one of `streams` matches `pattern`, a POSIX extended regular expression over bytes, or a RegExp: in
 * constant memory, however long the lines are.
 *
 * @throws PatternError at the call, where the pattern is malformed; (fails) NeverReadyError, with the last lines, where all
 *   streams end without such a line
 * @example
 * import { spawn } from 'node:child_process'
 * import { fromLog, whenReady } from 'fifodir/readiness'
 * import { from } from 'rxjs'
 * const { stdout } = spawn('sh', ['-c', 'echo starting; echo listening on 80; exec sleep 1'])
 * await whenReady(fromLog('listening on [0-9]+$', [from(stdout)]))
 */
export function fromLog(pattern: string | RegExp | Pattern, streams: readonly Observable<Uint8Array>[]): Source {
  const compiled = Pattern.from(pattern)
  return defer(() => {
    const lines = new LastLines()
    const found = streams.map((stream) => {
      const search = new LineSearch(compiled)
      return stream.pipe(
        tap((bytes) => lines.push(bytes)),
        filter((bytes) => search.next(bytes)),
        map(() => undefined),
      )
    })
    const ended = defer(() =>
      throwError(() => new NeverReadyError(`no line of its output matched ${String(pattern)}`, lines.toArray())),
    )
    return concat(merge(...found), ended).pipe(take(1))
  })
}
