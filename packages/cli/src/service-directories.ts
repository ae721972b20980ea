/** Operands that are service directories. */
import { readStatus, type RecordedStatus } from 'fifodir/service'
import { FifodirError, type Operation } from 'fifodir'
import { serviceOf } from './argv.ts'
import { UsageError } from './command.ts'

/** Checks operands as SVCs, before anything is touched. @throws UsageError */
export function servicesOf(operands: readonly string[]): readonly string[] {
  if (operands.length === 0) throw new UsageError('which service? name at least one SVC')
  return operands.map(serviceOf)
}

/** What is known of a service that has, or had, a supervisor. @throws FifodirError where it never had one */
export function recordOf(
  service: string,
): Required<RecordedStatus> & { status: NonNullable<RecordedStatus['status']> } {
  const record = readStatus(service)
  if (record.status !== undefined) return { ...record, status: record.status }
  throw unsupervised('read status of', service, 'it never had a supervisor')
}

export function unsupervised(operation: Operation, service: string, reason: string): FifodirError {
  const hint = "start one first, with 'fifodir supervise'"
  return new FifodirError({ code: 'FIFODIR_UNSUPERVISED', operation, path: service, reason, hint })
}
