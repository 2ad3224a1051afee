// A form that was sent is not sent again within five seconds; the server bears it anyway.
let sent = new WeakMap()
addEventListener('submit', (event) => {
  const last = sent.get(event.target) ?? -Infinity
  if (event.timeStamp - last < 5000) event.preventDefault()
  else if (!event.defaultPrevented && event.target.method === 'post') sent.set(event.target, event.timeStamp)
})
// Coming back to the page with the browser's Back button, one may send again.
addEventListener('pageshow', (event) => {
  if (event.persisted) sent = new WeakMap()
})
