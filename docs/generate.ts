// `npm run docs`: writes the reference from the code, so that it is never another than the code.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publishedSchemas } from '@ashlar/catalogue'
import { bpmnPage } from './pages/bpmn.ts'
import { commandsPage } from './pages/commands.ts'
import { eventsPage } from './pages/events.ts'
import { lifecyclesPage } from './pages/lifecycles.ts'
import { offeredPlan } from './pages/plan.ts'
import { problemsPage } from './pages/problems.ts'
import { routesPage } from './pages/routes.ts'
import { schemasPage } from './pages/schemas.ts'
import { scopesPage } from './pages/scopes.ts'
import { settingsPage } from './pages/settings.ts'
import { stepsPage } from './pages/steps.ts'
import { wireHouse } from './wiring.ts'

const house = fileURLToPath(new URL('../', import.meta.url))
const folder = 'docs/reference'
const schemas = 'blocks/catalogue/schemas'

/** Every generated file by its path, from the code that stands here. */
async function generate(): Promise<Map<string, string>> {
  const wired = await wireHouse(house)
  const pages: Record<string, string> = {
    routes: routesPage(wired),
    scopes: scopesPage(wired),
    problems: await problemsPage(house),
    events: await eventsPage(house),
    steps: stepsPage(wired),
    lifecycles: await lifecyclesPage(house),
    settings: settingsPage(),
    commands: commandsPage(),
    bpmn: bpmnPage(),
    schemas: schemasPage(),
    plan: await offeredPlan(house),
  }
  return new Map([
    ...Object.entries(pages).map(([name, text]): [string, string] => [`${folder}/${name}.md`, text]),
    ...Object.entries(publishedSchemas()).map(([name, text]): [string, string] => [`${schemas}/${name}`, text]),
    ['contracts/openapi.json', `${JSON.stringify(wired.openapi, null, 2)}\n`],
  ])
}

let generated: Promise<Map<string, string>> | undefined

/** Which generated files under `root` differ from what the code gives today, are missing, or are no longer made. */
export async function staleDocs(root: string): Promise<{ examined: number; stale: string[] }> {
  generated ??= generate()
  const files = await generated
  const stale: string[] = []
  for (const [path, text] of files)
    if ((await readFile(join(root, path), 'utf8').catch(() => undefined)) !== text) stale.push(path)
  const standing = await readdir(join(root, folder)).catch(() => [])
  stale.push(...standing.map((name) => `${folder}/${name}`).filter((path) => !files.has(path)))
  return { examined: files.size, stale }
}

/** Writes what is stale under `root`, and takes away what is no longer made; gives the paths. */
export async function writeDocs(root: string): Promise<string[]> {
  const { stale } = await staleDocs(root)
  const files = await generated!
  for (const path of stale) {
    const text = files.get(path)
    if (text === undefined) await rm(join(root, path))
    else {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
  }
  return stale
}

if (import.meta.main) {
  const written = await writeDocs(house)
  for (const path of written) console.log(path)
  console.error(`${written.length} of the generated files changed`)
}
