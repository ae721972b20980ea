/** What holds of every test: no process warning, and as many descriptors open after it as before. */
import { readdirSync, watch } from 'node:fs'
import { afterEach, beforeEach, expect } from 'vitest'

const warnings: Error[] = []
process.on('warning', (warning) => warnings.push(warning))

// the first watch of an event loop opens a descriptor that stays; not to be counted against whatever test has it
watch('/').close()

let before = 0

beforeEach(() => {
  before = openDescriptors()
})

afterEach(async () => {
  expect(warnings.splice(0), 'process warnings').toEqual([])
  // the pipes of a child are closed by the event loop, somewhat after its end
  await expect.poll(openDescriptors, { message: 'descriptors still open', timeout: 5000 }).toBeLessThanOrEqual(before)
})

function openDescriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}
