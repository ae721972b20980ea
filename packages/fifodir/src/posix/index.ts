/** `fifodir/posix`: what fifodir itself needs of the system and Node lacks. koffi is loaded at the first call. */
export { exec } from './exec.ts'
export { exitNow } from './exit.ts'
export { type Child, type Exit, spawn } from './spawn.ts'
