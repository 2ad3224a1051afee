// Types: TypeScript finds nothing wrong in the whole house.
import { type Check, run } from './finding.ts'

export const types: Check = async (root) => {
  const { code, out } = await run('tsc', ['-p', '.', '--pretty', 'false', '--listFiles'], root)
  const lines = out.split('\n')
  const examined = lines.filter(
    (line) => /\.ts$/.test(line) && !line.includes('node_modules') && !line.includes('error TS'),
  ).length
  const problems = lines.filter((line) => /error TS\d+/.test(line))
  return { examined, unit: 'files', problems: code && !problems.length ? [out.slice(0, 2000)] : problems }
}
