/**
 * s6's own library, called through koffi. That adds a few tenths of a microsecond to each call; nothing is subtracted for
 * it. Only 2.11 is bound: other versions have other structures.
 */
import { readFileSync } from 'node:fs'
import koffi from 'koffi'
import { inPath } from './peers.mjs'

const SONAME = 'libs6.so.2.11'

export const INSTALL_LIBS6 = 'apt-get install s6 libs6-2.11'

const library = load()

function load() {
  try {
    return koffi.load(SONAME)
  } catch (error) {
    if (String(error).includes(SONAME)) return undefined
    throw error
  }
}

/** The version, as the file that was loaded is called; undefined where there is none. */
export function libs6Version() {
  return library && /libs6\.so\.([\d.]+)/.exec(readFileSync('/proc/self/maps', 'latin1'))?.[1]
}

/** `ftrigw_notifyb`: sends `events` to all who are subscribed in a fifodir, and returns how many took them. */
export const ftrigwNotifyb = library && bindNotifyb()

function bindNotifyb() {
  const call = library.func('int ftrigw_notifyb(const char *path, const char *events, size_t length)')
  return (path, events) => call(path, events, events.length)
}

/** What `ftrigr_t` is on 64-bit systems: its size, and where a pid and a descriptor are in it. */
const SIZE = 8504
const FD_OFFSET = 136
const PID_OFFSET = 208
const REPEAT = 1

/** `ftrigr`: the subscriptions of this process, held by s6-ftrigrd, a child. Undefined where one of the two is missing. */
export const Ftrigr = library && inPath('s6-ftrigrd') && bindFtrigr()

function bindFtrigr() {
  const layout = koffi.array('uint8_t', SIZE)
  const zero = library.symbol('ftrigr_zero')
  // null for a deadline: none
  const startf = library.func('int ftrigr_startf(void *session, void *deadline, void *stamp)')
  const subscribe = library.func(
    'uint16_t ftrigr_subscribe(void *session, const char *path, const char *pattern, uint32_t options, void *deadline, void *stamp)',
  )
  const unsubscribe = library.func('int ftrigr_unsubscribe(void *session, uint16_t id, void *deadline, void *stamp)')
  const update = library.func('int ftrigr_update(void *session)')
  const check = library.func('int ftrigr_check(void *session, uint16_t id, _Out_ uint8_t *event)')
  const end = library.func('void ftrigr_end(void *session)')

  return class {
    #session = koffi.alloc('uint8_t', SIZE)
    #event = new Uint8Array(1)

    constructor() {
      koffi.encode(this.#session, layout, koffi.decode(zero, layout))
      succeed(startf(this.#session, null, null), 'ftrigr_startf')
    }

    /** The descriptor that is readable when there is something to update. */
    get fd() {
      return this.#field(FD_OFFSET)
    }

    /** The pid of s6-ftrigrd. */
    get pid() {
      return this.#field(PID_OFFSET)
    }

    #field(offset) {
      return koffi.decode(this.#session, offset, 'int32_t')
    }

    /** Until it is ended: after a match the search begins anew. */
    subscribe(path, pattern) {
      return succeed(subscribe(this.#session, path, pattern, REPEAT, null, null), 'ftrigr_subscribe')
    }

    unsubscribe(id) {
      succeed(unsubscribe(this.#session, id, null, null), 'ftrigr_unsubscribe')
    }

    /** The event that came for `id`, or undefined. */
    check(id) {
      if (update(this.#session) < 0) throw new Error('ftrigr_update failed')
      return check(this.#session, id, this.#event) > 0 ? this.#event[0] : undefined
    }

    end() {
      end(this.#session)
    }
  }
}

function succeed(result, name) {
  if (result === 0) throw new Error(`${name} failed: errno ${koffi.errno()}`)
  return result
}
