/** A process: `fifo-holder.mjs FIFODIR COUNT` makes COUNT subscriptions, and reads them empty at every message. */
import { chmodSync, constants, openSync, readSync, renameSync, unlinkSync } from 'node:fs'
import { newFifoName } from '../../packages/fifodir/dist/fifo-name.js'
import { makeFifo } from '../../packages/fifodir/dist/posix/fifo.js'

const [fifodir, count] = process.argv.slice(2)
const buffer = Buffer.alloc(65536)

const fifos = Array.from({ length: Number(count) }, () => {
  const name = newFifoName()
  const hidden = `${fifodir}/.${name}`
  const path = `${fifodir}/${name}`
  makeFifo(hidden, 0o622)
  chmodSync(hidden, 0o622)
  const fd = openSync(hidden, constants.O_RDWR | constants.O_NONBLOCK)
  renameSync(hidden, path)
  return { path, fd }
})

process.on('message', () => {
  for (const { fd } of fifos) drain(fd)
  process.send('drained')
})
process.on('disconnect', () => {
  for (const { path } of fifos) unlinkSync(path)
})
process.send('ready')

function drain(fd) {
  try {
    readSync(fd, buffer)
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error
  }
}
