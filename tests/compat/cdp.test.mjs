// Playwright and Puppeteer, unmodified, over the DevTools endpoint of a session: a real flow, recorded while they drive it.

import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import http from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';

import {chromium} from 'playwright-core';
import puppeteer from 'puppeteer-core';

import {eventually, listen, startTelltale} from './telltale.mjs';

const html = (body) => `<!doctype html><meta charset=utf-8><title>Shop</title><link rel=icon href="data:,">${body}`;
const PAGES = {
  '/login': html(`<form method=post action=/login><input name=user aria-label=User><input name=password type=password
    aria-label=Password><button>Log in</button></form>`),
  '/order': html(`<form id=order><label>Name <input name=name></label><label>Size <select name=size><option>S<option>L</select>
    </label><label><input type=checkbox name=gift> Gift</label><input type=file name=file></form>
    <output id=file></output><a href=/receipt download>Receipt</a>
    <button id=open onclick="window.open('/popup')">Open</button><iframe src=/frame></iframe>
    <script>document.querySelector('[type=file]').onchange = async (event) => {
      document.querySelector('#file').textContent = await event.target.files[0].text(); };</script>`),
  '/popup': html('<h1>Popup</h1><script>console.log("popup is open")</script>'),
  '/frame': html('<button onclick="this.textContent = \'pressed\'">press</button>'),
};

/** A shop that wants a log-in. Receives what was posted. */
async function startShop(t) {
  const posted = [];
  const shop = http.createServer(async (request, response) => {
    const {pathname} = new URL(request.url, 'http://shop');
    if (request.method === 'POST' && pathname === '/login') {
      let body = '';
      for await (const bytes of request) body += bytes;
      posted.push(body);
      response.writeHead(303, {location: '/order', 'set-cookie': 'user=ada; HttpOnly'}).end();
    } else if (pathname === '/order' && !/user=ada/.test(request.headers.cookie ?? '')) {
      response.writeHead(303, {location: '/login'}).end();
    } else if (pathname === '/receipt') {
      response.writeHead(200, {'content-disposition': 'attachment; filename="receipt.txt"'}).end('paid');
    } else if (PAGES[pathname]) {
      response.writeHead(200, {'content-type': 'text/html'}).end(PAGES[pathname]);
    } else {
      response.writeHead(404).end();
    }
  });
  const port = await listen(shop);
  t.after(() => {
    shop.close();
    shop.closeAllConnections();
  });
  return {url: (path) => `http://127.0.0.1:${port}${path}`, posted};
}

/** A session as its owner sees it, and its record. */
async function startSession(t) {
  const telltale = await startTelltale(t, ['--chromium', 'chromium']);
  const headers = {authorization: `Bearer ${telltale.token}`};
  const capture = Object.fromEntries(['console', 'network', 'page', 'interaction'].map((name) => [name, {enabled: true}]));
  const created = await fetch(`${telltale.url}/browsers`, {
    method: 'POST', headers, body: JSON.stringify({timeout_seconds: 0, telemetry: {enabled: true, browser: capture}}),
  });
  assert.equal(created.status, 201);
  const session = await created.json();
  /** All events so far; the stream is cut as soon as it has nothing more to say. */
  const record = async () => {
    const stop = new AbortController();
    const stream = await fetch(`${telltale.url}/browsers/${session.session_id}/telemetry/stream?replay=all`,
                               {headers, signal: stop.signal});
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const bytes of stream.body) {
        text += decoder.decode(bytes, {stream: true});
        clearTimeout(record.quiet);
        record.quiet = setTimeout(() => stop.abort(), 200);
      }
    } catch (error) {
      if (error.name !== 'AbortError') throw error;
    }
    return [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json).event);
  };
  return {session, record, headers, telltale};
}

async function startUpload(t) {
  const folder = await mkdtemp(join(tmpdir(), 'telltale-upload-'));
  t.after(() => rm(folder, {recursive: true, force: true}));
  await writeFile(join(folder, 'list.txt'), 'two apples');
  return {folder, file: join(folder, 'list.txt')};
}

