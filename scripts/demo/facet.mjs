// Starts Facet as a process and talks to it as any client would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** Boots the product on its embedded databases; returns its address and a function that ends it. */
export async function startFacet(main, dataDirectory) {
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      DATABASE_URL: '',
      REDIS_URL: '',
      DATA_DIR: dataDirectory,
      MODELS_DIR: modelsDirectory(),
      PORT: process.env.PORT ?? '0',
      // So that an administrator is made up whose credentials stand in the data folder.
      ADMIN_EMAIL: '',
      ADMIN_PASSWORD: '',
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line);
      if (entry.level >= 50) process.stderr.write(`${line}\n`);
      if (entry.msg === 'Facet is ready') resolve(entry.url);
    });
    child.once('exit', (code) => reject(new Error(`Facet ended with code ${code} before it was ready`)));
  });
  const stop = async () => {
    if (child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  };
  return { url, stop, ended: once(child, 'exit'), credentials: join(dataDirectory, 'admin.json') };
}

/** `POST /api/v1/auth/login` with credentials from a file; returns the header that every other request needs. */
export async function signIn(url, credentials) {
  const { email, password } = JSON.parse(await readFile(credentials, 'utf8'));
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ email, password });
  const { access_token } = await json(await fetch(`${url}/api/v1/auth/login`, { method: 'POST', headers, body }));
  return { Authorization: `Bearer ${access_token}` };
}

/** Where the set-up has put them. */
const modelsDirectory = () => resolve(process.env.MODELS_DIR || join(process.env.DATA_DIR || '.data', 'models'));

/** `POST /api/v1/analyze`. */
export async function send(url, path, headers) {
  const form = new FormData();
  form.set('file', await openAsBlob(path), basename(path));
  return json(await fetch(`${url}/api/v1/analyze`, { method: 'POST', headers, body: form }));
}

/** `GET /api/v1/progress/{id}/stream`: every state until the last. */
export async function* follow(url, id, headers) {
  const response = await fetch(`${url}/api/v1/progress/${id}/stream`, { headers });
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event);
      if (data) yield JSON.parse(data[1]);
    }
  }
}

/** `GET` of any JSON. */
export const get = async (url, headers) => json(await fetch(url, { headers }));

async function json(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${body.error.code}: ${body.error.message}`);
  return body;
}
