/** `fifodir/posix`: what fifodir itself needs of the system and Node lacks. koffi is loaded at the first call. */
export { type Child, type Exit } from './child.ts'
export { closeDescriptor } from './descriptor.ts'
export { exec } from './exec.ts'
export { exitNow } from './exit.ts'
export { type Handover, type Strings } from './handover.ts'
export { openProcess } from './pidfd.ts'
export { makePipe } from './pipe.ts'
export { spawn, type SpawnOptions } from './spawn.ts'
