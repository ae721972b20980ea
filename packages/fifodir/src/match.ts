/** The operator that finds a pattern in a stream of events. */
import { defer, filter, map, type OperatorFunction } from 'rxjs'
import { Pattern } from './pattern/pattern.ts'
import { type Match, Search } from './search.ts'

/**
 * Emits every match of `pattern` in a stream of events, again and again: the search begins anew after each.
 *
 * It decides after every single event, in constant time and bounded memory, so the result is the same however the
 * events were grouped when they were sent.
 *
 * @param pattern a POSIX extended regular expression over the events, a RegExp, or a compiled {@link Pattern}
 * @throws PatternError where it is malformed, or cannot be decided by an automaton: at the call, not on subscription
 * @see s6 2.15.1.0 src/libs6/s6-ftrigrd.c, ftrigio_read; differs: that matches once a read, over whatever it brought
 * @example
 * import { match } from 'fifodir'
 * import { from, lastValueFrom, toArray } from 'rxjs'
 * await lastValueFrom(from('suUdDuU').pipe(match('u.*U'), toArray()))
 * // => [{ event: 'U', sequence: 'suU', truncated: false }, { event: 'U', sequence: 'dDuU', truncated: false }]
 */
export function match(pattern: string | RegExp | Pattern): OperatorFunction<string, Match> {
  const compiled = Pattern.from(pattern)
  return (source) =>
    defer(() => {
      const search = new Search(compiled)
      return source.pipe(
        map((event) => search.next(event)),
        filter((found) => found !== undefined),
      )
    })
}
