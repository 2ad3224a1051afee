// Migrations: squawk accepts every file (no lock that stops a running country), and files are numbered without gaps.
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { type Check, run } from './finding.ts'
import { sources } from './sources.ts'

export const migrations: Check = async (root) => {
  const files = (await sources(root, '.sql', ['kernel', 'blocks', 'adapters'])).filter((path) =>
    path.includes('/migrations/'),
  )
  const problems: string[] = []
  const byFolder = Map.groupBy(files, dirname)
  for (const [folder, inside] of byFolder)
    inside.forEach((file, index) => {
      const expected = String(index + 1).padStart(4, '0')
      if (!basename(file).startsWith(`${expected}-`))
        problems.push(`${file}: the next number in ${folder} is ${expected}`)
    })
  const { code, out } = await run(squawk(), ['--config', join(root, 'tests/architecture/squawk.toml'), ...files], root)
  if (code) problems.push(out.trim().slice(0, 6000))
  return { examined: files.length, unit: 'files', problems }
}

/** The program inside the platform's own package; it has no install script of its own. */
function squawk(): string {
  const require = createRequire(import.meta.url)
  return join(dirname(require.resolve(`@squawk-cli/${process.platform}-${process.arch}/package.json`)), 'bin', 'squawk')
}
