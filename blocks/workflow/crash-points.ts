// Places at which the engine may be killed, by name: a rig of the tests stops the process there; the product never does.

/** Each lies between two things that must not come apart, or must bear being done again. */
export const crashPoints = [
  'start.advanced',
  'start.written',
  'move.locked',
  'move.advanced',
  'move.stored',
  'move.written',
  'complete.committed',
  'step.loaded',
  'step.answered',
  'step.settled',
  'expiry.answered',
  'timer.moved',
  'cancel.told',
  'message.stored',
  'message.moved',
  'signal.moved',
  'clock.started',
  'repair.moved',
  'resume.moved',
  'migrate.moved',
] as const

export type CrashPoint = (typeof crashPoints)[number]

/** Told of each point that is passed. */
export type AtPoint = (point: CrashPoint) => void | Promise<void>
