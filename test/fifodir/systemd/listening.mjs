/** Calls listenFds() in each of the environments that its argument says, and prints what came of each. */
import fs from 'node:fs'
import { listenFds } from 'fifodir/systemd'
import { ownPidfdId } from '../../../packages/fifodir/dist/posix/pidfd.js'

const VARIABLES = ['PID', 'PIDFDID', 'FDS', 'FDNAMES']
const values = { SELF: String(process.pid), PIDFD: String(ownPidfdId() ?? 7) }

function set(variables) {
  for (const name of VARIABLES) {
    const value = variables[name]
    if (value === undefined) delete process.env[`LISTEN_${name}`]
    else process.env[`LISTEN_${name}`] = values[value] ?? value
  }
}

function outcome(options) {
  try {
    return listenFds(options)
  } catch (error) {
    return { code: error.code, message: error.message }
  }
}

const isSet = () => VARIABLES.some((name) => `LISTEN_${name}` in process.env)
const results = JSON.parse(process.argv[2]).map((variables) => {
  set(variables)
  const result = outcome()
  const again = outcome()
  const unset = outcome({ unsetEnvironment: true })
  return { result, same: JSON.stringify([again, unset]) === JSON.stringify([result, result]), left: isSet() }
})
fs.writeSync(1, JSON.stringify(results))
