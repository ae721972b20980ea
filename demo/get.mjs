/** Prints the page that an HTTP server on a Unix socket answers with: node get.mjs SOCKET */
import { get } from './http.mjs'

console.log(await get(process.argv[2]))
