/** The writing end of the one subscription in a directory, whoever made it. */
import { closeSync, constants, openSync, readdirSync, writeSync } from 'node:fs'
import { until } from './measure.mjs'

/** Waits until there is one, and somebody reads it. */
export async function openSubscription(directory) {
  const fd = await until(() => openFifoIn(directory), `subscription in ${directory}`)
  return {
    send(events) {
      writeSync(fd, events)
    },
    close() {
      closeSync(fd)
    },
  }
}

function openFifoIn(directory) {
  const name = readdirSync(directory).find((entry) => entry.startsWith('ftrig1:'))
  if (name === undefined) return undefined
  try {
    return openSync(`${directory}/${name}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (error.code === 'ENXIO') return undefined
    throw error
  }
}
