// Seed 003: GET /v1/browser/sessions/{session_id}, its every field and status, and the calls around it.

import assert from 'node:assert/strict';
import http from 'node:http';
import {test} from 'node:test';

import {listen, startTelltale} from '../telltale.mjs';
import {assertValidationError, call, isInteger, kDateTime, kUuid} from './api.mjs';

const kPage = `<!doctype html><title>Form</title><h1>Order</h1>
  <main><p>Tell us who you are, and we send you the best tea that there is on this side of the river.</p>
  <input id="who"><input id="code"><button id="go" onclick="out.textContent = who.value + '/' + code.value">Send it</button>
  <button id="off" disabled>Off</button><p id="out"></p><p id="later" hidden>now</p><a href="/next">Next</a></main>
  <div style="height: 4000px"></div><script>setTimeout(() => { later.hidden = false }, 300)</script>`;

async function startForm(t) {
  const site = http.createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(kPage);
  });
  const port = await listen(site);
  t.after(() => {
    site.close();
    site.closeAllConnections();
  });
  return `http://127.0.0.1:${port}/`;
}

const kFields = ['session_id', 'status', 'viewport_width', 'viewport_height', 'user_agent', 'created_at',
                 'last_activity', 'expires_at'];

function assertSession(session) {
  assert.deepEqual(Object.keys(session), kFields);
  assert.match(session.session_id, kUuid);
  assert.equal(session.status, 'active');
  isInteger(session.viewport_width, 'viewport_width');
  isInteger(session.viewport_height, 'viewport_height');
  assert.match(session.created_at, kDateTime);
  assert.match(session.last_activity, kDateTime);
  assert.match(session.expires_at, kDateTime);
  assert.ok(new Date(session.expires_at) > new Date(session.last_activity));
}

async function create(telltale, body = {}) {
  const created = await call(telltale, 'POST', '/v1/browser/sessions/', {body});
  assert.equal(created.status, 200, JSON.stringify(created.body));
  return created.body;
}

test('a session is created, looked at, listed and closed', async (t) => {
  const telltale = await startTelltale(t);
  const created = await create(telltale, {viewport_width: 800, viewport_height: 600, user_agent: 'seed/3'});
  assertSession(created);
  const {status, headers, body} = await call(telltale, 'GET', `/v1/browser/sessions/${created.session_id}`);
  assert.equal(status, 200);
  assert.match(headers.get('content-type'), /^application\/json/);
  assertSession(body);
  assert.equal(body.session_id, created.session_id);
  assert.equal(body.viewport_width, 800);
  assert.equal(body.viewport_height, 600);
  assert.equal(body.user_agent, 'seed/3');
  const plain = await create(telltale);
  assert.equal(plain.viewport_width, 1920);
  assert.equal(plain.viewport_height, 1080);
  assert.equal(plain.user_agent, null);
  const list = await call(telltale, 'GET', '/v1/browser/sessions/');
  assert.deepEqual(Object.keys(list.body), ['sessions', 'total_count']);
  assert.equal(list.body.total_count, 2);
  list.body.sessions.forEach(assertSession);
  assert.equal((await call(telltale, 'DELETE', `/v1/browser/sessions/${created.session_id}`)).status, 200);
  const gone = await call(telltale, 'GET', `/v1/browser/sessions/${created.session_id}`);
  assert.equal(gone.status, 404);
  assert.equal(typeof gone.body.detail, 'string');
  assert.equal((await call(telltale, 'DELETE', `/v1/browser/sessions/${created.session_id}`)).status, 404);
  assert.equal((await call(telltale, 'GET', '/v1/browser/sessions')).body.total_count, 1);
});

test('the token is taken as a bearer or as X-API-Key', async (t) => {
  const telltale = await startTelltale(t);
  const path = '/v1/browser/sessions/';
  const key = await call(telltale, 'GET', path, {token: null, headers: {'X-API-Key': telltale.token}});
  assert.equal(key.status, 200);
  const none = await call(telltale, 'GET', path, {token: null});
  assert.equal(none.status, 401);
  assert.equal(typeof none.body.detail, 'string');
  assert.match(none.headers.get('www-authenticate'), /Bearer/);
});

