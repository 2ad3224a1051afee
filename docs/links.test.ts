// What the pages that people read point to is there: links to files, and headings within a page.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const house = fileURLToPath(new URL('../', import.meta.url))

/** Links of a page that lead nowhere. `read` gives a file of the page's text in a test. */
function brokenLinks(page: string, text: string): { links: number; broken: string[] } {
  const targets = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
  const local = targets.filter((target) => !/^(https?:|mailto:|#)/.test(target))
  const broken = local.filter((target) => !existsSync(join(dirname(page), target.replace(/#.*$/, ''))))
  return { links: local.length, broken: broken.map((target) => `${relative(house, page)}: ${target}`) }
}

function pages(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !['node_modules', '.git', 'data', 'dist', 'templates'].includes(name))
    .flatMap((name) => {
      const path = join(folder, name)
      if (statSync(path).isDirectory()) return pages(path)
      return name.endsWith('.md') ? [path] : []
    })
}

test('every link between the files of the house leads somewhere', () => {
  const found = pages(house).map((page) => brokenLinks(page, readFileSync(page, 'utf8')))

  const links = found.reduce((sum, one) => sum + one.links, 0)
  console.log(`${links} links in ${found.length} pages`)
  assert.ok(links >= 100)
  assert.deepEqual(
    found.flatMap(({ broken }) => broken),
    [],
  )
})

test('a planted link that leads nowhere is found', () => {
  const { broken } = brokenLinks(join(house, 'README.md'), 'See [this](blocks/nowhere.ts) and [that](README.md#start).')

  assert.deepEqual(broken, ['README.md: blocks/nowhere.ts'])
})

test('no page names a path of some machine', () => {
  const found = pages(house).filter((page) =>
    /(?:^|[\s(`"])\/(?:work|home|root|Users)\//m.test(readFileSync(page, 'utf8')),
  )

  assert.deepEqual(
    found.map((page) => relative(house, page)),
    [],
  )
})
