// A person with a clean record gets the extract: from the door to the issued document, and what can be done with it.
import decode from 'qr/decode.js'
import { holds, type Stage, stopwatch } from '../stage.ts'
import { type Visitor, visitor } from '../visitor.ts'

export interface Extract {
  /** Address of its page in the portal. */
  href: string
  /** What its code says. */
  code: string
}

const service = 'criminal-record-extract'

/** Presses and fills as fast as the pages come; every page is examined if `isLookedAt`. */
export async function applyForExtract(person: Visitor, door: string, isLookedAt: boolean): Promise<void> {
  const look = async (name: string) => {
    if (isLookedAt) await person.look(name)
  }
  await person.open('/demo')
  await look('doors')
  await person.press(`main a[href="/as/${door}"]`)
  await look('home')
  await person.navigate('/services')
  await look('services')
  await person.press(`main a[href="/services/${service}"]`)
  await look('service')
  await person.press(`main form[action="/apply/${service}"] button`)
  await look('question-purpose')
  await person.choose('purpose', 'employment')
  await person.press('main button.govuk-button:not([name]):visible')
  await look('question-names')
  await person.press('main button.govuk-button:not([name]):visible')
  await look('check-answers')
  await person.press('main form[action$="/check"] button:not([formaction])')
}

/** Timed once without anybody looking on; what a person does in between is left to the person. */
export async function cleanExtract(
  stage: Stage,
  door: string,
  options: { withScript: boolean; width?: number },
): Promise<Extract> {
  const how = `${options.withScript ? '' : ', without a script'}`
  const quick = await visitor(stage, options)
  const watch = stopwatch()
  await applyForExtract(quick, door, false)
  await quick.await('main a[href$=".pdf"]')
  const seconds = watch.seconds()
  const { presses, fields } = quick.effort
  stage.figures[`clean extract${how}`] = `${presses} presses, ${fields} fields, ${seconds} s of waiting for pages`
  // A practised hand needs 2 s for a press; somebody who reads needs 5.
  holds(stage, `A clean extract takes less than 60 s of clicking${how}`, seconds + presses * 5 < 60, seconds)
  await quick.close()

  const person = await visitor(stage, options)
  await applyForExtract(person, door, true)
  await person.await('main a[href$=".pdf"]')
  await person.look('issued')

  const pdf = await person.page.locator('main a[href$=".pdf"]').first().getAttribute('href')
  const answer = await person.context.request.get(new URL(pdf ?? '', stage.product.url).href)
  const bytes = await answer.body()
  holds(
    stage,
    `The extract is a PDF${how}`,
    bytes.subarray(0, 5).toString() === '%PDF-' && bytes.length > 5_000,
    bytes.length,
  )
  stage.figures['size of the letter'] = `${Math.round(bytes.length / 1024)} kB`

  await person.press('main a[href^="/documents/"]:not([href$=".pdf"])')
  await person.look('document')
  const code = (await person.page.locator('#share').getAttribute('href')) ?? ''
  const href = new URL(person.page.url()).pathname
  if (options.withScript) await readsItsCode(stage, person, code)
  await person.navigate('/documents')
  await person.look('documents')
  await person.close()
  return { href, code }
}

/** The squares on the page say what the link beside them says: they are read as a camera would read them. */
async function readsItsCode(stage: Stage, person: Visitor, code: string): Promise<void> {
  const size = 640
  const grey = await person.page.evaluate(async (size) => {
    const image = document.querySelector<HTMLImageElement>('main img[src$="code.svg"]')!
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size })
    const brush = canvas.getContext('2d')!
    brush.fillStyle = 'white'
    brush.fillRect(0, 0, size, size)
    // A quiet zone around it, as on paper.
    brush.drawImage(image, size / 16, size / 16, (size * 7) / 8, (size * 7) / 8)
    const { data } = brush.getImageData(0, 0, size, size)
    return Array.from({ length: size * size }, (_, at) => (data[at * 4]! > 127 ? '1' : '0')).join('')
  }, size)
  const data = new Uint8Array(size * size * 4).fill(255)
  for (let at = 0; at < grey.length; at += 1) if (grey[at] === '0') data.fill(0, at * 4, at * 4 + 3)
  const read = decode({ width: size, height: size, data })
  holds(stage, 'The QR code on the page can be read and says what the link says', read === code, read.slice(0, 60))
}
