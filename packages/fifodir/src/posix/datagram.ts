/**
 * Datagrams with what comes beside their bytes: descriptors, and who sent them. Nothing here blocks: to wait for room
 * in a call would be a deadlock where the receiver lives in the same process.
 *
 * @see sendmsg(2), recvmsg(2), unix(7); constants are Linux's
 */
import { constants } from 'node:os'
import { type Control, controlSpace, packControls, unpackControls } from './control.ts'
import { closeDescriptor } from './descriptor.ts'
import { koffi } from './koffi.ts'
import { check, declare } from './libc.ts'

const sendmsg = declare<(fd: number, header: Uint8Array, flags: number) => number>('intptr_t sendmsg(int, void *, int)')
const recvmsg = declare<(fd: number, header: Uint8Array, flags: number) => number>('intptr_t recvmsg(int, void *, int)')

const SCM_RIGHTS = 1
const SCM_CREDENTIALS = 2
const SCM_PIDFD = 4
const MSG_CTRUNC = 0x8
const MSG_TRUNC = 0x20
const MSG_DONTWAIT = 0x40
const MSG_NOSIGNAL = 0x4000
const MSG_CMSG_CLOEXEC = 0x40000000

/** What the kernel takes in one message. */
export const MAX_DESCRIPTORS = 253

/** Who sent a datagram: the kernel vouches for it. */
export interface Credentials {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

export interface OutgoingDatagram {
  readonly bytes: Uint8Array
  /** They stay open with the sender. */
  readonly descriptors: readonly number[]
  /** Who it is to come from, where that is not this process: it takes privileges (EPERM), and the pid of a process (ESRCH). */
  readonly credentials?: Credentials | undefined
}

export interface IncomingDatagram {
  /** What there was room for; valid until the next call. */
  readonly bytes: Buffer
  /** Undefined where the socket was not told to say (SO_PASSCRED). */
  readonly sender: Credentials | undefined
  /** They are the caller's from here on, close-on-exec. */
  readonly descriptors: number[]
  /** There were more bytes than room, or descriptors that could not be handed over. */
  readonly truncated: boolean
}

/** Sends a datagram to the peer of the socket. Whether there was room for it: false is EAGAIN. */
export function sendDatagram(fd: number, { bytes, descriptors, credentials }: OutgoingDatagram): boolean {
  const control = packControls([
    ...(descriptors.length === 0 ? [] : [{ type: SCM_RIGHTS, data: bytesOf(Int32Array.from(descriptors)) }]),
    ...(credentials === undefined ? [] : [{ type: SCM_CREDENTIALS, data: bytesOf(packCredentials(credentials)) }]),
  ])
  const header = newHeader(bytes, control)
  return isDone(sendmsg(fd, header.bytes, MSG_DONTWAIT | MSG_NOSIGNAL), 'sendmsg')
}

/** Receives one datagram after another into one and the same memory. */
export class DatagramReader {
  readonly #bytes: Buffer
  readonly #control: Buffer

  /** @param room for the bytes of a datagram */
  constructor(room: number) {
    this.#bytes = Buffer.allocUnsafeSlow(room)
    this.#control = Buffer.allocUnsafeSlow(controlSpace(12) + controlSpace(4) + controlSpace(4 * MAX_DESCRIPTORS))
  }

  /** The next datagram that has come to the socket; undefined where none has (EAGAIN). */
  read(fd: number): IncomingDatagram | undefined {
    const header = newHeader(this.#bytes, this.#control)
    const length = recvmsg(fd, header.bytes, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | MSG_TRUNC)
    if (!isDone(length, 'recvmsg')) return undefined
    const { controlLength, flags } = header.decode()
    const controls = unpackControls(this.#control.subarray(0, controlLength))
    // asked for by whoever made the socket, maybe; nobody here does
    for (const fd of integersOf(controls, SCM_PIDFD)) closeDescriptor(fd)
    const [pid, uid, gid] = integersOf(controls, SCM_CREDENTIALS)
    return {
      bytes: this.#bytes.subarray(0, length),
      sender: pid === undefined ? undefined : { pid, uid: (uid as number) >>> 0, gid: (gid as number) >>> 0 },
      descriptors: integersOf(controls, SCM_RIGHTS),
      truncated: (flags & (MSG_TRUNC | MSG_CTRUNC)) !== 0,
    }
  }
}

/** Whether a call did what it was to do; what it would have had to wait for is not done. */
function isDone(result: number, syscall: string): boolean {
  if (result < 0 && koffi().errno() === constants.errno.EAGAIN) return false
  check(result, syscall)
  return true
}

function integersOf(controls: readonly Control[], type: number): number[] {
  return controls.flatMap((control) => {
    if (control.type !== type) return []
    const { buffer, byteOffset, byteLength } = control.data
    return [...new Int32Array(buffer, byteOffset, byteLength / 4)]
  })
}

function packCredentials({ pid, uid, gid }: Credentials): Int32Array {
  return Int32Array.of(pid, uid, gid)
}

function bytesOf({ buffer }: Int32Array): Uint8Array {
  return new Uint8Array(buffer)
}

function newLayouts() {
  return {
    message: koffi().struct({
      name: 'void *',
      nameLength: 'uint32_t',
      vector: 'void *',
      pieces: 'size_t',
      control: 'void *',
      controlLength: 'size_t',
      flags: 'int',
    }),
    piece: koffi().struct({ bytes: 'void *', length: 'size_t' }),
  }
}

let layouts: ReturnType<typeof newLayouts> | undefined

/** A msghdr that leads to `bytes` and `control`; they must live as long as it. */
function newHeader(bytes: Uint8Array, control: Uint8Array) {
  const { message, piece } = (layouts ??= newLayouts())
  const vector = Buffer.alloc(koffi().sizeof(piece))
  koffi().encode(vector, piece, { bytes, length: bytes.length })
  const header = Buffer.alloc(koffi().sizeof(message))
  const controlLength = control.length
  koffi().encode(header, message, { name: null, nameLength: 0, vector, pieces: 1, control, controlLength, flags: 0 })
  return {
    bytes: header,
    vector, // lives as long
    decode: () => koffi().decode(header, message) as { controlLength: number; flags: number },
  }
}
