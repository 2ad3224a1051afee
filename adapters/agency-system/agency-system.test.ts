// Our client of agencies' systems against the sandbox, over real HTTP: up, down, slow, sent twice, and a notice that it tells.
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { digestOf, openEnvelope, publicKeyOf, sealEnvelope } from '@ashlar/exchange'
import {
  createAgencyClient,
  type SandboxAgencies,
  sandboxControl,
  sandboxKeyOf,
  startSandboxAgencies,
} from './index.ts'

const secret = Buffer.from('a secret of the sandbox').toString('base64')
const system = 'insurance/benefits'
const { x } = sandboxKeyOf(secret, system)
let sandbox: SandboxAgencies
let house: Server
const told: { authorization: string | undefined; body: unknown }[] = []

before(async () => {
  house = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      told.push({ authorization: request.headers.authorization, body: JSON.parse(Buffer.concat(parts).toString()) })
      response.writeHead(202, { 'content-type': 'application/json' }).end('{}')
    })
  }).listen(0)
  const url = `http://127.0.0.1:${(house.address() as AddressInfo).port}`
  sandbox = await startSandboxAgencies({
    port: 0,
    secret,
    house: { url, audience: 'https://house.example' },
    slowness: 30,
  })
})
after(async () => {
  await sandbox.close()
  house.close()
})

const post = createAgencyClient({ instance: 'LOW' })
const envelope = () =>
  sealEnvelope('message', { id: 'm-1', data: { childName: 'نور' } }, async () => ({
    kid: 'k',
    signature: Buffer.alloc(64),
  }))
const at = () => ({
  agency: 'insurance',
  system: 'benefits',
  address: `${sandbox.url}/${system}`,
  key: x,
  hears: ['born'],
  tells: {},
})
const send = async (id: string) =>
  post(at(), { id, authority: 'registry', message: 'born', envelope: await envelope() })

test('a message is taken, and its receipt is signed for these very bytes; the same one again gets the same receipt', async () => {
  const [first, second] = [await send('m-1'), await send('m-1')]

  const receipt = openEnvelope('receipt', first.body, publicKeyOf(x))
  assert.equal(first.status, 200)
  assert.deepEqual([receipt?.id, receipt?.digest], ['m-1', digestOf(await envelope())])
  assert.deepEqual(second.body, first.body)
})

test('an operator switches it down, slow and up; nobody else does', async () => {
  const control = sandboxControl({ url: sandbox.url, secret })
  await control.setMode(system, 'down')
  const down = await send('m-2')
  await control.setMode(system, 'slow')
  const slow = await send('m-2')
  await sandboxControl({ url: sandbox.url, secret: 'wrong' }).setMode(system, 'down')

  assert.equal(down.status, 503)
  assert.equal(openEnvelope('receipt', slow.body, publicKeyOf(x))?.id, 'm-2')
  assert.deepEqual(await control.modes(), { [system]: 'slow' })
})

test('a system that is not there is no answer', async () => {
  const nowhere = { ...at(), address: 'http://127.0.0.1:1' }

  await assert.rejects(post(nowhere, { id: 'm-3', authority: 'registry', message: 'born', envelope: await envelope() }))
})

test('it tells the house with a bearer and a notice that it signed', async () => {
  const control = sandboxControl({ url: sandbox.url, secret })

  const status = await control.notify(system, 'insurance.ended', { number: 'N-1' })

  const [notice] = told
  const content = openEnvelope('notice', notice?.body, publicKeyOf(x))
  assert.equal(status, 202)
  assert.deepEqual([content?.from, content?.event, content?.data], [system, 'insurance.ended', { number: 'N-1' }])
  assert.match(notice?.authorization ?? '', /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/)
})
