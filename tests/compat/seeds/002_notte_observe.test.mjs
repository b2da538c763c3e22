// Seed 002: POST /sessions/{session_id}/page/observe, its every field and status.

import assert from 'node:assert/strict';
import http from 'node:http';
import {test} from 'node:test';

import {listen, startTelltale} from '../telltale.mjs';
import {assertValidationError, call, isInteger, isText, kDateTime, kUuid} from './api.mjs';

const kPage = `<!doctype html><title>Shop</title>
  <h1>Offers</h1>
  <a href="/bag">Bag</a>
  <form><label>Name <input name="who" value=""></label>
  <input type="password" name="pass" value="s3cret">
  <select name="size"><option>S<option>M</select>
  <input type="checkbox" name="gift"> <button type="button" onclick="document.title='Bought'">Buy</button></form>
  <div style="height: 3000px"></div><button>Far below</button>`;

async function startShop(t) {
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

async function startSession(t, telltale, body = {}) {
  const started = await call(telltale, 'POST', '/sessions/start', {body});
  assert.equal(started.status, 200, JSON.stringify(started.body));
  return started.body;
}

const observe = (telltale, id, body = {}, options = {}) =>
  call(telltale, 'POST', `/sessions/${id}/page/observe`, {body, ...options});

test('an observation has the fields of the document, in its order', async (t) => {
  const url = await startShop(t);
  const telltale = await startTelltale(t);
  const {session_id: id} = await startSession(t, telltale);
  const response = await observe(telltale, id, {url});
  assert.equal(response.status, 200, JSON.stringify(response.body));
  assert.match(response.headers.get('content-type'), /^application\/json/);
  const {body} = response;
  assert.deepEqual(Object.keys(body), ['metadata', 'screenshot', 'space', 'data', 'progress', 'session']);

  const {metadata} = body;
  assert.deepEqual(Object.keys(metadata), ['title', 'url', 'viewport', 'tabs', 'timestamp']);
  assert.equal(metadata.title, 'Shop');
  assert.equal(metadata.url, url);
  assert.deepEqual(Object.keys(metadata.viewport),
                   ['scroll_x', 'scroll_y', 'viewport_width', 'viewport_height', 'total_width', 'total_height']);
  for (const [name, value] of Object.entries(metadata.viewport)) isInteger(value, name);
  assert.equal(metadata.viewport.viewport_width, 1280);
  assert.equal(metadata.viewport.viewport_height, 1080);
  assert.ok(metadata.viewport.total_height > 3000);
  assert.deepEqual(metadata.tabs, [{tab_id: 0, title: 'Shop', url}]);
  assert.match(metadata.timestamp, kDateTime);

  const {space} = body;
  assert.deepEqual(Object.keys(space),
                   ['description', 'interaction_actions', 'category', 'actions', 'browser_actions', 'markdown']);
  isText(space.description, 'description');
  assert.match(space.description, /B2\[:\]<button[^>]*>Buy<\/button>/);
  assert.match(space.description, /_\[:\].*Offers/);
  assert.equal(space.category, null);  // telling it needs a language model
  for (const action of space.interaction_actions) {
    assert.deepEqual(Object.keys(action).slice(0, 4), ['type', 'category', 'description', 'id']);
    assert.equal(action.category, 'Interaction Actions');
    isText(action.description, 'description');
    assert.match(action.id, /^[BLIFOM]\d+$/);
  }
  const types = Object.fromEntries(space.interaction_actions.map((action) => [action.id, action.type]));
  assert.equal(types.L1, 'click');
  assert.equal(types.B1, 'click');
  assert.equal(types.I1, 'fill');
  assert.ok(Object.values(types).includes('select_dropdown_option'));
  assert.ok(!JSON.stringify(body.space).includes('s3cret'), 'a password is shown');
  assert.ok(!space.description.includes('Far below'), 'what is outside of the viewport is listed');
  assert.deepEqual(space.browser_actions.map((action) => action.type), [
    'goto', 'goto_new_tab', 'switch_tab', 'scrape', 'go_back', 'go_forward', 'reload', 'wait', 'press_key',
    'scroll_up', 'scroll_down', 'help', 'completion']);
  for (const action of space.browser_actions) {
    assert.deepEqual(Object.keys(action).slice(0, 3), ['type', 'category', 'description']);
    assert.equal(action.category, 'Special Browser Actions');
  }
  assert.deepEqual(space.browser_actions[0], {
    type: 'goto', category: 'Special Browser Actions', description: 'Goto to a URL (in current tab)', url: '<some_url>'});
  assert.deepEqual(space.actions, [...space.interaction_actions, ...space.browser_actions]);
  assert.match(space.markdown, /^# Interaction Actions\n\* B1: /);
  assert.match(space.markdown, /\n\n# Special Browser Actions\n/);

  assert.equal(body.data, null);
  assert.deepEqual(body.progress, {current_step: 1, max_steps: 20});
  assert.equal(Buffer.from(body.screenshot, 'base64').subarray(1, 4).toString(), 'PNG');

  const {session} = body;
  assert.deepEqual(Object.keys(session), ['session_id', 'timeout_minutes', 'created_at', 'closed_at', 'last_accessed_at',
                                          'duration', 'status', 'error', 'proxies', 'browser_type']);
  assert.match(session.session_id, kUuid);
  assert.equal(session.session_id, id);
  assert.equal(session.timeout_minutes, 3);
  assert.match(session.created_at, kDateTime);
  assert.equal(session.closed_at, null);
  assert.match(session.last_accessed_at, kDateTime);
  assert.match(session.duration, /^PT(\d+H)?(\d+M)?(\d+(\.\d+)?S)?$/);
  assert.equal(session.status, 'active');
  assert.equal(session.error, null);
  assert.equal(session.proxies, false);
  assert.equal(session.browser_type, 'chromium');
});

test('the data of the document comes from scrape: markdown, images, structured', async (t) => {
  const url = await startShop(t);
  const telltale = await startTelltale(t);
  const {session_id: id} = await startSession(t, telltale);
  const response = await call(telltale, 'POST', `/sessions/${id}/page/scrape`, {body: {url, scrape_images: true}});
  assert.equal(response.status, 200, JSON.stringify(response.body));
  assert.deepEqual(Object.keys(response.body), ['session', 'data']);
  const {data} = response.body;
  assert.match(data.markdown, /# Offers/);
  assert.equal(data.images[0].category, 'favicon');
  assert.ok('structured' in data);
  const asked = await call(telltale, 'POST', `/sessions/${id}/page/scrape`, {body: {instructions: 'the price'}});
  assert.equal(asked.body.data.structured.success, false);
  assert.match(asked.body.data.structured.error, /model/);
  assert.equal(asked.body.data.structured.data, null);
});

test('ids belong to the last observation', async (t) => {
  const url = await startShop(t);
  const telltale = await startTelltale(t);
  const {session_id: id} = await startSession(t, telltale);
  const execute = (action) => call(telltale, 'POST', `/sessions/${id}/page/execute`, {body: action});
  const early = await execute({type: 'click', id: 'B2'});
  assert.equal(early.body.success, false);
  assert.match(early.body.message, /observe/);
  await observe(telltale, id, {url});
  const bought = await execute({type: 'click', id: 'B2'});
  assert.equal(bought.status, 200);
  assert.equal(bought.body.success, true, bought.body.message);
  assert.equal((await observe(telltale, id)).body.metadata.title, 'Bought');
  await execute({type: 'reload'});
  const stale = await execute({type: 'click', id: 'B2'});
  assert.equal(stale.body.success, false);
  assert.match(stale.body.message, /B2.*observe it again/);
  assert.equal(stale.headers.get('x-error-class'), 'NotteApiExecutionError');
});

test('every element of the form is filled by its own action', async (t) => {
  const url = await startShop(t);
  const telltale = await startTelltale(t);
  const {session_id: id} = await startSession(t, telltale);
  const {body} = await observe(telltale, id, {url});
  const execute = async (action) => {
    const done = await call(telltale, 'POST', `/sessions/${id}/page/execute`, {body: action});
    assert.equal(done.body.success, true, done.body.message);
    return done.body;
  };
  const idOf = (text) => body.space.interaction_actions.find((action) => action.description.includes(text)).id;
  await execute({type: 'fill', id: idOf('name="who"'), value: 'Ada'});
  await execute({type: 'select_dropdown_option', id: idOf('<select'), value: 'M'});
  await execute({type: 'check', id: idOf('name="gift"'), value: true});
  const form = await execute({
    type: 'evaluate_js', code: '[document.forms[0].who.value, document.forms[0].size.value, document.forms[0].gift.checked]'});
  assert.deepEqual(JSON.parse(form.data.markdown), ['Ada', 'M', true]);
});

test('max_steps end the trajectory', async (t) => {
  const telltale = await startTelltale(t);
  const {session_id: id} = await startSession(t, telltale, {max_steps: 2});
  assert.deepEqual((await observe(telltale, id)).body.progress, {current_step: 1, max_steps: 2});
  assert.deepEqual((await observe(telltale, id)).body.progress, {current_step: 2, max_steps: 2});
  const refused = await observe(telltale, id);
  assert.equal(refused.status, 429);
  assert.match(refused.body.message, /max_steps/);
});

test('what is wrong is said in the shape of the API', async (t) => {
  const telltale = await startTelltale(t);
  const {session_id: id} = await startSession(t, telltale);
  const unauthorized = await observe(telltale, id, {}, {token: null});
  assert.equal(unauthorized.status, 401);
  isText(unauthorized.body.message, 'message');
  const unknown = await observe(telltale, '00000000-0000-4000-8000-000000000000');
  assert.equal(unknown.status, 404);
  isText(unknown.body.message, 'message');
  assertValidationError(await observe(telltale, id, {max_nb_actions: 'many'}), ['body', 'max_nb_actions'], 'int_type');
  assertValidationError(await observe(telltale, id, {perception_type: 'deep'}), ['body', 'perception_type']);
  assertValidationError(await observe(telltale, id, {url: 'file:///etc/passwd'}), ['body', 'url']);
  assertValidationError(await observe(telltale, id, {what: 1}), ['body', 'what'], 'extra_forbidden');
  const method = await call(telltale, 'GET', `/sessions/${id}/page/observe`);
  assert.equal(method.status, 405);
  assert.match(method.headers.get('allow'), /POST/);
});

test('what needs a language model says so', async (t) => {
  const telltale = await startTelltale(t);
  const {session_id: id} = await startSession(t, telltale);
  const {status, body} = await observe(telltale, id, {instructions: 'buy it'});
  assert.equal(status, 200);
  assert.deepEqual(body.space.interaction_actions, []);
  assert.match(body.space.description, /^Action selection failed: .*language model/);
});

test('sessions are stopped, listed and looked at', async (t) => {
  const telltale = await startTelltale(t);
  const {session_id: id} = await startSession(t, telltale, {timeout_minutes: 5});
  const listed = await call(telltale, 'GET', '/sessions');
  assert.deepEqual(listed.body.map((session) => session.session_id), [id]);
  assert.equal(listed.body[0].timeout_minutes, 5);
  const stopped = await call(telltale, 'DELETE', `/sessions/${id}/stop`);
  assert.equal(stopped.status, 200);
  assert.equal(stopped.body.status, 'closed');
  assert.match(stopped.body.closed_at, kDateTime);
  assert.equal((await call(telltale, 'DELETE', `/sessions/${id}/stop`)).status, 200);  // may be repeated
  assert.deepEqual((await call(telltale, 'GET', '/sessions')).body, []);
  assert.equal((await call(telltale, 'GET', `/sessions/${id}`)).body.status, 'closed');
  assert.equal((await observe(telltale, id)).status, 404);
});
