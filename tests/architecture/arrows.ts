// Arrows: who may import whom. Runs dependency-cruiser with the rules in arrows-rules.ts.
import { registerHooks } from 'node:module'
import { rules } from './arrows-rules.ts'
import type { Check } from './finding.ts'
import { sources } from './sources.ts'

// dependency-cruiser reads TypeScript through the compiler's API, which TypeScript 7 does not have: it would then examine
// no module and be content. So for it `typescript` means version 6.
registerHooks({
  resolve: (specifier, context, next) =>
    /^typescript(\/|$)/.test(specifier) && context.parentURL?.includes('/dependency-cruiser/')
      ? next(specifier.replace('typescript', 'typescript-6'), context)
      : next(specifier, context),
})

export const arrows: Check = async (root) => {
  const { cruise } = await import('dependency-cruiser')
  const files = (await sources(root)).filter((path) => !path.endsWith('.d.ts'))
  const { output } = await cruise(files, {
    baseDir: root,
    ruleSet: { forbidden: rules },
    validate: true,
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules/(?!@ashlar)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  })
  if (typeof output === 'string') throw new Error('dependency-cruiser gave text where a result was expected')
  const ours = output.modules.filter((module) => !module.source.includes('node_modules'))
  const followed = ours.reduce((sum, module) => sum + module.dependencies.length, 0)
  const problems = output.summary.violations.map(
    ({ from, to, rule }) =>
      `${from} → ${to}: ${rule.name}: ${rules.find(({ name }) => name === rule.name)?.comment ?? ''}`,
  )
  if (ours.length && !followed) problems.push('no import was followed: the parser of TypeScript is missing')
  return { examined: ours.length, unit: 'modules', problems }
}
