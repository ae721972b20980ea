/** What goes wrong while a supervisor goes on. */
import type { FifodirError } from '../error.ts'

/** Takes a fault. */
export type FaultReport = (fault: FifodirError) => void
