import { FifodirError, notify } from 'fifodir'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { attempt, failure } from '../../packages/fifodir/src/failure.ts'
import { FifodirError as SourceError } from '../../packages/fifodir/src/error.ts'

const FACTS = { code: 'ENOENT', operation: 'notify', path: 'svc/event', reason: 'no such file or directory' } as const

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('a FifodirError', () => {
  test('says what failed, on what, why, by which errno, and what to do', () => {
    expect(new FifodirError({ ...FACTS, hint: 'make it first' }).message).toBe(
      'cannot notify svc/event: no such file or directory (ENOENT); make it first',
    )
  })

  test('leaves out of the message what it does not know', () => {
    expect(new FifodirError({ ...FACTS, path: undefined }).message).toBe(
      'cannot notify: no such file or directory (ENOENT)',
    )
  })

  test('prints its facts and nothing else', () => {
    const error = new FifodirError({ ...FACTS, hint: 'make it first' })
    expect(JSON.parse(JSON.stringify(error))).toEqual({ ...FACTS, hint: 'make it first' })
    expect(Object.keys(error)).not.toContain('name')
    expect(Object.getOwnPropertyDescriptor(FifodirError.prototype, 'name')?.enumerable).toBe(false)
    expect(inspect(error)).toMatch(/^FifodirError: cannot notify svc\/event/)
  })

  test('is an Error by the name of its class, with the cause untouched', () => {
    const cause = new Error('the first')
    const error = new FifodirError({ ...FACTS, cause })
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('FifodirError')
    expect(error.cause).toBe(cause)
    expect('cause' in new FifodirError(FACTS)).toBe(false)
  })
})

describe('a system error becomes a FifodirError', () => {
  test('that keeps the errno name, and the path as it was given', () => {
    const error = thrownBy(() => notify('no/such/fifodir', 'U')) as FifodirError
    expect(error).toBeInstanceOf(FifodirError)
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'ENOENT',
      operation: 'notify',
      path: 'no/such/fifodir',
      reason: 'no such file or directory',
      hint: 'make it first, with makeFifodir',
    })
    expect(error.cause).toMatchObject({ code: 'ENOENT', syscall: 'scandir' })
  })

  test('with the same hint everywhere where descriptors run out', () => {
    const cause = Object.assign(new Error('EMFILE'), { code: 'EMFILE', errno: -24 })
    for (const operation of ['make', 'clean', 'notify', 'subscribe to'] as const)
      expect(failure(operation, 'x', cause)).toMatchObject({ hint: 'raise the limit of open files (ulimit -n)' })
  })

  test('and nothing else does: bugs and our own errors pass as they are', () => {
    for (const other of [new TypeError('wrong'), new SourceError(FACTS), 'thrown'])
      expect(thrownBy(() => attempt('make', 'x', () => throwIt(other)))).toBe(other)
  })
})

function throwIt(value: unknown): never {
  throw value
}
