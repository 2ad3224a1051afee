// Keys of the start screen on a terminal: o opens the browser, q quits.
import { spawn } from 'node:child_process'

export function readKeys({ url, quit }: { url: string; quit: () => void }): void {
  process.stdin.setRawMode(true)
  process.stdin.resume()
  process.stdin.on('data', (bytes) => {
    const key = bytes.toString('utf8')
    // In raw mode Ctrl-C is a key.
    if (key === 'q' || key === '\u0003') quit()
    else if (key === 'o') open(url)
  })
}

function open(url: string): void {
  if (process.env.SSH_CONNECTION) return
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open'
  spawn(command, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref()
}
