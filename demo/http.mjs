import { text } from 'node:stream/consumers'
import { request } from 'node:http'

/** The page that the HTTP server on the Unix socket at `socketPath` answers with. */
export function get(socketPath) {
  return new Promise((resolve, reject) => {
    request({ socketPath }, (response) => resolve(text(response)))
      .on('error', reject)
      .end()
  })
}
