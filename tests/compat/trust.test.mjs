// Who may do what (docs/threat-model.md), where real browsers are needed to show it: what a page cannot, and what a DevTools client can.

import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';

import {chromium} from 'playwright-core';

import {call} from './seeds/api.mjs';
import {startServer, startTelltale} from './telltale.mjs';

const kBrowsers = ['chromium-headless-shell', 'chromium'];

/** A site, a folder with a secret of this machine, and a session in the browser of that name. */
async function start(t, browser) {
  const folder = await mkdtemp(join(tmpdir(), 'telltale-trust-'));
  t.after(() => rm(folder, {recursive: true, force: true}));
  const secret = `file://${join(folder, 'secret.txt')}`;
  await writeFile(join(folder, 'secret.txt'), 'machine secret');
  const url = await startServer(t, (request, response) => {
    const {pathname} = new URL(request.url, 'http://site');
    if (pathname === '/redirect') {
      response.writeHead(302, {location: secret}).end();
    } else if (pathname === '/report.txt') {
      response.writeHead(200, {'content-disposition': 'attachment; filename="report.txt"'}).end('report');
    } else {
      response.writeHead(200, {'content-type': 'text/html'}).end('<!doctype html><title>Page</title><a href=/report.txt download>Report</a><input type=file>');
    }
  });
  const telltale = await startTelltale(t, ['--chromium', browser]);
  const create = async () => (await call(telltale, 'POST', '/browsers', {body: {timeout_seconds: 600}})).body;
  return {telltale, create, session: await create(), url: `${url}/`, folder, secret};
}

async function connect(t, session) {
  const browser = await chromium.connectOverCDP(session.cdp_ws_url);
  t.after(() => browser.close());
  return browser.contexts()[0];
}

for (const browser of kBrowsers) {
  test(`a page in ${browser} cannot read the machine's files`, async (t) => {
    const {telltale, session, url, secret} = await start(t, browser);
    const execute = async (type, more) => (await call(telltale, 'POST', `/sessions/${session.session_id}/page/execute`, {
      body: {type, ...more}, headers: {'x-notte-sdk-version': '1'}})).body;
    await execute('goto', {url});
    const found = await execute('evaluate_js', {code: `(async () => {
      const secret = ${JSON.stringify(secret)}, redirect = '/redirect', found = [];
      const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      for (const target of [secret, redirect]) {
        await fetch(target).then((answer) => answer.text()).then((text) => found.push('fetch ' + text), () => {});
        await fetch(target, {mode: 'no-cors'}).then((answer) => answer.text()).then((text) => text && found.push('no-cors ' + text), () => {});
        await new Promise((resolve) => {
          const request = new XMLHttpRequest();
          request.onloadend = () => { if (request.responseText) found.push('xhr ' + request.responseText); resolve(); };
          try { request.open('GET', target); request.send(); } catch { resolve(); }
        });
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.src = target;
        await wait(300);
        try { if (/machine/.test(frame.contentDocument?.body?.innerText)) found.push('iframe'); } catch { /* another origin */ }
        const opened = window.open(target);
        await wait(300);
        try { if (/machine/.test(opened?.document?.body?.innerText)) found.push('window'); } catch { /* another origin */ }
        opened?.close();
      }
      return found;
    })()`});
    assert.deepEqual(JSON.parse(found.data.markdown), []);
    // Nor does a navigation of its own lead there, in its tab or in another.
    await execute('evaluate_js', {code: `void (location.href = ${JSON.stringify(secret)})`});
    const tabs = (await call(telltale, 'GET', `/sessions/${session.session_id}/debug`)).body.tabs;
    assert.ok(!JSON.stringify(tabs).includes('secret.txt'), JSON.stringify(tabs));
  });

  test(`whoever holds a session's token holds ${browser}`, async (t) => {
    const {session, url, folder, secret} = await start(t, browser);
    const context = await connect(t, session);
    const page = context.pages()[0] ?? await context.newPage();
    // What the API refuses: a page of the machine's files.
    await page.goto(secret);
    assert.equal(await page.evaluate(() => document.body.innerText), 'machine secret');
    // Any file to any page.
    await page.goto(url);
    const client = await context.newCDPSession(page);
    const {root} = await client.send('DOM.getDocument');
    const {nodeId} = await client.send('DOM.querySelector', {nodeId: root.nodeId, selector: 'input'});
    await client.send('DOM.setFileInputFiles', {nodeId, files: [join(folder, 'secret.txt')]});
    assert.equal(await page.evaluate(() => document.querySelector('input').files[0].text()), 'machine secret');
    // Downloads to where it likes.
    await client.send('Browser.setDownloadBehavior', {behavior: 'allow', downloadPath: folder, eventsEnabled: true});
    const done = new Promise((resolve) => {
      client.on('Browser.downloadProgress', ({state}) => { if (state === 'completed') resolve(); });
    });
    await page.click('a');
    await done;
    assert.equal(await readFile(join(folder, 'report.txt'), 'utf8'), 'report');
  });
}

test('the token of a session opens that session alone', async (t) => {
  const {telltale, session, create} = await start(t, kBrowsers[0]);
  const other = await create();
  const token = new URL(session.cdp_ws_url).searchParams.get('token');
  const status = async (path) => (await fetch(`${telltale.url}${path}?token=${token}`)).status;
  const bearer = async (path) => (await fetch(telltale.url + path, {headers: {authorization: `Bearer ${token}`}})).status;
  assert.equal(await status(`/browsers/${session.session_id}/cdp/json/version`), 200, 'it works where it belongs');
  for (const path of [`/browsers/${other.session_id}/cdp/json/version`, '/browsers', `/browsers/${session.session_id}`,
                      `/browsers/${session.session_id}/telemetry/stream`, '/sessions', '/events']) {
    assert.equal(await status(path), 401, path);
    assert.equal(await bearer(path), 401, path);
  }
});
