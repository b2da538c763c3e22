// Seed 001: the same stream as its later description has it: the types by name, and what each category lets through.

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {test} from 'node:test';

import {call} from './api.mjs';
import {framesOf, kConsole, openStream, startRecorded, takeFrames} from './telemetry.mjs';

const kNamed = ['console_log', 'console_error', 'network_request', 'network_response', 'network_loading_failed',
                'network_idle', 'page_dom_content_loaded', 'page_load', 'page_tab_opened', 'page_layout_shift', 'page_lcp',
                'page_layout_settled', 'interaction_click', 'interaction_key', 'interaction_scroll_settled',
                'monitor_screenshot', 'monitor_disconnected', 'monitor_reconnected', 'monitor_reconnect_failed',
                'monitor_init_failed'];

test('the schema has every type that the document names', async () => {
  const schema = JSON.parse(await readFile(new URL('../../golden/envelope.schema.json', import.meta.url), 'utf8'));
  const text = JSON.stringify(schema);
  for (const type of kNamed) assert.ok(text.includes(`"${type}"`), type);
});

test('only the categories that are captured flow, and monitor with those of the browser', async (t) => {
  const {telltale, id} = await startRecorded(t, kConsole);
  const stream = await openStream(t, telltale, id, {query: '?replay=all'});
  await takeFrames(stream, 20);
  await call(telltale, 'DELETE', `/browsers/${id}`);
  const categories = new Set(framesOf(await stream.ended).map(({data}) => data.event.category));
  assert.ok(categories.has('console'));
  for (const category of ['network', 'page', 'interaction', 'screenshot']) assert.ok(!categories.has(category), category);
});

test('screenshots are opt-in, and bring no other event of the browser', async (t) => {
  const {telltale, id} = await startRecorded(t, {browser: {screenshot: {enabled: true}}});
  const stream = await openStream(t, telltale, id, {query: '?replay=all&type=monitor_screenshot'});
  const [{data}] = await takeFrames(stream, 1);
  assert.equal(data.event.type, 'monitor_screenshot');
  assert.equal(data.event.category, 'screenshot');
  assert.equal(Buffer.from(data.event.data.png, 'base64').subarray(1, 4).toString(), 'PNG');
  const all = await openStream(t, telltale, id, {query: '?replay=all'});
  await takeFrames(all, 1);
  await call(telltale, 'DELETE', `/browsers/${id}`);
  const categories = new Set(framesOf(await all.ended).map((frame) => frame.data.event.category));
  for (const category of ['console', 'network', 'page', 'interaction', 'monitor']) assert.ok(!categories.has(category), category);
});

test('the session and its telemetry are seen by the other doors', async (t) => {
  const {telltale, id} = await startRecorded(t, {browser: {control: {enabled: true}}});
  assert.equal((await call(telltale, 'GET', `/sessions/${id}`)).body.session_id, id);
  assert.equal((await call(telltale, 'GET', `/v1/browser/sessions/${id}`)).body.session_id, id);
  const {body} = await call(telltale, 'POST', `/sessions/${id}/page/execute`, {body: {type: 'press_key', key: 'a'}});
  assert.equal(body.success, true, body.message);
  const stream = await openStream(t, telltale, id, {query: '?replay=all&type=api_call'});
  const frames = await takeFrames(stream, 4);
  assert.deepEqual(frames.map(({data}) => data.event.data.operation_id),
                   ['createBrowser', 'notteGetSession', 'instavmGetSession', 'notteExecute']);
});

test('the browser\'s own log is streamed', async (t) => {
  const {telltale, id} = await startRecorded(t);
  const path = `/browsers/${id}/logs/stream`;
  const {status, headers, body} = await call(telltale, 'GET', `${path}?source=supervisor&follow=false`);
  assert.equal(status, 200);
  assert.equal(headers.get('content-type'), 'text/event-stream');
  for (const line of body.split('\n').filter((each) => each.startsWith('data: '))) {
    const event = JSON.parse(line.slice('data: '.length));
    assert.deepEqual(Object.keys(event), ['event', 'message', 'timestamp']);
    assert.equal(event.event, 'log');
  }
  const refused = await call(telltale, 'GET', `${path}?source=path&path=/etc/passwd`);
  assert.equal(refused.status, 400);
  assert.match(refused.body.message, /^source: /);
});