/** What the record must know of the flow, whoever drove it. */
async function checkRecord(record, shop) {
  const events = await eventually('the client to be gone', async () => {
    const all = await record();
    return all.some((event) => event.type === 'cdp_disconnect') && all;
  });
  const has = (type, matches) => assert.ok(events.some((event) => event.type === type && matches(event.data ?? {})),
                                           `no such ${type}`);
  has('cdp_connect', () => true);
  has('page_navigation', (data) => data.url === shop.url('/order'));
  has('network_request', (data) => data.method === 'POST' && data.url === shop.url('/login'));
  has('interaction_click', (data) => data.tag === 'BUTTON');
  has('console_log', (data) => data.text === 'popup is open');
  has('page_tab_opened', (data) => data.opener_id);
  has('cdp_disconnect', (data) => data.reason === 'client_close' && data.message_count > 50);
  assert.ok(!JSON.stringify(events).includes('s3cret'), 'the password is in the record');
}

test('Playwright drives a shop through connectOverCDP', async (t) => {
  const shop = await startShop(t);
  const {session, record} = await startSession(t);
  const upload = await startUpload(t);
  const browser = await chromium.connectOverCDP(session.cdp_ws_url);
  const [context] = browser.contexts();
  const [page] = context.pages();
  await page.goto(shop.url('/order'));
  assert.equal(page.url(), shop.url('/login'));
  await page.getByLabel('User').fill('ada');
  await page.getByLabel('Password').pressSequentially('s3cret');
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.waitForURL(shop.url('/order'));
  assert.deepEqual(shop.posted, ['user=ada&password=s3cret']);
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Size').selectOption('L');
  await page.getByLabel('Gift').check();
  await page.locator('[type=file]').setInputFiles(upload.file);
  await page.locator('#file', {hasText: 'two apples'}).waitFor();
  await page.frameLocator('iframe').getByRole('button').click();
  await page.frameLocator('iframe').getByText('pressed').waitFor();
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.locator('#open').click()]);
  assert.equal(await popup.locator('h1').textContent(), 'Popup');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Receipt').click()]);
  assert.equal(download.suggestedFilename(), 'receipt.txt');
  assert.equal(await readFile(await download.path(), 'utf8'), 'paid');
  page.once('dialog', (dialog) => dialog.accept('by the client'));
  assert.equal(await page.evaluate(() => prompt('who answers?')), 'by the client');
  const order = await page.evaluate(() => [...new FormData(document.querySelector('#order'))].slice(0, 3));
  assert.deepEqual(order, [['name', 'Ada'], ['size', 'L'], ['gift', 'on']]);
  assert.ok((await page.screenshot()).length > 1000);
  await browser.close();
  await checkRecord(record, shop);
});

test('Playwright finds the endpoint by HTTP', async (t) => {
  const {session, headers, telltale} = await startSession(t);
  const browser = await chromium.connectOverCDP(`${telltale.url}/browsers/${session.session_id}/cdp`, {headers});
  assert.match(browser.version(), /^\d+\./);
  await browser.close();
});

test('Puppeteer drives a shop through connect', async (t) => {
  const shop = await startShop(t);
  const {session, record} = await startSession(t);
  const upload = await startUpload(t);
  const browser = await puppeteer.connect({browserWSEndpoint: session.cdp_ws_url, defaultViewport: null});
  const [page] = await browser.pages();
  await page.goto(shop.url('/order'));
  await page.type('[name=user]', 'ada');
  await page.type('[name=password]', 's3cret');
  await Promise.all([page.waitForNavigation(), page.click('button')]);
  assert.equal(page.url(), shop.url('/order'));
  await page.type('[name=name]', 'Ada');
  await page.select('[name=size]', 'L');
  await page.click('[name=gift]');
  await (await page.$('[type=file]')).uploadFile(upload.file);
  await page.waitForFunction(() => document.querySelector('#file').textContent === 'two apples');
  const frame = await page.waitForFrame(shop.url('/frame'));
  await frame.click('button');
  await frame.waitForFunction(() => document.querySelector('button').textContent === 'pressed');
  const opened = new Promise((resolve) => page.once('popup', resolve));
  await page.click('#open');
  const popup = await opened;
  assert.equal(await popup.$eval('h1', (title) => title.textContent), 'Popup');
  page.once('dialog', (dialog) => dialog.accept('by the client'));
  assert.equal(await page.evaluate(() => prompt('who answers?')), 'by the client');
  assert.ok((await page.screenshot()).length > 1000);
  await browser.disconnect();
  await checkRecord(record, shop);
});
