import { cleanFifodir, type Delivery, FifodirError, Notifier, notify as send } from 'fifodir'
import { bytesOf, directoryOf } from './argv.ts'
import { type Command, JSON_OPTION, UsageError } from './command.ts'
import { EXIT } from './exit.ts'
import { print, printJson, warn } from './output.ts'

export const notify: Command = {
  name: 'notify',
  usage: '[-r] [-v] DIR EVENTS',
  summary: 'send events to all who are subscribed',
  help: `Every byte of EVENTS is an event, up to 4,096 of them. It never blocks; a subscriber whose pipe is full loses the
message, and you are told on standard error. With - for EVENTS, standard input is sent, as it comes.

  fifodir notify /run/web/event U
  fifodir notify -r /run/web/event U || echo nobody was listening
  tail -f log | fifodir notify /run/web/log -

Exit: 0 sent, even to nobody; 1 nobody was reached (-r); 100 wrong usage; 111 a system call failed.`,
  options: [
    { short: 'r', long: 'reach', help: 'exit 1 where nobody was reached' },
    {
      short: 'v',
      long: 'verbose',
      help: 'print the counts: delivered, full, stale (removed), denied, foreign (no FIFO)',
    },
    JSON_OPTION,
  ],
  async run({ options, operands }) {
    const [directory, events, ...rest] = operands
    if (directory === undefined || events === undefined || rest.length > 0)
      throw new UsageError(
        `notify takes DIR and EVENTS, not ${operands.length} operand${operands.length === 1 ? '' : 's'}`,
      )
    const dir = directoryOf(directory)
    const delivery = events === '-' ? await sendInput(dir) : told(dir, send(dir, bytesOf(events)))
    if (options['json']) printJson({ dir, ...delivery })
    else if (options['verbose']) print(counts(delivery))
    if (delivery.delivered > 0 || !options['reach']) return EXIT.done
    warn(`nobody was reached in ${dir}; subscribe first, or leave out -r`)
    return EXIT.impossible
  },
}

/** Sends standard input as it comes. @returns the sums of all messages */
async function sendInput(dir: string): Promise<Delivery> {
  checkNow(dir)
  using notifier = new Notifier(dir)
  const sum = { delivered: 0, full: 0, stale: 0, denied: 0, foreign: 0 }
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at += MESSAGE_BYTES) {
      const delivery = told(dir, notifier.notify(chunk.subarray(at, at + MESSAGE_BYTES)))
      for (const outcome of Object.keys(sum) as (keyof Delivery)[]) sum[outcome] += delivery[outcome]
    }
  }
  return sum
}

const MESSAGE_BYTES = 4096

/** There is no need to wait for what is to be sent to find that there is nothing to notify. */
export function checkNow(dir: string): void {
  try {
    cleanFifodir(dir)
  } catch (error) {
    if (!(error instanceof FifodirError)) throw error
    const { code, reason, hint, cause } = error
    throw new FifodirError({ code, operation: 'notify', path: dir, reason, hint, cause })
  }
}

function counts(delivery: Delivery): string {
  return Object.entries(delivery)
    .map(([outcome, count]) => `${outcome} ${count}`)
    .join(', ')
}

/** Says what did not arrive, and why. */
function told(dir: string, delivery: Delivery): Delivery {
  const { full, denied, foreign } = delivery
  if (full > 0) warn(`${full} lost it in ${dir}: the pipe was full; see to the subscriber that does not read`)
  if (denied > 0)
    warn(`${denied} did not get it in ${dir}: no permission to write; see to the subscriber's umask, or notify as root`)
  if (foreign > 0)
    warn(`${foreign} in ${dir} named like a subscription, but no FIFO: left alone; remove what you do not know`)
  return delivery
}
