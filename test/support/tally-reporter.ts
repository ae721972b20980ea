/** Ends the run's output with one plain line: `N passed, N failed, N skipped`. */
import type { Reporter, TestModule } from 'vitest/node'

export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tally = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      if (module.errors().length > 0) tally.failed += 1 // a file that could not even be loaded
      for (const test of module.children.allTests()) tally[test.result().state]++
    }
    // after what the other reporters print at the end
    process.once('exit', () => {
      console.log(`${tally.passed} passed, ${tally.failed + tally.pending} failed, ${tally.skipped} skipped`)
    })
  }
}
