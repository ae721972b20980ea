/**
 * Deciding after one more event: ours by one step, regexec (which is what s6 does) and JavaScript's RegExp over all that
 * has come so far. The streams do not match, so everything has to be kept.
 */
import { Pattern } from 'fifodir'
import { interleave, median, timeOf } from './measure.mjs'
import { Regex } from './regex.mjs'
import { ahead, atMost, ratioAtMost } from './table.mjs'

const WORDS =
  'alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo sierra tango'.split(
    ' ',
  )

/** Each with events over and over, after others once. */
const PATTERNS = [
  { name: 'u.*U', source: 'u.*U', once: 'su', repeated: 'dsr' },
  {
    name: '20-way alternative',
    source: WORDS.join('|'),
    once: '',
    repeated: WORDS.map((word) => word.slice(0, -1)).join(' '), // each lacks its last letter
  },
  { name: '(a|b)*a(a|b){8}', source: '(a|b)*a(a|b){8}', once: '', repeated: 'abbabaab cbbaabab cababbba c' },
]

/** How many have come; how often the peers are asked in a row; rounds. */
const LENGTHS = [
  { length: 10, calls: 200, rounds: 100 },
  { length: 1000, calls: 20, rounds: 60 },
  { length: 100_000, calls: 1, rounds: 40 },
]

/** So many more events are timed as one. */
const WINDOW = 200

/** So many events let V8 compile what is measured. */
const WARM_UP = 300_000

export async function patternRows() {
  const rows = []
  for (const pattern of PATTERNS) rows.push(...(await rowsOf(pattern)))
  return rows
}

async function rowsOf(pattern) {
  const measured = []
  for (const size of LENGTHS) measured.push({ ...size, samples: await measure(pattern, size) })
  const atFirst = median(measured[0].samples.ours)
  return measured.flatMap(({ length, samples }) => {
    const last = length === LENGTHS.at(-1).length
    const row = {
      figure: `${pattern.name}, after ${length.toLocaleString('en-US')}`,
      unit: 'ns',
      ours: median(samples.ours),
    }
    return [
      { ...row, peer: 'regexec', theirs: median(samples.regexec), goals: [last ? ahead(1000) : atMost(15, 'ns')] },
      { ...row, peer: 'RegExp', theirs: median(samples.RegExp), goals: last ? [ahead(1000)] : [] },
      ...(last
        ? [{ ...row, peer: 'itself, after 10', theirs: atFirst, goals: [atMost(15, 'ns'), ratioAtMost(1.25)] }]
        : []),
    ]
  })
}

async function measure({ source, once, repeated }, { length, calls, rounds }) {
  const text = (once + repeated.repeat(length + WINDOW)).slice(0, length + WINDOW)
  const stream = Buffer.from(text, 'latin1')
  const soFar = text.slice(0, length)
  const soFarInC = Buffer.from(`${soFar}\0`, 'latin1')
  const regex = new Regex(source)
  const regexp = new RegExp(source)
  const matcher = new Pattern(source).matcher()
  for (let events = 0; events < WARM_UP; events += stream.length) matchesWithin(matcher, stream, 0, stream.length)
  const samples = await interleave(
    {
      ours() {
        matcher.reset()
        none(matchesWithin(matcher, stream, 0, length))
        return timeOf(() => none(matchesWithin(matcher, stream, length, length + WINDOW))) / WINDOW
      },
      regexec: () => timeOf(() => none(regex.matches(soFarInC)), calls),
      RegExp: () => timeOf(() => none(regexp.test(soFar)), calls),
    },
    rounds,
  )
  regex.free()
  return samples
}

function matchesWithin(matcher, stream, from, to) {
  let matches = false
  for (let index = from; index < to; index++) if (matcher.step(stream[index])) matches = true
  return matches
}

function none(matches) {
  if (matches) throw new Error('a stream matches: nothing would be kept')
}
