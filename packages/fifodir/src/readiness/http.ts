/** Web servers that can only be asked. */
import { probed } from './probed.ts'
import type { Source } from './when-ready.ts'

/** An answer that has not begun by then is given up, and asked for again. */
const ATTEMPT_MS = 5000

/**
 * Ready when a GET of `url` is answered with a status from 200 to 299.
 *
 * @param url `http:` or `https:`
 * @throws TypeError where it is neither
 */
export function fromHttp(url: string): Source {
  const { protocol } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`not a URL of http or https: ${url}`)
  return probed((signal) => isAnswered(url, protocol, signal))
}

async function isAnswered(url: string, protocol: 'http:' | 'https:', signal: AbortSignal): Promise<boolean> {
  const { get } = protocol === 'http:' ? await import('node:http') : await import('node:https')
  return new Promise((resolve) => {
    const request = get(url, { signal, timeout: ATTEMPT_MS, agent: false }, ({ statusCode = 0 }) => {
      resolve(statusCode >= 200 && statusCode < 300)
      request.destroy()
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false)) // after the answer it comes too late to matter
    request.on('close', () => resolve(false))
  })
}
