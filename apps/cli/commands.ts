// Every command of the command line: how it is called, what it is for, and what runs it.
import type { Arguments } from './arguments.ts'

export interface Command {
  usage: string
  about: string
  run(given: Arguments): Promise<number>
}

/** Loaded when called, so that `help` does not wait for a database driver. */
export const commands: Record<string, Command> = {
  start: {
    usage: 'npx ashlar start [--port 8080] [--data ./data] [--country countries/veridia] [--json]',
    about: 'Starts the country: an embedded database if none is given, invented people, and all faces.',
    run: (given) => import('./start.ts').then(({ start }) => start(given)),
  },
  check: {
    usage: 'npx ashlar check [countries/veridia] [--json]',
    about: 'Reads a country and says what is wrong: file, line, reason, mend; and what no block offers yet.',
    run: (given) => import('./check.ts').then(({ check }) => check(given)),
  },
  test: {
    usage: 'npx ashlar test [countries/veridia] [service…] [--json]',
    about: 'Runs every example of every service, without a database.',
    run: (given) => import('./test.ts').then(({ test }) => test(given)),
  },
  fmt: {
    usage: 'npx ashlar fmt [countries/veridia] [--check]',
    about: 'Writes every file of a country in canonical form; --check only says which are not.',
    run: (given) => import('./fmt.ts').then(({ fmt }) => fmt(given)),
  },
  seed: {
    usage: 'npx ashlar seed [--people 10000]',
    about: 'Invents the people of the country in a database; the same twice changes nothing.',
    run: (given) => import('./data.ts').then(({ seed }) => seed(given)),
  },
  reset: {
    usage: 'npx ashlar reset --yes',
    about: 'Throws the demo’s data away: database, files and sandbox. The next start begins anew.',
    run: (given) => import('./data.ts').then(({ reset }) => reset(given)),
  },
  clock: {
    usage: 'npx ashlar clock [+7d | +1y | reset]',
    about: 'Shows or moves the demo country’s clock; deadlines that pass are acted on at once.',
    run: (given) => import('./clock.ts').then(({ clock }) => clock(given)),
  },
  doctor: {
    usage: 'npx ashlar doctor',
    about: 'Looks for what keeps the country from running, and says how to mend it.',
    run: (given) => import('./doctor.ts').then(({ doctor }) => doctor(given)),
  },
  config: {
    usage: 'npx ashlar config explain',
    about: 'Shows every setting, its value and where the value came from.',
    run: (given) => import('./config.ts').then(({ config }) => config(given)),
  },
  new: {
    usage: 'npx ashlar new service|block|decision|country <name>',
    about: 'Writes a small, working start.',
    run: (given) => import('./new.ts').then(({ create }) => create(given)),
  },
  story: {
    usage: 'npx ashlar story',
    about: 'Plays the whole story in a real Chromium and keeps screenshots.',
    run: (given) => import('./story.ts').then(({ story }) => story(given)),
  },
  version: {
    usage: 'npx ashlar version',
    about: 'Says which version this is.',
    run: async () => {
      const { version } = await import('@ashlar/server')
      console.log(version)
      return 0
    },
  },
  help: {
    usage: 'npx ashlar help',
    about: 'Shows this.',
    run: async () => {
      console.log(help())
      return 0
    },
  },
}

function help(): string {
  const rows = Object.values(commands).map(({ usage, about }) => `  ${usage}\n      ${about}`)
  return `Ashlar runs a country's public services.\n\n  npx ashlar start        the model country, in seconds\n  npx ashlar check        is what I wrote in order?\n\nCommands\n\n${rows.join('\n')}\n\nSettings are flags too: --http.port 9000; see npx ashlar config explain.`
}
