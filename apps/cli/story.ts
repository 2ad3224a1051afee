// `ashlar story`: hands over to the house's own story, which needs the development packages.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Arguments } from './arguments.ts'

const script = fileURLToPath(new URL('../../tests/journeys/story.ts', import.meta.url))

export async function story(_given: Arguments): Promise<number> {
  if (!existsSync(script)) throw new Error('The story comes with the repository: run it in a clone.')
  return new Promise((resolve) => {
    spawn(process.execPath, ['--no-warnings', script], { stdio: 'inherit' }).on('close', (code) => resolve(code ?? 1))
  })
}
