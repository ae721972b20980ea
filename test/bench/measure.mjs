/** What all parts measure with: a clock, sides that take turns, and what is quoted of their samples. Times are nanoseconds. */

/** CLOCK_MONOTONIC, the same for all processes of the machine. */
export function now() {
  return Number(process.hrtime.bigint())
}

/** How long one call of `act` takes, over `count` of them in a row. */
export function timeOf(act, count = 1) {
  const start = now()
  for (let call = 0; call < count; call++) act()
  return (now() - start) / count
}

/**
 * Lets `sides` take turns for `rounds` rounds, another one first each time, so that whatever else the machine does
 * meets all of them alike. A first round, which is not counted, warms them up.
 *
 * @template {string} Name
 * @param {Record<Name, () => number | number[] | Promise<number | number[]>>} sides by name: each call is one turn, and
 *   returns a sample or several
 * @param {number} rounds
 * @param {() => unknown} [between] is called before each turn
 * @returns {Promise<Record<Name, number[]>>} the samples
 */
export async function interleave(sides, rounds, between = () => undefined) {
  const names = Object.keys(sides)
  const samples = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + 1) % names.length]
      await between()
      const sample = await sides[name]()
      if (round >= 0) samples[name].push(...[sample].flat())
    }
  }
  return samples
}

export function median(samples) {
  return percentile(samples, 50)
}

/** The nearest rank; of no samples, as those of a peer that is not there, undefined. */
export function percentile(samples, percent) {
  if (samples === undefined || samples.length === 0) return undefined
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Resolves with the first result of `look` that is not undefined. */
export async function until(look, what, withinMs = 10_000) {
  for (const start = now(); now() - start < withinMs * 1e6; await sleep(2)) {
    const found = look()
    if (found !== undefined) return found
  }
  throw new Error(`no ${what} within ${withinMs} ms`)
}
