// Another country is another folder: Norland has other registers, laws, money and one other language, and not a line of code.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const house = fileURLToPath(new URL('../../', import.meta.url))
const folder = 'tests/country/norland'
const cli = ['--no-warnings', 'apps/cli/main.ts']

let data: string
let launcher: ChildProcess
let url: string

before(async () => {
  data = mkdtempSync(join(tmpdir(), 'ashlar-norland-'))
  launcher = spawn(process.execPath, [...cli, 'start', '--json', '--port', '0', '--data', data, '--country', folder], {
    cwd: house,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  url = await ready(launcher)
})
after(async () => {
  const gone = new Promise((resolve) => launcher.once('exit', resolve))
  if (launcher.exitCode === null) {
    launcher.kill('SIGTERM')
    await gone
  }
  rmSync(data, { recursive: true, force: true })
})

function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout!.on('data', (text) => {
      said += text
      const line = said.split('\n').find((one) => one.includes('"event":"ready"'))
      if (line) resolve((JSON.parse(line) as { url: string }).url)
    })
    child.stderr!.on('data', (text) => (said += text))
    child.once('exit', (code) => reject(new Error(`the country did not start (${code}): ${said.slice(-3000)}`)))
  })
}

/** Somebody signed in through a door of the demo. */
async function as(door: string) {
  const opened = await fetch(`${url}/as/${door}`, { redirect: 'manual' })
  const cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!
  const token = cookie.slice(cookie.indexOf('=') + 1)
  const call = async <T>(method: string, path: string, body?: object, headers = {}): Promise<T> => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': crypto.randomUUID(),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text) as T
  }
  return {
    get: <T>(path: string) => call<T>('GET', path),
    post: <T>(path: string, body: object, headers?: object) => call<T>('POST', path, body, headers),
    page: async (path: string) => (await fetch(`${url}${path}`, { headers: { cookie } })).text(),
    /** Presses the button of the form that leads to `path`; gives where it leads. */
    submit: async (path: string, fields: Record<string, string>) => {
      const body = new URLSearchParams(fields)
      const sent = await fetch(`${url}${path}`, {
        method: 'POST',
        redirect: 'manual',
        body,
        headers: { cookie, origin: url },
      })
      return sent.headers.get('location') ?? ''
    },
  }
}

/** Asks again until it is so, for at most ten seconds. */
async function eventually<T>(ask: () => Promise<T>, so: (answer: T) => boolean): Promise<T> {
  for (const until = Date.now() + 10_000; ; await delay(50)) {
    const answer = await ask()
    if (so(answer)) return answer
    assert.ok(Date.now() < until, `it never came: ${JSON.stringify(answer)}`)
  }
}

interface Application {
  reference: string
  status: string
  result?: string
  waitsFor?: string
}
type Applications = { applications: Application[] }
type Person = Awaited<ReturnType<typeof as>>

async function apply(person: Person, answers: object): Promise<Application> {
  const { reference } = await person.post<Application>('/cases/v1/applications', {
    service: 'place-de-port',
    language: 'fr',
    answers,
  })
  return { reference, status: 'received' }
}

const later = (person: Person, reference: string, so: (one: Application) => boolean) =>
  eventually(
    async () =>
      (await person.get<Applications>('/cases/v1/applications')).applications.find(
        (one) => one.reference === reference,
      )!,
    so,
  )

test('the folder holds data alone, and its check and examples pass', () => {
  const files = readdirSync(join(house, folder), { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const code = files.filter(({ name }) => !/\.(yaml|typ|svg)$/.test(name))
  const lines = code.reduce(
    (sum, { parentPath, name }) => sum + readFileSync(join(parentPath, name), 'utf8').split('\n').length,
    0,
  )

  console.log(`Norland: ${files.length} files; lines of TypeScript needed: ${lines}`)
  assert.ok(files.length >= 15)
  assert.equal(lines, 0)
})

test('check and test of the command line are content with it', async () => {
  for (const command of ['check', 'test']) {
    const child = spawn(process.execPath, [...cli, command, folder], { cwd: house })
    const code = await new Promise((resolve) => child.once('close', resolve))
    assert.equal(code, 0, command)
  }
})

test('a person applies, pays in money of three decimals, and has the permit, the berth and the message', async () => {
  const maelle = await as('maelle')
  const { reference } = await apply(maelle, { bateau: 'NL-00007', port: 'nord', mois: 3 })
  await later(maelle, reference, ({ waitsFor }) => waitsFor === 'payments.collect')

  const page = await maelle.page(`/applications/${reference}`)
  assert.match(page, /<html[^>]*lang="fr"/)
  const bill = /\/pay\/[^"]+/.exec(page)![0]
  const paying = await maelle.page(bill)
  assert.match(paying, /25,313/)
  const checkout = await maelle.submit(bill, { _token: /name="_token" value="([^"]+)"/.exec(paying)![1]! })
  const provider = await (await fetch(checkout)).text()
  assert.match(provider, /25,313/)
  await fetch(checkout, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ card: '4242 4242 4242 4242', behaviour: 'normal' }),
  })
  const done = await later(maelle, reference, ({ status }) => status === 'closed')

  assert.equal(done.result, 'attribue')
  const { documents } = await maelle.get<{ documents: { id: string; verifyUrl: string }[] }>('/documents/v1/documents')
  assert.equal(documents.length, 1)
  const verified = await (await fetch(documents[0]!.verifyUrl)).text()
  assert.match(verified, /Autorisation d’amarrage/)
  const { messages } = await maelle.get<{ messages: { subject: string }[] }>('/messaging/v1/messages')
  assert.deepEqual(
    messages.map(({ subject }) => subject),
    ['Votre place est attribuée'],
  )
  const mine = await maelle.get<Record<string, unknown>>('/registries/v1/mine')
  assert.match(JSON.stringify(mine), /"anneau":"A-\d{3}","port":"nord","jusquau":/)
})

test('a large boat goes to the harbour master, who refuses it with a reason', async () => {
  const [maelle, yann] = [await as('maelle'), await as('yann')]
  const { reference } = await apply(maelle, { bateau: 'NL-00016', port: 'nord', mois: 12 })
  interface Task {
    task: string
    version: number
    reference: string
  }
  const { tasks } = await eventually(
    () => yann.get<{ tasks: Task[] }>('/cases/v1/queue'),
    ({ tasks }) => tasks.some((task) => task.reference === reference),
  )
  const { task, version } = tasks.find((one) => one.reference === reference)!

  await yann.post(
    `/cases/v1/tasks/${task}/decision`,
    { outcome: 'refuser', reason: 'fond' },
    { 'if-match': `"${version}"` },
  )

  const done = await later(maelle, reference, ({ status }) => status === 'closed')
  assert.equal(done.result, 'refuse')
})

test('what a person’s data was used for is in that person’s log', async () => {
  const maelle = await as('maelle')

  const { uses } = await maelle.get<{ uses: { register: string; law: string }[] }>('/consent/v1/uses')

  assert.ok(uses.some(({ register, law }) => register === 'bateaux' && law === 'Code du port art. 4'))
})
