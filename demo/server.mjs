/**
 * An HTTP server that takes a while until it is ready, and fails where what it needs is not: node server.mjs NAME
 * [needs NAME]. It listens on $run/NAME.sock, and says that it is up by U in the fifodir $run/NAME.
 */
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { setTimeout as loading } from 'node:timers/promises'
import { get } from './http.mjs'

const [name, , needed] = process.argv.slice(2)
const { run, launched } = process.env
const log = (text) => console.log(`${name} (pid ${process.pid}): ${text}`)
const seconds = () => ((Date.now() - Number(launched)) / 1000).toFixed(2)

log(`starts ${seconds()} s after it was launched${needed ? `, having waited for ${needed}` : ''}`)
const foundation = needed ? `, on ${await get(`${run}/${needed}.sock`)}` : ''
await loading(600)
createServer((_, response) => response.end(`${name}${foundation}`)).listen(`${run}/${name}.sock`, () => {
  log(`is up ${seconds()} s after it was launched`)
  execFileSync('fifodir', ['notify', `${run}/${name}`, 'U'])
})
