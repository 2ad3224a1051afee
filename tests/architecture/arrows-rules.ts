// The arrows of the house as rules: apps → adapters → blocks → kernel, apps → ui; between blocks types only.
import type { IForbiddenRuleType } from 'dependency-cruiser'

const test = '(\\.test\\.ts|\\.browser-test\\.ts)$'

export const rules: (IForbiddenRuleType & { name: string; comment: string })[] = [
  {
    name: 'kernel-looks-up',
    comment: 'The kernel stands below everything: move the thing down, or hand it in.',
    severity: 'error',
    from: { path: '^kernel/' },
    to: { path: '^(blocks|adapters|ui|apps|countries|tests|bench)/' },
  },
  {
    name: 'block-looks-up',
    comment:
      'A block imports the kernel and types of other blocks only: declare a type here and let an adapter or app fulfil it.',
    severity: 'error',
    from: { path: '^blocks/', pathNot: test },
    to: { path: '^(adapters|ui|apps|countries|tests|bench)/' },
  },
  {
    name: 'block-calls-block',
    comment: 'Import another block’s types only (import type); apps/server hands you the object.',
    severity: 'error',
    from: { path: '^blocks/([^/]+)/', pathNot: test },
    to: { path: '^blocks/', pathNot: '^blocks/$1/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'past-the-door',
    comment: 'The door of a block is its index.ts.',
    severity: 'error',
    from: { path: '^(?:blocks|adapters|apps|ui)/([^/]+)/' },
    to: { path: '^(blocks|adapters)/', pathNot: ['^(blocks|adapters)/$1/', '^(blocks|adapters)/[^/]+/index\\.ts$'] },
  },
  {
    name: 'past-the-kernels-door',
    comment: 'The door of a room of the kernel is its index.ts.',
    severity: 'error',
    from: { path: '^(kernel/[^/]+|blocks|adapters|ui|apps)/' },
    to: { path: '^kernel/', pathNot: ['^$1/', '^kernel/[^/]+/index\\.ts$'] },
  },
  {
    name: 'adapter-looks-up',
    comment: 'An adapter fulfils a type that a block declares; it knows neither apps nor other adapters.',
    severity: 'error',
    from: { path: '^adapters/([^/]+)/' },
    to: { path: '^(apps|ui|adapters|countries|tests|bench)/', pathNot: '^adapters/$1/' },
  },
  {
    name: 'ui-stands-alone',
    comment: 'The look imports nothing of ours: labels and data come in as props.',
    severity: 'error',
    from: { path: '^ui/' },
    to: { path: '^(kernel|blocks|adapters|apps|countries|tests|bench)/' },
  },
  {
    name: 'nobody-imports-the-house-tests',
    comment: 'tests/ and bench/ are at the end of every arrow.',
    severity: 'error',
    from: { path: '^(kernel|blocks|adapters|ui|apps)/' },
    to: { path: '^(tests|bench)/' },
  },
  {
    name: 'tests-in-the-product',
    comment: 'kernel/testing is for tests: move what the product needs out of it.',
    severity: 'error',
    from: {
      path: '^(kernel|blocks|adapters|ui|apps)/',
      pathNot: ['\\.test\\.ts$', '-test\\.ts$', '^kernel/testing/', '-contract\\.ts$'],
    },
    to: { path: '^kernel/testing/' },
  },
  {
    name: 'circle',
    comment: 'Two files that need each other are one file, or there is a third.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'unresolved',
    comment: 'This import leads nowhere.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^node:' },
  },
]
