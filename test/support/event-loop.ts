/** Turns of the event loop. */

/**
 * Resolves once this thread has read all that had come by now: a turn may be past its reading already, the next is not, and
 * what watches a descriptor reads a turn after it is told.
 */
export async function untilRead(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
}
