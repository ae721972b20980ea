/** From any source to any sink. */
import { anyOf, type Source, whenReady, type WhenReadyOptions } from './when-ready.ts'

/** Who is to be told of readiness. */
export interface Sink {
  /** What it is called, as on a command line. */
  readonly name: string
  /** Tells it that it is ready. Rejects where that fails. */
  tell(): Promise<void>
}

/** What became of telling one sink; without an error, it was told. */
export interface Told {
  readonly sink: string
  readonly error?: unknown
}

/**
 * Tells all of `sinks` as soon as one of `sources` is ready: once, whatever the others say later. One that cannot be told
 * keeps the others from nothing.
 *
 * @returns what became of each sink, in their order
 * @throws (rejects) as {@link whenReady}, where no source can be ready any more: with the first one's failure
 * @example
 * import { makeFifodir, waitFor } from 'fifodir'
 * import { carry, fromFile, toFifodir } from 'fifodir/readiness'
 * import { writeFileSync } from 'node:fs'
 * makeFifodir('event')
 * const up = waitFor('event', 'U')
 * const carried = carry([fromFile('server.pid')], [toFifodir('event')])
 * writeFileSync('server.pid', '1')
 * await carried // => [{ sink: 'event' }]
 * await up
 */
export async function carry(
  sources: readonly Source[],
  sinks: readonly Sink[],
  options?: WhenReadyOptions,
): Promise<readonly Told[]> {
  await whenReady(anyOf(sources), options)
  return Promise.all(sinks.map(tell))
}

async function tell(sink: Sink): Promise<Told> {
  try {
    await sink.tell()
    return { sink: sink.name }
  } catch (error) {
    return { sink: sink.name, error }
  }
}
