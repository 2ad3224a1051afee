// `npm run story [-- en ar fr]`: plays the whole story in a real Chromium, in each language on a country of its own, examines
// every page, and keeps the pictures in tests/.out/story/<language>/.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { startProduct } from '../trust/product.ts'
import { findChromium, howToGetChromium, startChromium } from './chromium.ts'
import { type Examined, MOST_BYTES, nothingExamined } from './examination.ts'
import { missedFaults } from './planted.ts'
import { appeal, type Rejected, tooLate } from './scenes/appeal.ts'
import { checking } from './scenes/checking.ts'
import { cleanExtract } from './scenes/clean-extract.ts'
import { doubtful } from './scenes/doubtful.ts'
import { payFine, payTwice } from './scenes/fine.ts'
import { havingAChild } from './scenes/having-a-child.ts'
import { hostile } from './scenes/hostile.ts'
import { dayByKeyboard } from './scenes/keyboard.ts'
import { contestFine } from './scenes/objection.ts'
import { afterTheTerm, secondThoughts } from './scenes/second-thoughts.ts'
import { workPermits } from './scenes/work-permits.ts'
import { holds, type Stage, stopwatch } from './stage.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = join(root, 'tests/.out/story')

/** Who sees which language at which width; the parts without a script are played on a phone. */
const editions: Record<string, Pick<Stage, 'direction' | 'width' | 'words'>> = {
  en: { direction: 'ltr', width: 1280, words: { officer: 'Officer' } },
  ar: { direction: 'rtl', width: 375, words: { officer: 'الموظف' } },
  fr: { direction: 'ltr', width: 375, words: { officer: 'Agent' } },
}

/** `--scene=fine` plays only what has that in its name. */
const only = process.argv.find((one) => one.startsWith('--scene='))?.slice(8) ?? ''
/** `--short`, for CI: all is told in English, most in Arabic, and French readers apply and pay. */
const isShort = process.argv.includes('--short')
const inShort = ['a clean extract', 'a fine', 'without a script, a clean extract', 'without a script, a fine']
const notInShortArabic = ['having a child', 'a day by keyboard', 'an appeal', 'an appeal, too late']
/** Told once: it does not depend on the language. */
const once = ['what was not meant']

const isPlayed = (scene: string, language: string): boolean =>
  scene.includes(only) &&
  (language === 'en' || !once.includes(scene)) &&
  (!isShort || language !== 'fr' || inShort.includes(scene)) &&
  (!isShort || language !== 'ar' || !notInShortArabic.includes(scene))