test('a request that is not valid is a 422 with a list', async (t) => {
  const telltale = await startTelltale(t);
  const path = '/v1/browser/sessions/';
  assertValidationError(await call(telltale, 'POST', path, {body: {viewport_width: 'wide'}}), ['body', 'viewport_width'], 'int_type');
  assertValidationError(await call(telltale, 'POST', path, {body: {viewport_height: 0}}), ['body', 'viewport_height'], 'out_of_range');
  assertValidationError(await call(telltale, 'POST', path, {body: {proxy: 'x'}}), ['body', 'proxy'], 'extra_forbidden');
  assertValidationError(await call(telltale, 'POST', path, {body: '{'}), ['body']);
  const click = '/v1/browser/interactions/click';
  assertValidationError(await call(telltale, 'POST', click, {body: {}}), ['body', 'selector'], 'missing');
  assertValidationError(await call(telltale, 'POST', '/v1/browser/interactions/scroll', {body: {}}), ['body', 'selector']);
  assertValidationError(await call(telltale, 'POST', '/v1/browser/interactions/wait', {body: {condition: 'soon'}}),
                        ['body', 'condition'], 'enum');
});

test('the nine interactions do what they say', async (t) => {
  const url = await startForm(t);
  const telltale = await startTelltale(t);
  const {session_id} = await create(telltale, {viewport_width: 1000, viewport_height: 700});
  const interact = async (name, body) => {
    const {status, body: answer} =
      await call(telltale, 'POST', `/v1/browser/interactions/${name}`, {body: {session_id, ...body}});
    assert.equal(status, 200, `${name}: ${JSON.stringify(answer)}`);
    assert.equal(answer.session_id, session_id);
    assert.equal(typeof answer.execution_time, 'number');
    return answer;
  };
  const opened = await interact('navigate', {url});
  assert.deepEqual(Object.keys(opened), ['success', 'message', 'execution_time', 'session_id', 'data']);
  assert.equal(opened.success, true);
  assert.equal(opened.data.url, url);
  await interact('fill', {selector: '#who', value: 'Ada'});
  await interact('type', {selector: '#code', text: 'B-7ü', delay: 0});
  const clicked = await interact('click', {selector: '#go'});
  assert.equal(clicked.data.element, '#go');
  const {elements, count} = await interact('extract', {selector: '#out'});
  assert.equal(count, 1);
  assert.equal(elements[0].tag, 'p');
  assert.equal(elements[0].text, 'Ada/B-7ü');
  await interact('wait', {condition: 'visible', selector: '#later', timeout: 10_000});
  await interact('wait', {condition: 'networkidle', timeout: 10_000});
  await interact('wait', {condition: 'hidden', selector: '#none'});
  assert.equal((await interact('scroll', {y: 500})).data.y, 500);
  const picture = await interact('screenshot', {full_page: false});
  assert.equal(picture.format, 'png');
  const png = Buffer.from(picture.screenshot, 'base64');
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1000, 700]);
  const full = Buffer.from((await interact('screenshot', {})).screenshot, 'base64');
  assert.ok(full.readUInt32BE(20) > 4000);
  const clip = await interact('screenshot', {clip: {x: 10, y: 10, width: 50, height: 40}, format: 'jpeg', quality: 50});
  assert.equal(Buffer.from(clip.screenshot, 'base64').readUInt16BE(0), 0xffd8);
  const content = await interact('content', {max_anchors: 5});
  assert.match(content.readable_content.content, /best tea/);
  assert.ok(content.interactive_elements.some((element) => element.selector === '#go'));
  assert.ok(content.content_anchors.length > 0 && content.content_anchors.length <= 5);
  assert.equal(content.url, url);
});

test('what cannot be done is a 404 or a 408 that says why', async (t) => {
  const url = await startForm(t);
  const telltale = await startTelltale(t);
  const {session_id} = await create(telltale);
  const interact = (name, body) => call(telltale, 'POST', `/v1/browser/interactions/${name}`, {body: {session_id, ...body}});
  await interact('navigate', {url});
  const absent = await interact('click', {selector: '#absent', timeout: 200});
  assert.equal(absent.status, 404);
  assert.match(absent.body.detail, /no element matches '#absent'/);
  const disabled = await interact('click', {selector: '#off', timeout: 200});
  assert.equal(disabled.status, 408);
  assert.match(disabled.body.detail, /'#off' is not enabled/);
  const hidden = await interact('wait', {condition: 'visible', selector: '#none', timeout: 100});
  assert.equal(hidden.status, 408);
  const bad = await interact('click', {selector: '##'});
  assertValidationError(bad, ['body', 'selector']);
  const other = await call(telltale, 'POST', '/v1/browser/interactions/click',
                           {body: {selector: 'a', session_id: '00000000-0000-4000-8000-000000000000'}});
  assert.equal(other.status, 404);
});

test('sessions are limited', async (t) => {
  const telltale = await startTelltale(t, ['--max-sessions', '1']);
  await create(telltale);
  const refused = await call(telltale, 'POST', '/v1/browser/sessions/', {body: {}});
  assert.equal(refused.status, 429);
  assert.equal(typeof refused.body.detail, 'string');
});
