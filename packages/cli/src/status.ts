import { FifodirError } from 'fifodir'
import { type Command, JSON_OPTION } from './command.ts'
import { describeStatus, statusObject } from './describe-status.ts'
import { EXIT, report } from './exit.ts'
import { print, printJson } from './output.ts'
import { recordOf, servicesOf } from './service-directories.ts'

export const status: Command = {
  name: 'status',
  usage: 'SVC…',
  summary: 'say what services do: up or down, since when, ready, pid, last exit',
  help: `One line a service, as s6-svstat prints it; where there are several, after its name. SVC is a service directory, under
fifodir's supervisor or s6's.

  fifodir status /run/service/web        up (pid 1234) 61 seconds, ready 60 seconds
  fifodir status /run/service/*
  fifodir status --json /run/service/*

Exit: 0 done; 1 a service has no supervisor; 100 wrong usage; 111 a system call failed (the others have been seen to).`,
  options: [JSON_OPTION],
  run({ options, operands }) {
    const services = servicesOf(operands)
    const width = Math.max(...services.map((service) => service.length))
    const codes = services.map((service) => {
      try {
        const record = recordOf(service)
        const name = services.length > 1 ? `${`${service}:`.padEnd(width + 1)} ` : ''
        if (options['json']) printJson({ service, ...statusObject(record) })
        else print(`${name}${describeStatus(record)}`)
        return record.supervised ? EXIT.done : EXIT.impossible
      } catch (error) {
        if (!(error instanceof FifodirError)) throw error
        return report(error)
      }
    })
    return Math.max(...codes)
  },
}
