/** Either supervisor, as a process: s6's, and a program with the library in it. */
import { whenUp } from 'fifodir/service'
import { type Running, start } from './process.ts'
import { startOwnProcess } from './own-process.ts'

/** By what they are called in titles. */
export const SUPERVISORS: Readonly<Record<string, (service: string) => Running>> = {
  's6-supervise': (service) => start('s6-supervise', [service]),
  ours: (service) =>
    startOwnProcess(
      async ({ service: { supervise } }, path) => {
        const supervisor = supervise(path)
        process.on('SIGTERM', () => supervisor.signal('SIGTERM'))
        await supervisor.left
      },
      [service],
    ),
}

/** Starts one, and resolves once its service is up. */
export async function supervising(which: string, service: string): Promise<Running> {
  const running = (SUPERVISORS[which] as (service: string) => Running)(service)
  await whenUp(service)
  return running
}