async function play(browser: Browser, language: string, examined: Examined): Promise<Stage> {
  const edition = editions[language]
  if (!edition) throw new Error(`The story is told in ${Object.keys(editions).join(', ')}, not in "${language}".`)
  const place = mkdtempSync(join(tmpdir(), 'ashlar-story-'))
  const log = join(place, 'product.log')
  const product = await startProduct({ data: join(place, 'data'), log })
  const stage: Stage = {
    product,
    browser,
    language,
    ...edition,
    folder,
    pictures: 0,
    examined,
    passed: [],
    failed: [],
    figures: { start: `${product.startSeconds.toFixed(1)} s` },
  }
  const phone = { withScript: false, width: 375 }
  const hers = { number: 'F-2026-00417', plate: 'PV-1042', price: '130' }
  let rejected: Rejected | undefined
  const scenes: Record<string, () => Promise<void>> = {
    'a clean extract': async () => checking(stage, await cleanExtract(stage, 'grace', { withScript: true })),
    'a doubtful one': () => doubtful(stage),
    'a fine': () => payFine(stage, { number: 'F-2026-01203', plate: 'FO-5518', price: '225' }, { withScript: true }),
    'a fine paid by two at once': () => payTwice(stage, { number: 'F-2026-00012', plate: 'HB-3390', price: '150' }),
    'without a script, a clean extract': async () => void (await cleanExtract(stage, 'chloe', phone)),
    'without a script, a fine': () => payFine(stage, { number: 'F-2026-00731', plate: 'PV-2201', price: '52' }, phone),
    'work permits': () => workPermits(stage),
    'having a child': () => havingAChild(stage),
    'a day by keyboard': () => dayByKeyboard(stage),
    'an appeal': async () => {
      rejected = await appeal(stage)
    },
    'what was not meant': () => hostile(stage),
    'silence of the office': async () => {
      const unfinished = await secondThoughts(stage, hers)
      await contestFine(stage, 'amina', { number: 'F-2026-00988', plate: 'QN-0731', price: '1' })
      await afterTheTerm(stage, hers, unfinished)
    },
    'an appeal, too late': async () => {
      if (rejected) await tooLate(stage, rejected)
    },
  }
  try {
    for (const [name, scene] of Object.entries(scenes)) {
      if (!isPlayed(name, language)) continue
      const watch = stopwatch()
      try {
        await scene()
      } catch (error) {
        holds(stage, `${name} is played to its end`, false, (error as Error).message.split('\n').slice(0, 4).join(' '))
      }
      for (const context of browser.contexts()) await context.close()
      console.log(`  ${language}  ${name}, ${watch.seconds()} s`)
    }
    try {
      const { planted, missed } = await missedFaults(stage)
      holds(stage, `${planted} planted faults are found`, missed.length === 0, `missed: ${missed.join(', ')}`)
    } catch (error) {
      holds(stage, 'Faults can be planted', false, (error as Error).message.split('\n')[0])
    }
    const warnings = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.trim() && !line.startsWith('{"event":"ready"'))
    holds(stage, 'The product warned of nothing', warnings.length === 0, warnings.slice(0, 5).join('\n'))
  } finally {
    await product.stop()
    rmSync(place, { recursive: true, force: true })
  }
  return stage
}

export interface StoryReport {
  passed: number
  failed: string[]
}

export async function tellStory(languages = Object.keys(editions)): Promise<StoryReport> {
  const watch = stopwatch()
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const browser = await startChromium()
  const examined = nothingExamined()
  const stages: Stage[] = []
  try {
    for (const language of languages) stages.push(await play(browser, language, examined))
  } finally {
    await browser.close()
  }
  const failed = [
    ...stages.flatMap(({ language, failed }) => failed.map((sentence) => `${language}: ${sentence}`)),
    ...examined.findings.map(({ where, rule, text }) => `${where}: ${rule}: ${text}`),
  ]
  const passed = stages.reduce((sum, stage) => sum + stage.passed.length, 0)
  const figures = Object.fromEntries(stages.map(({ language, figures }) => [language, figures]))
  const { pages, byLanguage, largest, axeRules, findings } = examined
  const report = { seconds: watch.seconds(), passed, failed, figures, pages, byLanguage, axeRules, largest }
  writeFileSync(join(folder, 'story.json'), `${JSON.stringify(report, null, 2)}\n`)
  for (const [language, all] of Object.entries(figures))
    for (const [what, figure] of Object.entries(all)) console.log(`  ${language}  ${what}: ${figure}`)
  for (const [language, count] of Object.entries(byLanguage)) console.log(`  ${language}  ${count} pages examined`)
  console.log(
    `  axe: ${pages} pages, ${axeRules} rules each, ${findings.filter(({ rule }) => rule.startsWith('axe')).length} violations; ${findings.length} findings in all`,
  )
  console.log(`  largest page of citizens: ${largest.bytes} of ${MOST_BYTES} bytes, ${largest.where}`)
  console.log(`  ${report.seconds} s; pictures in tests/.out/story`)
  return { passed, failed }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (findChromium() === undefined) {
    console.error(howToGetChromium)
    process.exit(1)
  }
  const asked = process.argv.slice(2).filter((one) => !one.startsWith('--'))
  const { passed, failed } = await tellStory(asked.length ? asked : undefined)
  for (const sentence of failed) console.error(`✗ ${sentence}`)
  console.log(`${passed} passed, ${failed.length} failed`)
  process.exitCode = failed.length ? 1 : 0
}
