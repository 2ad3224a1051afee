// Somebody who was handed a document checks it: with a network, without one, and one that was tampered with.

import { holds, type Stage } from '../stage.ts'
import { visitor } from '../visitor.ts'
import type { Extract } from './clean-extract.ts'

export async function checking(stage: Stage, { code }: Extract): Promise<void> {
  const checker = await visitor(stage)
  await checker.open('/')
  await checker.look('welcome')
  await checker.navigate('/verify')
  await checker.look('verify')

  const check = async (text: string) => {
    await checker.page.evaluate(() => document.getElementById('verify-result')?.replaceChildren())
    await checker.fill('text', text)
    await checker.touch('#verify-form button')
    await checker.await('#verify-result h2')
    const isGood = (await checker.page.locator('#verify-result h2').innerText()).startsWith('✓')
    const isOffline = await checker.page.locator('#verify-result [data-offline]').isVisible()
    return { isGood, isOffline, rows: await checker.page.locator('#verify-result dt').count() }
  }
  const online = await check(code)
  await checker.look('verified')
  holds(stage, 'The code verifies online', online.isGood && !online.isOffline, JSON.stringify(online))

  await checker.context.setOffline(true)
  const offline = await check(code)
  const tampered = await check(tamper(code))
  await checker.context.setOffline(false)
  checker.forgive()
  await checker.look('verified-offline')
  holds(stage, 'The code verifies with the network off', offline.isGood && offline.isOffline, JSON.stringify(offline))
  holds(stage, 'It says as much as online', offline.rows === online.rows, `${offline.rows} of ${online.rows}`)
  holds(
    stage,
    'One changed sign is found with the network off',
    !tampered.isGood && tampered.isOffline,
    JSON.stringify(tampered),
  )
  await checker.close()

  const simple = await visitor(stage, { withScript: false })
  await simple.open('/verify')
  await simple.fill('text', code)
  await simple.press('#verify-form button')
  const heading = await simple.page.locator('#verify-result h2').innerText()
  await simple.look('verified')
  holds(stage, 'The code verifies without a script', heading.startsWith('✓'), heading)
  await simple.close()
}

/** Another sign in the middle of what was signed. */
function tamper(code: string): string {
  const at = Math.floor(code.length * 0.7)
  return `${code.slice(0, at)}${code[at] === '7' ? '8' : '7'}${code.slice(at + 1)}`
}
