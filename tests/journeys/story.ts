// `npm run story`
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProduct } from '../trust/product.ts'
import { startChromium } from './chromium.ts'
import { nothingExamined } from './examination.ts'
import { checking } from './scenes/checking.ts'
import { cleanExtract } from './scenes/clean-extract.ts'
import type { Stage } from './stage.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = join(root, 'tests/.out/story')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const language = process.argv[2] ?? 'en'
const product = await startProduct({ data: join('/tmp/s/story', language), log: join('/tmp/s', 'story.log') })
const browser = await startChromium()
const stage: Stage = { product, browser, language, direction: language === 'ar' ? 'rtl' : 'ltr', width: Number(process.argv[3] ?? 1280), folder, pictures: 0, examined: nothingExamined(), passed: [], failed: [], figures: {} }
try {
  const extract = await cleanExtract(stage, 'grace', { withScript: true })
  await checking(stage, extract)
  await cleanExtract(stage, 'chloe', { withScript: false, width: 375 })
} finally {
  console.log(JSON.stringify({ ...stage, product: 0, browser: 0 }, null, 1))
  await browser.close()
  await product.stop()
}
