// Every command of the command line: how it is called, what it is for, examples, and what runs it.
import { type Arguments, UsageError } from './arguments.ts'

export interface Command {
  /** After "npx ashlar". */
  usage: string
  about: string
  /** What to type, and what it does. */
  examples: [string, string][]
  run(given: Arguments): Promise<number>
}

/** Loaded when called, so that `help` does not wait for a database driver. */
export const commands: Record<string, Command> = {
  start: {
    usage: 'start [--port 8080] [--data ./data] [--country countries/veridia] [--json]',
    about: 'Starts the country: an embedded database if none is given, invented people, and all faces.',
    examples: [
      ['start', 'the model country on this computer'],
      ['start --port 9000 --data /tmp/try', 'beside another one'],
      ['start --country countries/mine', 'a country of your own'],
    ],
    run: (given) => import('./start.ts').then(({ start }) => start(given)),
  },
  check: {
    usage: 'check [countries/veridia] [--json]',
    about: 'Reads a country and says what is wrong: file, line, reason, mend; and what no block offers yet.',
    examples: [
      ['check', 'the country of the settings'],
      ['check countries/mine --json', 'for a program to read'],
    ],
    run: (given) => import('./check.ts').then(({ check }) => check(given)),
  },
  test: {
    usage: 'test [countries/veridia] [service…] [--json]',
    about: 'Runs every example of every service, without a database.',
    examples: [
      ['test', 'all services of the country'],
      ['test fine', 'one service'],
      ['test countries/mine --json', 'another country, for a program to read'],
    ],
    run: (given) => import('./test.ts').then(({ test }) => test(given)),
  },
  fmt: {
    usage: 'fmt [countries/veridia] [--check]',
    about: 'Writes every file of a country in canonical form; --check only says which are not.',
    examples: [['fmt --check', 'what would be written']],
    run: (given) => import('./fmt.ts').then(({ fmt }) => fmt(given)),
  },
  dmn: {
    usage: 'dmn [countries/veridia] <service> [--out rules.dmn]',
    about: 'Writes the rules of a service as a DMN 1.5 file, which decides the same and opens in any modeler.',
    examples: [
      ['dmn fine', 'to look at'],
      ['dmn work-visa --out /tmp/work-visa.dmn', 'to open in a modeler'],
    ],
    run: (given) => import('./dmn.ts').then(({ dmn }) => dmn(given)),
  },
  replay: {
    usage: 'replay [countries/veridia] <service> <rule> [--data ./data] [--json]',
    about: 'Tries a rule as the folder has it on what was decided so far: who gains, who loses, how much.',
    examples: [
      ['replay fine price', 'after you changed the table, before you publish it'],
      ['replay countries/mine fine price --json', 'for a program to read'],
    ],
    run: (given) => import('./replay.ts').then(({ replay }) => replay(given)),
  },
  new: {
    usage: 'new service|country|block|decision <name> [--country countries/veridia]',
    about: 'Writes a small, working start: it passes check and test as it stands.',
    examples: [
      ['new service fishing-licence', 'a public service of the country, with texts and an example'],
      ['new country norland', 'a country with a register, people, an office and a service'],
      ['new block parcels', 'a building block: tables, interface and a test'],
      ['new decision "Letters are printed twice"', 'a numbered decision to fill in'],
    ],
    run: (given) => import('./new.ts').then(({ create }) => create(given)),
  },
  clock: {
    usage: 'clock [+7d | +1y | reset] [--json]',
    about: 'Shows or moves the demo country’s clock; deadlines that pass are acted on at once.',
    examples: [
      ['clock', 'what time it is there'],
      ['clock +40d', 'forty days later'],
      ['clock reset', 'back to today'],
    ],
    run: (given) => import('./clock.ts').then(({ clock }) => clock(given)),
  },
  doctor: {
    usage: 'doctor [--port 8080] [--data ./data] [--country countries/veridia] [--json]',
    about: 'Looks for what keeps the country from running, and says how to mend it.',
    examples: [
      ['doctor', 'this computer, these settings'],
      ['doctor --data /srv/ashlar --json', 'another data folder, for a program to read'],
    ],
    run: (given) => import('./doctor.ts').then(({ doctor }) => doctor(given)),
  },
  config: {
    usage: 'config explain [--json]',
    about: 'Shows every setting, its value and where the value came from.',
    examples: [['config explain --http.port 9000', 'what a flag would change']],
    run: (given) => import('./config.ts').then(({ config }) => config(given)),
  },
  seed: {
    usage: 'seed [--people 10000] [--json]',
    about: 'Invents the people of the country in a database; the same twice changes nothing.',
    examples: [['seed', 'the country that runs']],
    run: (given) => import('./data.ts').then(({ seed }) => seed(given)),
  },
  reset: {
    usage: 'reset --yes [--data ./data]',
    about: 'Throws the demo’s data away: database, files and sandbox. The next start begins anew.',
    examples: [['reset --yes', 'without asking']],
    run: (given) => import('./data.ts').then(({ reset }) => reset(given)),
  },
  story: {
    usage: 'story',
    about: 'Plays the whole story in a real Chromium and keeps screenshots.',
    examples: [['story', 'in a clone of the repository']],
    run: (given) => import('./story.ts').then(({ story }) => story(given)),
  },
  version: {
    usage: 'version',
    about: 'Says which version this is.',
    examples: [],
    run: async () => {
      const { version } = await import('@ashlar/server')
      console.log(version)
      return 0
    },
  },
  help: {
    usage: 'help [command]',
    about: 'Shows this, or one command with its examples.',
    examples: [['help start', 'one command']],
    run: async ({ words: [name] }) => {
      if (name !== undefined && !commands[name]) throw new UsageError(`There is no command "${name}" to explain.`)
      console.log(name === undefined ? help() : helpOf(commands[name]!))
      return 0
    },
  },
}

/** One command: how it is called, what it is for, and examples. */
export function helpOf({ usage, about, examples }: Command): string {
  return [`npx ashlar ${usage}`, '', about, ...(examples.length ? ['', ...exampleLines(examples)] : [])].join('\n')
}

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  return [
    'Ashlar runs a country’s public services, each declared once, as data.',
    '',
    ...exampleLines([
      ['start', 'the model country, in seconds'],
      ['check', 'is what I wrote in order?'],
      ['test', 'does it do what the law says?'],
      ['doctor', 'why does it not run?'],
    ]),
    '',
    'Commands',
    '',
    ...Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`),
    '',
    'More of one: npx ashlar help start. Settings are flags, too: --http.port 9000; see npx ashlar config explain.',
  ].join('\n')
}

function exampleLines(examples: [string, string][]): string[] {
  const width = Math.max(...examples.map(([line]) => line.length))
  return examples.map(([line, about]) => `  npx ashlar ${line.padEnd(width)}   ${about}`)
}
