// Signing in with a passkey, or adding one: <div id="passkey" hidden> with <button data-passkey="sign-in" data-next="/"
// data-failed="…"> and <p id="passkey-failed">. Shown only where the browser can.
const button = document.querySelector('[data-passkey]')
if (button && window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  const isNew = button.dataset.passkey === 'add'
  const base = '/api/identity/v1/passkeys'
  const ask = async (path, body) => {
    const answer = await fetch(base + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(String(answer.status))
    return answer.json()
  }
  const go = async () => {
    const { challenge, options } = await ask(isNew ? '/options' : '/sign-in-options', {})
    const credential = isNew
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
    await ask(isNew ? '' : '/sign-in', { challenge, response: credential.toJSON() })
    location.assign(button.dataset.next)
  }
  document.getElementById('passkey').hidden = false
  button.addEventListener('click', () => {
    button.disabled = true
    go().catch(() => {
      document.getElementById('passkey-failed').textContent = button.dataset.failed
      button.disabled = false
    })
  })
}
