/** The command line is read in two ways: quickly, or with commander. They are to agree, and the quick one to be the rule. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Command, type Invocation, UsageError } from '../../packages/cli/src/command.ts'
import { COMMANDS, readWithCommander } from '../../packages/cli/src/program.ts'
import { readQuickly } from '../../packages/cli/src/read.ts'

Object.assign(globalThis, { VERSION: 'filled in by the build' })

const RUNS = 2000

const text = fc.oneof(
  fc.constantFrom('event', '/run/web/event', 'U', 'u.*U', 'é', '', '-', '=', 'a=b', '5s', '0', 'help', 'wait', '-1'),
  fc.string(),
)

/** Whatever may stand on a command line: options of this command in all their forms, or nearly, operands, and `--`. */
function wordsOf({ options }: Command): fc.Arbitrary<string[]> {
  const forms = options.flatMap(({ short, long, value }) => {
    const named = [
      fc.constant([`--${long}`]),
      fc.constant([`--${long.slice(0, -1)}`]),
      text.map((v) => [`--${long}=${v}`]),
    ]
    if (short)
      named.push(
        fc.constant([`-${short}`]),
        text.map((v) => [`-${short}${v}`]),
      )
    if (value) named.push(text.map((v) => [`--${long}`, v]))
    if (value && short) named.push(text.map((v) => [`-${short}`, v]))
    return named
  })
  const others = [text.map((v) => [v]), fc.constantFrom(['--'], ['--help'], ['-h'], ['--version'], ['--no-json'])]
  return fc.array(fc.oneof(...others, ...forms), { maxLength: 6 }).map((parts) => parts.flat())
}

/** An ordinary line: options and operands of which none begins with a dash, in any order, and a program. */
function ordinaryOf({ options, takesProgram }: Command): fc.Arbitrary<string[]> {
  const value = fc.stringMatching(/^[^-]/)
  const operand = fc.oneof(value, fc.constantFrom('', '-')).map((word) => [word])
  const forms = options.flatMap(({ short, long, value: name }): fc.Arbitrary<string[]>[] => {
    if (!name) return [fc.constantFrom([`--${long}`], ...(short ? [[`-${short}`]] : []))]
    const spelled = [value.map((v) => [`--${long}`, v]), value.map((v) => [`--${long}=${v}`])]
    return short ? [...spelled, value.map((v) => [`-${short}`, v]), value.map((v) => [`-${short}${v}`])] : spelled
  })
  const own = fc.array(fc.oneof(operand, ...forms), { maxLength: 6 }).map((parts) => parts.flat())
  const program = fc.array(text, { maxLength: 4 }).map((words) => ['--', ...words])
  const either = fc.option(program, { nil: [] })
  return takesProgram ? fc.tuple(own, either).map(([words, rest]) => [...words, ...rest]) : own
}

/** What commander makes of it; undefined where it explains instead. */
async function slowly({ name }: Command, args: readonly string[]): Promise<Invocation | undefined> {
  try {
    return (await readWithCommander([name, ...args]))?.invocation
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}

/** The text that commander would have printed, did it ask for help, is of no interest here. */
const quiet = (args: readonly string[]): boolean => !args.some((arg) => /^(-[a-z]*[hV]|--help|--version)/.test(arg))

describe.each(COMMANDS.map((command): [string, Command] => [command.name, command]))('%s', (_, command) => {
  test('what is read quickly is what commander reads', async () => {
    await fc.assert(
      fc.asyncProperty(wordsOf(command).filter(quiet), async (args) => {
        const quick = readQuickly(command, args)
        if (quick !== undefined) expect(quick).toEqual(await slowly(command, args))
      }),
      { numRuns: RUNS },
    )
  })

  test('an ordinary line is read quickly', async () => {
    await fc.assert(
      fc.asyncProperty(ordinaryOf(command), async (args) => {
        expect(readQuickly(command, args)).toBeDefined()
        expect(readQuickly(command, args)).toEqual(await slowly(command, args))
      }),
      { numRuns: RUNS },
    )
  })
})
