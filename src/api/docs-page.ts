/** The page at /docs: Swagger's, with the session of this browser. Nothing inline, so that the policy of all pages holds. */

export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>perpfleet API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<p id="word" role="status">Loading …</p>
<div id="description"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

export const docsStyle = `body { margin: 0; background: #fff; color: #14181f; }
#word { margin: 0; padding: 12px 20px; font: 15px/1.5 system-ui, sans-serif; }
#word:empty { display: none; }
.swagger-ui .topbar { display: none; }
`

/** Runs in the browser: the access token comes by the cookie of the login and stays in memory. */
export const docsScript = `'use strict'
const word = document.getElementById('word')
let token = null
let expiresAt = 0

async function accessToken() {
  if (token !== null && Date.now() < expiresAt) return token
  const answer = await fetch('/api/v1/auth/refresh', { method: 'POST' })
  if (answer.status !== 200) return null
  const login = await answer.json()
  token = login.access_token
  expiresAt = Date.now() + (login.expires_in - 30) * 1000
  return token
}

async function withToken(request) {
  const known = await accessToken()
  if (known !== null) request.headers = { ...request.headers, Authorization: 'Bearer ' + known }
  return request
}

async function start() {
  if ((await accessToken()) === null) {
    const link = document.createElement('a')
    link.href = '/'
    link.textContent = 'Log in'
    word.replaceChildren(link, ' first, then open this page again.')
    return
  }
  word.textContent = ''
  SwaggerUIBundle({
    url: '/api/v1/openapi.json',
    dom_id: '#description',
    deepLinking: true,
    validatorUrl: null,
    requestInterceptor: withToken,
  })
}

start().catch((error) => {
  word.textContent = 'The description cannot be loaded: ' + error.message
})
`
