/** Programs that say that they are ready by making a file. */
import { statSync } from 'node:fs'
import { Observable } from 'rxjs'
import { watchFor } from '../appearance.ts'
import { failure } from '../failure.ts'
import { absolutePath } from '../path.ts'
import type { Source } from './when-ready.ts'

/** Ready when there is something at `path`. Watched, not polled: a file system of another machine's must be polled. */
export function fromFile(path: string): Source {
  const absolute = absolutePath(path)
  return new Observable((observer) =>
    watchFor(
      absolute,
      () => {
        if (statSync(absolute, { throwIfNoEntry: false }) === undefined) return false
        observer.next()
        observer.complete()
        return true
      },
      (error) => observer.error(failure('wait for readiness', path, error)),
    ),
  )
}
