// Finds and starts the Chromium of this computer; says how to get one if there is none.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

export const howToGetChromium = `There is no Chromium here, so nothing was looked at.
  Debian, Ubuntu:  apt-get install chromium
  Fedora:          dnf install chromium
  macOS:           brew install --cask chromium
  Elsewhere:       set ASHLAR_CHROMIUM to the path of a Chromium or Chrome.`

export function findChromium(): string | undefined {
  const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  return [process.env.ASHLAR_CHROMIUM, ...usual].find((path) => path !== undefined && existsSync(path))
}

/** Throws `howToGetChromium` if there is none. */
export function startChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error(howToGetChromium)
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
