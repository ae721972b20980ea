/** How often something may be started: a service that never takes what comes would be started for it again for ever. */

export interface TriggerLimitOptions {
  /** How often it may be started in that time, 20 where it is left out. */
  readonly burst?: number | undefined
  /** Milliseconds, 2,000 where it is left out. */
  readonly intervalMs?: number | undefined
}

/**
 * Counts starts; the defaults are systemd's.
 *
 * @see systemd.socket(5), TriggerLimitBurst=; systemd 252 src/basic/ratelimit.c
 */
export class TriggerLimit {
  readonly burst: number
  readonly intervalMs: number
  #began = Number.NEGATIVE_INFINITY
  #count = 0

  /** @throws RangeError where one of them is not an integer from 1 on */
  constructor({ burst = 20, intervalMs = 2000 }: TriggerLimitOptions = {}) {
    for (const [name, value] of Object.entries({ burst, intervalMs }))
      if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be an integer from 1 on: ${value}`)
    this.burst = burst
    this.intervalMs = intervalMs
  }

  /** Counts a start at the moment `nowMs`. @returns whether it may happen */
  allows(nowMs: number): boolean {
    if (nowMs - this.#began > this.intervalMs) {
      this.#began = nowMs
      this.#count = 0
    }
    return ++this.#count <= this.burst
  }
}
