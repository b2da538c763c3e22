// Seed 004: GET /events, as curl sees it, and as a dashboard does: the EventSource of a real browser, in a web page of
// another origin.

import assert from 'node:assert/strict';
import http from 'node:http';
import {test} from 'node:test';

import puppeteer from 'puppeteer-core';

import {eventually, listen, startTelltale} from '../telltale.mjs';
import {call, isInteger, isText} from './api.mjs';

/** An empty page for a dashboard's script. Resolves to its port. */
async function startDashboard(t) {
  const site = http.createServer((request, response) => {
    response.writeHead(200, {'content-type': 'text/html'}).end('<!doctype html><title>Dashboard</title>');
  });
  const port = await listen(site);
  t.after(() => {
    site.close();
    site.closeAllConnections();
  });
  return port;
}

/** A page of a browser that another telltale has launched: the one that is watched must not see its own audience. */
async function openPage(t) {
  const telltale = await startTelltale(t, ['--chromium', 'chromium']);
  const created = await fetch(`${telltale.url}/browsers`, {
    method: 'POST', headers: {authorization: `Bearer ${telltale.token}`}, body: JSON.stringify({timeout_seconds: 0}),
  });
  assert.equal(created.status, 201);
  const browser = await puppeteer.connect({browserWSEndpoint: (await created.json()).cdp_ws_url, defaultViewport: null});
  t.after(() => browser.disconnect());
  const [page] = await browser.pages();
  return page;
}

/** In the page: the client code of the seed, keeping what it gets. */
function follow(url) {
  const got = {log: [], session: [], untyped: []};
  const source = new EventSource(url);
  source.addEventListener('log', (event) => got.log.push(JSON.parse(event.data)));
  source.addEventListener('session', (event) => got.session.push(JSON.parse(event.data).snapshot));
  source.onmessage = (event) => got.untyped.push(event.data);
  Object.assign(window, {got, source});
}

test('A dashboard of an allowed origin follows sessions and drives them', async (t) => {
  const origin = `http://127.0.0.1:${await startDashboard(t)}`;
  const telltale = await startTelltale(t, ['--chromium', 'chromium', '--allow-origin', origin]);
  const page = await openPage(t);
  await page.goto(origin);
  const token = encodeURIComponent(telltale.token);
  await page.evaluate(follow, `${telltale.url}/events?token=${token}`);
  await page.waitForFunction(() => window.source.readyState === EventSource.OPEN);

  const invoke = (cmd, args) => page.evaluate(async (url, body) => {
    const answer = await fetch(url, {method: 'POST', body});
    return {status: answer.status, body: await answer.json()};
  }, `${telltale.url}/invoke?token=${token}`, JSON.stringify({cmd, args}));
  const created = await invoke('sessions.create', {timeout_seconds: 0, viewport: {width: 800, height: 600}});
  assert.equal(created.status, 200, JSON.stringify(created.body));
  const {id} = created.body.result;
  const went = await invoke('goto', {id, url: `data:text/html,<title>Shop</title>`});
  assert.equal(went.status, 200, JSON.stringify(went.body));
  const seen = await invoke('sessions.get', {id});
  assert.equal(seen.body.result.title, 'Shop');
  const removed = await invoke('sessions.delete', {id});
  assert.deepEqual(removed.body, {ok: true, result: null});

  const got = await eventually('the end of the session', async () => {
    const all = await page.evaluate(() => window.got);
    return all.session.some((snapshot) => snapshot.id === id && snapshot.status === 'disconnected') && all;
  });
  assert.deepEqual(got.untyped, []);
  const up = got.session.find((snapshot) => snapshot.id === id && snapshot.status === 'in_world');
  assert.deepEqual(up.viewport, {width: 800, height: 600});
  assert.ok(up.browser_pid > 1);
  const lines = got.log.filter((line) => line.session_id === id);
  assert.deepEqual(lines.filter((line) => line.level === 'state').map((line) => line.message),
                   ['state=starting', 'state=ready', 'state=ended']);
  const has = (message, fields) => assert.ok(
    lines.some((line) => message.test(line.message) && Object.keys(fields).every((name) => line[name] === fields[name])),
    `no such line: ${message}`);
  has(/^Page\.navigate id=\d+ bytes=\d+$/, {scope: 'cdp', transport: 'tcp', direction: 'outgoing'});
  has(/^Page\.frameNavigated bytes=\d+$/, {scope: 'cdp', transport: 'tcp', direction: 'incoming'});
  has(/^200 \/invoke /, {scope: 'http', transport: 'http', direction: 'outgoing'});
  has(/^goto status=200 /, {scope: 'control', transport: null, direction: null});
  for (const line of got.log) {
    assert.deepEqual(Object.keys(line).sort(),
                     ['direction', 'level', 'message', 'scope', 'session_id', 'timestamp_ms', 'transport']);
    assert.ok(!line.message.includes('Shop') && !line.message.includes(telltale.token), line.message);
  }
});

