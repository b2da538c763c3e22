// What the tests with clients from npm share: a real telltale, a site to record, and waiting for conditions.
// TELLTALE_BINARY names the executable.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, mkdir, readFile, rm} from 'node:fs/promises';
import http from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const PATIENCE_MS = 20_000;

/** Resolves to the first true value of `condition`, looked at every few milliseconds. */
export async function eventually(what, condition) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

/** A server of web pages that ends with the test. Resolves to its URL, without a slash at the end. */
export async function startServer(t, answer) {
  const server = http.createServer(answer);
  const port = await listen(server);
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${port}`;
}

/** A telltale with folders and variables of its own; ends with the test. */
export async function startTelltale(t, options = [], variables = {}) {
  assert.ok(process.env.TELLTALE_BINARY, 'TELLTALE_BINARY names no executable');
  const folder = await mkdtemp(join(tmpdir(), 'telltale-'));
  for (const name of ['home', 'state', 'run']) await mkdir(join(folder, name));
  const env = {
    PATH: process.env.PATH, HOME: join(folder, 'home'), XDG_STATE_HOME: join(folder, 'state'),
    XDG_RUNTIME_DIR: join(folder, 'run'), ...variables,
  };
  const telltale = spawn(process.env.TELLTALE_BINARY, ['serve', '--listen', '127.0.0.1:0', ...options], {env});
  let out = '';
  let err = '';
  telltale.stdout.on('data', (bytes) => { out += bytes; });
  telltale.stderr.on('data', (bytes) => { err += bytes; });
  const ended = once(telltale, 'exit');
  t.after(async () => {
    telltale.kill('SIGTERM');
    await ended;
    await rm(folder, {recursive: true, force: true});
  });
  const [, port] = await eventually('telltale to listen', () => {
    if (telltale.exitCode !== null) throw new Error(`telltale has ended: ${err}`);
    return out.match(/listening on http:\/\/127\.0\.0\.1:(\d+)\n/);
  });
  const token = (await readFile(join(folder, 'state', 'telltale', 'token'), 'utf8')).trim();
  return {port: Number(port), token, url: `http://127.0.0.1:${port}`, folder, log: () => err};
}

/** A site of one page that logs 1, 2, 3 ... all the time. */
export async function startSite(t) {
  const page = '<!doctype html><title>Ticks</title><script>let n = 0; setInterval(() => console.log(++n), 5)</script>';
  const url = await startServer(t, (request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(page);
  });
  return `${url}/`;
}
