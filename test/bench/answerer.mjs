/** A process: `answerer.mjs FIFODIR…` sends `U` to every subscription as soon as it appears, until its parent is gone. */
import { closeSync, constants, openSync, watch, writeSync } from 'node:fs'

for (const fifodir of process.argv.slice(2)) {
  watch(fifodir, (_, name) => {
    if (name.startsWith('ftrig1:')) answer(`${fifodir}/${name}`)
  })
}
process.on('disconnect', () => process.exit())
process.send('ready')

function answer(fifo) {
  try {
    const fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK)
    writeSync(fd, 'U')
    closeSync(fd)
  } catch (error) {
    // what was reported is that it has gone
    if (!['ENOENT', 'ENXIO', 'EPIPE'].includes(error.code)) throw error
  }
}