test('A page of another origin is let in nowhere', async (t) => {
  const port = await startDashboard(t);
  const telltale = await startTelltale(t, ['--allow-origin', `http://127.0.0.1:${port}`]);
  const page = await openPage(t);
  await page.goto(`http://localhost:${port}`);
  await page.evaluate(follow, `${telltale.url}/events?token=${encodeURIComponent(telltale.token)}`);
  await page.waitForFunction(() => window.source.readyState === EventSource.CLOSED);
  assert.deepEqual(await page.evaluate(() => window.got), {log: [], session: [], untyped: []});
});

test('The stream has the frames, fields and statuses of the document', async (t) => {
  const telltale = await startTelltale(t);
  const {body: {session_id: id}} = await call(telltale, 'POST', '/browsers', {body: {}});
  const abort = new AbortController();
  t.after(() => abort.abort());
  const response = await fetch(`${telltale.url}/events`, {
    headers: {authorization: `Bearer ${telltale.token}`}, signal: abort.signal,
  });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  let text = '';
  (async () => {
    for await (const bytes of response.body) text += Buffer.from(bytes).toString();
  })().catch(() => {});
  await call(telltale, 'POST', `/sessions/${id}/page/execute`, {body: {type: 'press_key', key: 'a'}});
  await call(telltale, 'DELETE', `/browsers/${id}`);
  const frames = await eventually('the end of the session', () => {
    const all = text.split('\n\n').slice(0, -1).filter((frame) => !frame.startsWith(':')).map((frame) => {
      const [event, data, ...more] = frame.split('\n');
      assert.deepEqual(more, [], frame);
      assert.match(event, /^event: (log|session)$/);
      assert.match(data, /^data: /);
      return {event: event.slice('event: '.length), data: JSON.parse(data.slice('data: '.length))};
    });
    return all.some(({data}) => data.snapshot?.status === 'disconnected') && all;
  });
  for (const {data: line} of frames.filter((frame) => frame.event === 'log')) {
    assert.deepEqual(Object.keys(line),
                     ['timestamp_ms', 'level', 'scope', 'session_id', 'transport', 'direction', 'message']);
    isInteger(line.timestamp_ms, 'timestamp_ms');
    assert.ok(Math.abs(line.timestamp_ms - Date.now()) < 600_000);
    assert.ok(['info', 'warn', 'error', 'state'].includes(line.level), line.level);
    isText(line.scope, 'scope');
    assert.ok(line.session_id === null || line.session_id === id);
    assert.ok([null, 'tcp', 'http'].includes(line.transport));
    assert.ok([null, 'outgoing', 'incoming'].includes(line.direction));
    isText(line.message, 'message');
  }
  const [{data: {snapshot}}] = frames.filter((frame) => frame.event === 'session');
  assert.deepEqual(Object.keys(snapshot), ['id', 'status', 'last_error', 'connected_since', 'current_url', 'title', 'viewport',
                                           'browser_pid', 'health', 'telemetry_seq']);
  assert.equal(snapshot.id, id);
  assert.equal(snapshot.status, 'in_world');
  assert.equal(snapshot.last_error, null);
  isInteger(snapshot.connected_since, 'connected_since');
  assert.equal(snapshot.current_url, 'about:blank');
  isInteger(snapshot.telemetry_seq, 'telemetry_seq');

  for (const path of ['/events', '/api/bots', `/api/bots/${id}`, '/api/commands']) {
    const stranger = await call(telltale, 'GET', path, {token: null});
    assert.equal(stranger.status, 401, path);
    assert.deepEqual(Object.keys(stranger.body), ['error']);
    isText(stranger.body.error, 'error');
  }
  const unknown = await call(telltale, 'GET', '/api/bots/nobody');
  assert.equal(unknown.status, 404);
  assert.deepEqual(Object.keys(unknown.body), ['error']);
});
