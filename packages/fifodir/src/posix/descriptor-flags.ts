/** Flags of descriptors, and of the open files behind them, which other processes may share. */
import { constants } from 'node:fs'
import { check, declare } from './libc.ts'

const fcntl = declare<(fd: number, command: number, type: 'int', value: number) => number>('int fcntl(int, int, ...)')

const F_GETFD = 1
const F_SETFD = 2
const F_GETFL = 3
const F_SETFL = 4
const FD_CLOEXEC = 1

/** Keeps `fd` from every program that this process starts or becomes; EBADF where it is not open. */
export function setCloseOnExec(fd: number): void {
  const flags = check(fcntl(fd, F_GETFD, 'int', 0), 'fcntl')
  check(fcntl(fd, F_SETFD, 'int', flags | FD_CLOEXEC), 'fcntl')
}

/** Makes reading from, writing to and accepting at `fd` wait, for all who share it. */
export function setBlocking(fd: number): void {
  const flags = check(fcntl(fd, F_GETFL, 'int', 0), 'fcntl')
  check(fcntl(fd, F_SETFL, 'int', flags & ~constants.O_NONBLOCK), 'fcntl')
}
