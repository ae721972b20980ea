/** The figures as a table: what was measured, ours, the peer's, their ratio, the goal, and whether it is met. */

/**
 * One line of the table.
 *
 * @typedef {object} Row
 * @property {string} figure
 * @property {'ns' | 'bytes' | 'count'} unit
 * @property {number | undefined} ours
 * @property {string} peer
 * @property {number | undefined} theirs undefined where the peer is missing
 * @property {string} [install] what to do to have the peer
 * @property {Goal[]} [goals]
 */

/** @typedef {{ text: string, isMet: (ours: number, theirs: number | undefined) => boolean | undefined }} Goal */

/** At most `limit` of what the peer takes. @returns {Goal} */
export function ratioAtMost(limit) {
  return { text: `≤ ${limit} of it`, isMet: (ours, theirs) => theirs && ours / theirs <= limit }
}

/** The peer takes at least `times` as much. @returns {Goal} */
export function ahead(times) {
  return { text: `${grouped(times)}× ahead`, isMet: (ours, theirs) => theirs && theirs / ours >= times }
}

/** @returns {Goal} */
export function atMost(limit, unit) {
  return { text: limit === 0 ? '0' : `≤ ${format(limit, unit)}`, isMet: (ours) => ours <= limit }
}

/** @returns {boolean | undefined} undefined where there is no goal, or no peer to measure it by */
export function isMet({ ours, theirs, goals = [] }) {
  if (ours === undefined || goals.length === 0) return undefined
  const each = goals.map((goal) => goal.isMet(ours, theirs))
  return each.includes(undefined) ? undefined : each.every(Boolean)
}

const SCALES = {
  ns: [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
    [1, 'ns'],
  ],
  bytes: [
    [1e6, 'MB'],
    [1e3, 'kB'],
    [1, 'B'],
  ],
}

/** Three digits, and the unit that suits them: `41.3 µs`; a count is written out. */
export function format(value, unit) {
  if (value === undefined) return '–'
  if (value === 0 || unit === 'count') return grouped(value)
  const [scale, name] = SCALES[unit].find(([limit]) => value >= limit) ?? SCALES[unit].at(-1)
  return `${significant(value / scale)} ${name}`.trimEnd()
}

function significant(value) {
  return value >= 100 ? grouped(Math.round(value)) : value.toPrecision(3)
}

function grouped(value) {
  return value.toLocaleString('en-US')
}

function ratio({ ours, theirs }) {
  if (!ours || !theirs) return '–'
  return ours / theirs >= 0.01 ? (ours / theirs).toFixed(2) : `1:${grouped(Math.round(theirs / ours))}`
}

const HEADINGS = ['figure', 'ours', 'peer', 'theirs', 'ratio', 'goal', 'met']
const MET = new Map([
  [true, 'yes'],
  [false, 'NO'],
  [undefined, ''],
])

/** @param {Row[]} rows @returns {string} aligned, a line for each row */
export function table(rows) {
  const lines = [HEADINGS, ...rows.map(cells)]
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  const rule = widths.map((width) => '-'.repeat(width))
  return [lines[0], rule, ...lines.slice(1)].map((line) => aligned(line, widths)).join('\n')
}

function cells(row) {
  const { figure, unit, ours, peer, theirs, install, goals = [] } = row
  return [
    figure,
    format(ours, unit),
    peer,
    theirs === undefined && install ? install : format(theirs, unit),
    ratio(row),
    goals.map(({ text }) => text).join(', '),
    MET.get(isMet(row)),
  ]
}

const NUMBERS = new Set(['ours', 'theirs', 'ratio'])

function aligned(line, widths) {
  return line
    .map((cell, column) =>
      NUMBERS.has(HEADINGS[column]) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
    )
    .join('  ')
    .trimEnd()
}

/** @param {Row} row @returns {object} what the JSON says of it; times in ns */
export function facts(row) {
  const { figure, unit, ours, peer, theirs, install, goals = [] } = row
  const missing = theirs === undefined && install !== undefined
  return {
    figure,
    unit,
    ours,
    peer,
    theirs,
    ratio: ours !== undefined && theirs ? ours / theirs : undefined,
    goal: goals.map(({ text }) => text).join(', ') || undefined,
    met: isMet(row),
    ...(missing && { install }),
  }
}
