/** One subscription made and removed: ours in the process itself, libs6's by asking s6-ftrigrd. */
import { events } from 'fifodir'
import { Ftrigr, INSTALL_LIBS6 } from './libs6.mjs'
import { interleave, median, now, timeOf } from './measure.mjs'
import { newFifodir } from './scratch.mjs'
import { ratioAtMost } from './table.mjs'

const CALLS = 50
const ROUNDS = 60

export async function subscriptionRows() {
  const fifodir = newFifodir()
  const observable = events(fifodir)
  const session = Ftrigr && new Ftrigr()
  const samples = await interleave(
    {
      /** With the turn of the loop in which Node lets go of the sockets. */
      async ours() {
        const start = now()
        for (let call = 0; call < CALLS; call++) observable.subscribe().unsubscribe()
        await new Promise((resolve) => setImmediate(resolve))
        return (now() - start) / CALLS
      },
      ...(session && {
        ftrigr: () => timeOf(() => session.unsubscribe(session.subscribe(fifodir, 'U')), CALLS),
      }),
    },
    ROUNDS,
  )
  session?.end()
  return [
    {
      figure: 'subscribe and unsubscribe',
      unit: 'ns',
      ours: median(samples.ours),
      peer: 'ftrigr',
      theirs: median(samples.ftrigr),
      install: INSTALL_LIBS6,
      goals: [ratioAtMost(0.5)],
    },
  ]
}
