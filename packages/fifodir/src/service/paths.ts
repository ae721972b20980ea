/** Where things are in a service directory. */
export const EVENT = 'event'
export const SUPERVISE = 'supervise'
export const LOCK = 'supervise/lock'
export const CONTROL = 'supervise/control'
export const STATUS = 'supervise/status'
export const DEATH_TALLY = 'supervise/death_tally'
export const DOWN = 'down'
