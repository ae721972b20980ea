/** Control messages: what a datagram carries beside its bytes. Laid out as cmsg(3) has it, by koffi's knowledge of C. */
import { koffi } from './koffi.ts'

/** A control message of the socket layer: SCM_… and its data. */
export interface Control {
  readonly type: number
  readonly data: Uint8Array
}

const SOL_SOCKET = 1

function newLayout() {
  const header = koffi().struct({ length: 'size_t', level: 'int', type: 'int' })
  return { header, headerBytes: koffi().sizeof(header), wordBytes: koffi().sizeof('size_t') }
}

let made: ReturnType<typeof newLayout> | undefined
const layout = (): ReturnType<typeof newLayout> => (made ??= newLayout())

/** The room that a message with so many bytes of data takes: the next one begins where a size_t may. */
export function controlSpace(dataBytes: number): number {
  const { headerBytes, wordBytes } = layout()
  return headerBytes + Math.ceil(dataBytes / wordBytes) * wordBytes
}

/** The bytes of `controls`, in their order. */
export function packControls(controls: readonly Control[]): Buffer {
  const { header, headerBytes } = layout()
  return Buffer.concat(
    controls.map(({ type, data }) => {
      const bytes = Buffer.alloc(controlSpace(data.length))
      koffi().encode(bytes, header, { length: headerBytes + data.length, level: SOL_SOCKET, type })
      bytes.set(data, headerBytes)
      return bytes
    }),
  )
}

/** The control messages in `bytes`, which are the kernel's. */
export function unpackControls(bytes: Buffer): Control[] {
  const { header, headerBytes } = layout()
  const controls: Control[] = []
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const { length, type } = koffi().decode(bytes, at, header) as { length: number; type: number }
    controls.push({ type, data: bytes.subarray(at + headerBytes, at + length) })
    at += controlSpace(length - headerBytes)
  }
  return controls
}
