// Where a story plays: one running product, one browser, one language and width; and what came out so far.
import type { Browser } from 'playwright-core'
import type { Product } from '../trust/product.ts'
import type { Examined } from './examination.ts'

export interface Stage {
  product: Product
  browser: Browser
  language: string
  direction: 'ltr' | 'rtl'
  width: number
  /** How the log of uses calls an officer in this language. */
  words: { officer: string }
  /** Pictures are kept in `<folder>/<language>/`. */
  folder: string
  pictures: number
  examined: Examined
  /** Sentences that held, and figures that were measured. */
  passed: string[]
  failed: string[]
  figures: Record<string, string | number>
}

/** Notes whether a sentence held. A story goes on, so that one run shows all that is wrong. */
export function holds(stage: Stage, sentence: string, isSo: boolean, instead?: unknown): void {
  if (isSo) stage.passed.push(sentence)
  else stage.failed.push(instead === undefined ? sentence : `${sentence} (instead: ${String(instead)})`)
}

export interface Milestones {
  seconds(): number
}

export function stopwatch(): Milestones {
  const start = performance.now()
  return { seconds: () => Math.round((performance.now() - start) / 100) / 10 }
}
