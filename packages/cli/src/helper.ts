/** A process that goes on beside the one that starts it, and is nobody's child. */
import { openSync } from 'node:fs'
import { closeDescriptor, spawn } from 'fifodir/posix'
import { environmentWith } from './before.ts'

/**
 * Starts the command anew, with `args`, in a session of its own; it will be init's, so that whatever program this process
 * becomes has no child that it does not know of.
 *
 * @param descriptors what it has beside standard error; its input and output are nothing where they are not among these
 */
export async function startHelper(
  args: readonly string[],
  descriptors: Readonly<Record<number, number>>,
): Promise<void> {
  const environment = environmentWith({ NODE_CHANNEL_FD: undefined }) // a channel is the program's
  // the shell would drop variables whose names are not identifiers
  const odd = environment.filter((variable) => !/^[A-Za-z_]\w*=/.test(Buffer.from(variable).toString('latin1')))
  const itself = [...(odd.length > 0 ? ['env', '--', ...odd] : []), process.execPath, process.argv[1] as string]
  const nothing = openSync('/dev/null', 'r+')
  const shell = spawn('/bin/sh', ['-c', '"$@" &', 'sh', ...itself, ...args], {
    descriptors: { 0: nothing, 1: nothing, ...descriptors },
    environment,
    session: true,
  })
  closeDescriptor(nothing)
  const alive = setInterval(() => undefined, 0x7fffffff)
  await shell.ended
  clearInterval(alive)
}
