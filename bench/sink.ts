// A mail server that takes everything and keeps nothing: what lies beyond the product, as cheap as it can be.
import { type AddressInfo, createServer } from 'node:net'

export interface Sink {
  /** smtp://127.0.0.1:port */
  url: string
  stop(): void
}

export async function startSink(): Promise<Sink> {
  const server = createServer((socket) => {
    let text = ''
    let isMail = false
    socket.write('220 sink\r\n')
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (let end = next(); end >= 0; end = next()) {
        const line = text.slice(0, end)
        text = text.slice(end + (isMail ? 5 : 2))
        if (isMail) isMail = false
        else if (/^DATA/i.test(line)) isMail = true
        socket.write(isMail ? '354 go on\r\n' : /^QUIT/i.test(line) ? '221 bye\r\n' : '250 taken\r\n')
      }
    })
    const next = () => text.indexOf(isMail ? '\r\n.\r\n' : '\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => void server.close(),
  }
}
