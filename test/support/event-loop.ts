/** Turns of the event loop. */

/** Resolves once this thread has read all that had come by now: a turn may be past its reading already, the next is not. */
export async function untilRead(): Promise<void> {
  await new Promise(setImmediate)
  await new Promise(setImmediate)
}
